"""Make a larger or smaller dataset of a release: real names, dates and degrees, as many things as wanted.

    python benchmarks/generate.py --release public/current --factor 5 --output five.nq.gz
    python benchmarks/generate.py --release public/current --triples 100000 --output small.nq
    python benchmarks/generate.py --release public/current --triples 10000000 --as-release ten-million
    python benchmarks/generate.py --faults 1000 --seeded faults.json --output wrong.nq

The graphs are those of a release, the derived one too, and the data conforms as the release does, but for the
faults that are asked for. What grows and what is there once, generate_survey.py says; how copies differ,
generate_copies.py. Equal arguments give equal bytes; the seed decides what a fraction takes and where the
faults are.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyoxigraph
from generate_copies import Size, blocks, counts, factor_for, filled, size_of, templates
from generate_faults import Fault, choose, damaged
from generate_survey import NONE, Survey, survey

from acagraph.dataset import MANIFEST, open_dataset
from acagraph.errors import AcagraphError
from acagraph.stores import media

DUMP = Path("data") / "acagraph.nq.gz"
_PLACES = Path("validation") / "places.csv.gz"
_PIECE = 1 << 20
# What says nothing about how much data there is; pages, reports and other forms of the data would.
_KEPT = (
    "context.jsonld",
    "ontology.*",
    "queries/**/*.rq",
    "redirects.csv",
    "rules.html",
    "shapes.ttl",
    "validation/known-issues.toml",
)
_NOT_TOLD = ("fingerprint", "inputs", "registers")


def dump_of(release: Path) -> Path:
    """Return the N-Quads of a release, or the file itself where one is given."""
    return release / DUMP if release.is_dir() else release


def write(found: Survey, size: Size, out: BinaryIO, *, faults: int = 0, seed: int = 1) -> list[Fault]:
    """Write the N-Quads of a size, each subject's lines together; return the faults that are in them."""
    seeded: list[Fault] = []
    chosen = choose(found, size, number=faults, seed=seed) if faults else {}
    piece = io.StringIO()
    for text in damaged(blocks(found, size), chosen, seeded):
        if piece.tell() > _PIECE:
            out.write(piece.getvalue().encode())
            piece = io.StringIO()
        piece.write(text)
    out.write(piece.getvalue().encode())
    return seeded


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write, gzipped when it is named so, without the time: equal data is equal bytes."""
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
            yield cast("BinaryIO", packed)


def write_release(
    found: Survey, size: Size, release: Path, folder: Path, *, faults: int = 0, seed: int = 1
) -> list[Fault]:
    """Write a folder that opens and validates as the release does.

    Raises AcagraphError when the folder exists. It has no pages, no reports and no other forms of the data.
    """
    if folder.exists():
        raise AcagraphError(f"{folder} exists; name a folder that does not")
    for path in (path for pattern in _KEPT for path in sorted(release.glob(pattern))):
        target = folder / path.relative_to(release)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / "data").mkdir()
    with opened(folder / DUMP) as out:
        seeded = write(found, size, out, faults=faults, seed=seed)
    with gzip.open(folder / DUMP) as lines:
        store = pyoxigraph.Store(folder / "store")
        store.bulk_load(cast("IO[bytes]", lines), format=pyoxigraph.RdfFormat.N_QUADS)
        store.optimize()
    if (release / _PLACES).is_file():
        _write_places(found, size, release / _PLACES, folder / _PLACES)
    _write_manifest(release, folder, counts(found, size), sample=size.whole == 0)
    return seeded


def _write_manifest(release: Path, folder: Path, graphs: Mapping[str, int], *, sample: bool) -> None:
    """Write what a generated release says of itself; what only a build knows it leaves out."""
    manifest: dict[str, Any] = json.loads((release / MANIFEST).read_bytes())
    told = {key: value for key, value in manifest.items() if key not in _NOT_TOLD}
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and folder / "store" not in path.parents
    )
    told |= {
        "title": f"{manifest['title']} (generated)",
        "rdfc10_sha256": "not computed: the data is generated",
        "whole": manifest.get("whole") is True and not sample,
        "triples": sum(graphs.values()),
        "graphs": graphs,
        "files": [
            {
                "path": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "media_type": media.FILES[path.suffix],
            }
            for path in files
        ],
    }
    with open_dataset(folder) as dataset:
        told["classes"] = dict(dataset.info().classes)
    (folder / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _write_places(found: Survey, size: Size, source: Path, target: Path) -> None:
    """Write the index of places: a copy stands where its original does."""
    target.parent.mkdir(exist_ok=True)
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file, opened(target) as out:
        reader = csv.reader(file)
        lines = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(next(reader))
        for thing, predicate, value, *place in reader:
            number = found.things.get(f"<{thing}>", NONE)
            copies = size.copies(found.steps[number] if number != NONE else 0)
            if copies:
                writer.writerow((thing, predicate, value, *place))
            subject, term = templates(found, f"<{thing}>", f"<{predicate}>", value)
            for copy in range(2, copies + 1):
                writer.writerow((filled(subject, copy)[1:-1], predicate, filled(term, copy), *place))
        lines.detach()


def main() -> None:
    """Generate what the command line asks for."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--release", type=Path, default=Path("public/current"), help="its folder, or N-Quads")
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--factor", type=float, default=1.0, help="of what is copied; 0.1 is a sample")
    wanted.add_argument("--triples", type=int, help="in all, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=0, help="to put into it")
    parser.add_argument("--seeded", type=Path, help="the file that tells the faults, in JSON")
    into = parser.add_mutually_exclusive_group(required=True)
    into.add_argument("--output", type=Path, help="a file of N-Quads, .nq or .nq.gz")
    into.add_argument("--as-release", type=Path, help="a folder that is made")
    asked = parser.parse_args()
    try:
        print(_generate(asked))
    except (AcagraphError, OSError) as error:
        parser.exit(AcagraphError.exit_code, f"{parser.prog}: {error}\n")


def _generate(asked: argparse.Namespace) -> str:
    """Write what is asked for, and return what was written in words."""
    found = survey(dump_of(asked.release), seed=asked.seed)
    factor = asked.factor if asked.triples is None else factor_for(found, asked.triples)
    size = size_of(found, factor)
    if asked.as_release:
        where = (asked.release, asked.as_release)
        seeded = write_release(found, size, *where, faults=asked.faults, seed=asked.seed)
    else:
        with opened(asked.output) as out:
            seeded = write(found, size, out, faults=asked.faults, seed=asked.seed)
    if asked.seeded:
        told = [asdict(fault) for fault in sorted(seeded, key=lambda fault: (fault.rule, fault.focus))]
        asked.seeded.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return f"{sum(counts(found, size).values())} triples, factor {factor:.4g}, {len(seeded)} faults"


if __name__ == "__main__":
    main()
