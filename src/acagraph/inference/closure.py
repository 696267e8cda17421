"""Running rules over a store until they add nothing."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import chain, groupby, islice
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.inference.rules import AS_OF, Rule, load_rules
from acagraph.vocab import XSD, graph_iri

_MOST_ROUNDS = 100
# How many lines are handled at once, and how many are worth a bulk load.
_PIECE, _MANY = 500_000, 10_000
# How many rules are evaluated at once; each holds its own intermediate results in memory.
_THREADS = 2

DERIVED = ox.NamedNode(graph_iri("derived"))


def derive(quads: Iterable[ox.Quad], *, rules: Path, as_of: datetime.date) -> list[ox.Quad]:
    """Return what the rules add to some quads, as sorted quads of graph/derived; see `infer`."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    infer(store, rules=rules, as_of=as_of)
    return sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str)


def infer(
    store: ox.Store,
    *,
    rules: Path,
    as_of: datetime.date,
    scratch: Path | None = None,
    copy: Path | None = None,
) -> None:
    """Add what the rules derive from the union of a store's graphs to graph/derived in it, and to `copy`.

    Rules of the same number run together until they add nothing, then those of the next number: so a rule
    may rely on the absence of what earlier numbers derive. A triple that some graph holds already is not
    derived again. What rules give waits in files below `scratch`; `copy` gets it as lines of N-Triples in no
    order. Memory: some 120 bytes for each triple whose predicate the rules give. Raises SourceError for a
    rule that cannot be read or never ends.
    """
    midnight = ox.Literal(f"{as_of.isoformat()}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix="rules-") as folder,
        (copy or Path(folder) / "derived.nt").open("wb") as derived,
    ):
        known = _Known(store, Path(folder), derived)
        for _, together in groupby(load_rules(rules), key=lambda rule: rule.order):
            _close(store, tuple(together), midnight, known)


@dataclass
class _Known:
    """Which triples a store holds, by predicate, as digests; those of a predicate are read when one is asked.

    Of 128 bits, so that two lines with one digest are not to be expected in any dataset. `folder` is for what
    is too much for the memory; what becomes known is written to `derived`.
    """

    store: ox.Store
    folder: Path
    derived: IO[bytes]
    predicates: set[bytes] = field(default_factory=set)
    digests: set[bytes] = field(default_factory=set)

    def fresh(self, lines: list[bytes]) -> list[bytes]:
        """Return the lines of N-Triples that are not known, each once, and write them; then they are."""
        for predicate in {_predicate(line) for line in lines} - self.predicates:
            self._read(predicate)
        new = []
        for line in lines:
            digest = _digest(line)
            if digest not in self.digests:
                self.digests.add(digest)
                new.append(line)
        self.derived.writelines(new)
        return new

    def _read(self, predicate: bytes) -> None:
        self.predicates.add(predicate)
        name = predicate.decode()
        query = f"CONSTRUCT {{ ?s {name} ?o }} WHERE {{ ?s {name} ?o }}"
        found = self.store.query(query, use_default_graph_as_union=True)
        for lines in _pieces(_written(found, self.folder / "known.nt")):
            self.digests.update(map(_digest, lines))


def _close(store: ox.Store, rules: tuple[Rule, ...], as_of: ox.Literal, known: _Known) -> None:
    """Run rules of one number until they add nothing; `known` grows by what they add."""
    # What was added since each rule ran last: a rule that reads none of it would add nothing again.
    fresh: dict[str, set[str] | None] = {rule.name: None for rule in rules}
    for _ in range(_MOST_ROUNDS):
        running = [rule for rule in rules if _reads(rule, fresh[rule.name])]
        if not running:
            return
        fresh |= {rule.name: set() for rule in running}
        with ThreadPoolExecutor(_THREADS) as pool:
            found = list(pool.map(partial(_evaluated, store, as_of, known.folder), running))
        added = _added(store, chain.from_iterable(map(_pieces, found)), known)
        for since in fresh.values():
            if since is not None:
                since |= {predicate[1:-1].decode() for predicate in added}
    names = ", ".join(rule.name for rule in rules)
    raise SourceError(f"rules {names} add triples without end; correct them", path=rules[0].path)


def _added(store: ox.Store, pieces: Iterable[list[bytes]], known: _Known) -> set[bytes]:
    """Add what is not known; return the predicates of that. A piece is looked through while one is loaded."""
    added, load = set[bytes](), None
    with ThreadPoolExecutor(1) as loader:
        for lines in pieces:
            new = known.fresh(lines)
            added |= {_predicate(line) for line in new}
            if load is not None:
                load.result()
            load = loader.submit(_add, store, new)
        if load is not None:
            load.result()
    return added


def _reads(rule: Rule, added: set[str] | None) -> bool:
    """Say whether a rule may give more now that triples with some predicates were added; None is all."""
    if added is None:
        return True
    return bool(added) if rule.reads is None else not rule.reads.isdisjoint(added)


def _add(store: ox.Store, lines: list[bytes]) -> None:
    """Add lines of N-Triples to graph/derived; blank nodes keep their names, which loading would change."""
    named = b"".join(line for line in lines if b"_:" not in line)
    # A transaction holds all of it in memory, but for a few lines it costs less.
    load = store.bulk_load if len(lines) > _MANY else store.load
    load(named, format=ox.RdfFormat.N_TRIPLES, to_graph=DERIVED)
    rest = b"".join(line for line in lines if b"_:" in line)
    for quad in ox.parse(rest, format=ox.RdfFormat.N_TRIPLES):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, DERIVED))


def _evaluated(store: ox.Store, as_of: ox.Literal, folder: Path, rule: Rule) -> Path:
    """Evaluate a rule into a file; the date goes in as a typed term, which the outermost SELECT projects."""
    bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None
    bound = {ox.Variable(AS_OF): as_of} if rule.dated else None
    try:
        result = store.query(rule.text, substitutions=bound, use_default_graph_as_union=True)
    except RuntimeError as error:
        message = f"?{AS_OF} must be among the variables of the SELECT that is the whole WHERE"
        raise SourceError(message, path=rule.path) from error
    return _written(result, folder / f"{rule.name}.nt")


def _written(found: Any, path: Path) -> Path:
    """Write triples as N-Triples, in native code, so that other threads run meanwhile."""
    assert isinstance(found, ox.QueryTriples)  # load_rules has refused other forms
    found.serialize(path, format=ox.RdfFormat.N_TRIPLES)
    return path


def _pieces(path: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a file, many at a time."""
    with path.open("rb") as file:
        while lines := list(islice(file, _PIECE)):
            yield lines


def _predicate(line: bytes) -> bytes:
    return line.split(b" ", 2)[1]


def _digest(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()
