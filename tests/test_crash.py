"""Whatever ends a build, the last good release is served, it is whole, and a new build succeeds."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.release import swap
from acagraph.release.manifest import contents
from acagraph.release.proof.folder import verify
from acagraph.release.publish import up_to_date
from acagraph.release.reader import open_release
from acagraph.release.swap import point_current, put_in_place, workplace
from acagraph.vocab import PREFIXES

MOMENTS = 20
LANES = 2
LAST = 60.0
AGENT = (
    "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("aca", "agent", "skos"))
    + 'agent:somebody-new a aca:CivilSocietyOrganisation ; skos:prefLabel "Somebody New"@en .\n'
)
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look into")


def command(project: Path, out: Path, *, force: bool = True) -> list[str | Path]:
    acagraph = Path(sys.executable).with_name("acagraph")
    options = ["--force"] if force else []
    return [acagraph, "build", "--no-pages", "--curated", "--project", project, "--out", out, *options]


@linux
def test_a_build_killed_at_any_moment_leaves_a_whole_release(
    project: Path, public: Path, tmp_path: Path
) -> None:
    """Twenty moments spread over the run; only the parent is killed, its children must end by themselves."""
    (project / "data" / "more.ttl").write_text(AGENT, encoding="utf-8")
    before = contents(public / "current")
    lanes = [tmp_path / f"lane-{number}" for number in range(LANES)]
    for lane in lanes:
        shutil.copytree(public, lane, symlinks=True)
    with ThreadPoolExecutor(LANES) as pool:
        # In each lane at once, as later: the moments are shares of the time that a whole build takes then.
        usual = max(pool.map(lambda lane: whole_build(project, lane), lanes))
        after = contents(lanes[0] / "current")
        assert before != after
        for lane in lanes:
            shutil.rmtree(lane)
            shutil.copytree(public, lane, symlinks=True)
        shares = [
            [(number + 0.5) / MOMENTS for number in range(start, MOMENTS, LANES)] for start in range(LANES)
        ]
        killed = list(pool.map(lambda lane, these: kills(project, lane, usual, these), lanes, shares))
        for lane in lanes:
            assert contents(lane / "current") in (before, after)
        list(pool.map(lambda lane: whole_build(project, lane), lanes))
    assert sum(killed) > MOMENTS / 2, "most builds were done before they were to be killed"
    for lane in lanes:
        assert contents(lane / "current") == after
        assert not list(lane.glob(".tmp-*"))
        served(lane)


def kills(project: Path, out: Path, usual: float, shares: list[float]) -> int:
    """Kill a build at each share of its time and look at what is served then; return how many were killed.

    One that was done before is tried again: the machine has less to do by then than when the time was taken.
    """
    killed = 0
    for share in shares:
        for _ in range(3):
            start = time.monotonic()
            code = killed_after(usual * share, project, out)
            taken = time.monotonic() - start
            served(out)
            if code == -signal.SIGKILL:
                killed += 1
                break
            assert code == 0
            usual = taken
    return killed


def killed_after(seconds: float, project: Path, out: Path) -> int:
    """Start a build, kill it after some time, and wait until its children have ended; return how it ended."""
    with subprocess.Popen(
        command(project, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        code = process.wait(LAST)
    until(lambda: not session(process.pid), "children of a killed build live on")
    return code


def whole_build(project: Path, out: Path) -> float:
    start = time.monotonic()
    subprocess.run(command(project, out), check=True, capture_output=True, timeout=10 * LAST)
    return time.monotonic() - start


def served(out: Path) -> None:
    """Open the release and ask it, and look at all of it."""
    with contextlib.closing(open_release(out / "current").dataset) as dataset:
        assert dataset.sparql("ASK { coalition:jci a aca:Coalition }") is True
    proof = verify(out / "current")
    assert proof.verdict == "whole", proof


def session(pid: int) -> set[int]:
    """Return the live processes of the session that a process began."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, _, _, here = path.read_text().rpartition(")")[2].split()[:4]
            if int(here) == pid and state not in "ZX":
                found.add(int(path.parent.name))
    return found


def until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + LAST
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


SWAPS = """
import os, pathlib, shutil, signal, sys
from acagraph.release import swap
out, limit = pathlib.Path(sys.argv[1]), int(sys.argv[2])
if sys.argv[3] == "two-steps":
    swap._exchange = lambda one, other: False
calls = 0
def dying(function):
    def call(*arguments, **options):
        global calls
        if calls == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        calls += 1
        return function(*arguments, **options)
    return call
for name in ("rename", "replace", "symlink_to", "unlink", "mkdir"):
    setattr(pathlib.Path, name, dying(getattr(pathlib.Path, name)))
swap._exchange, shutil.rmtree, swap._keep = dying(swap._exchange), dying(shutil.rmtree), dying(swap._keep)
with swap.workplace(out) as place:
    (place / "release").mkdir()
    (place / "release" / "n").write_text("new")
    swap.put_in_place(place / "release", out / "1.0.0")
    swap.point_current(out / "1.0.0")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the exchange of folders is Linux's")
@pytest.mark.parametrize("way", ["exchange", "two-steps"])
def test_killed_before_any_step_of_the_swap_a_reader_finds_the_old_or_the_new(
    tmp_path: Path, way: str
) -> None:
    dangling = []
    for limit in range(100):
        out = tmp_path / str(limit)
        (out / "1.0.0").mkdir(parents=True)
        (out / "1.0.0" / "n").write_text("old", encoding="utf-8")
        point_current(out / "1.0.0")
        ended = subprocess.run([sys.executable, "-c", SWAPS, out, str(limit), way], check=False)
        if (out / "current").exists():
            assert (out / "current" / "n").read_text("utf-8") in ("old", "new")
        else:
            dangling.append(limit)
        with workplace(out):
            assert (out / "current" / "n").read_text("utf-8") in ("old", "new")
        if ended.returncode == 0:
            assert (out / "current" / "n").read_text("utf-8") == "new"
            break
        assert ended.returncode == -signal.SIGKILL
    else:
        pytest.fail("it never ended by itself")
    assert limit > 8
    # Where the system cannot exchange two folders there is one moment, mended by the next build.
    assert len(dangling) == (way == "two-steps")


def test_all_is_on_the_disk_before_it_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    (folder / "data" / "deep").mkdir(parents=True)
    for name in ("a", "data/b", "data/deep/c"):
        (folder / name).write_text(name, encoding="utf-8")
    wanted = {path.stat().st_ino for path in (folder, *folder.rglob("*"))}
    kept, told, sync, rename = set[int](), list[str](), os.fsync, Path.rename

    def noted(opened: int) -> None:
        kept.add(os.fstat(opened).st_ino)
        sync(opened)

    def renamed(self: Path, target: Path) -> Path:
        told.append("all" if wanted <= kept else "not all")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "rename", renamed)
    put_in_place(folder, tmp_path / "1.0.0")
    assert told == ["all"]
    assert tmp_path.stat().st_ino in kept


@pytest.mark.parametrize(("number", "published"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_disk_that_cannot_keep_folders_is_no_failure_and_one_that_fails_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, published: bool
) -> None:
    def refused(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    (tmp_path / "new").mkdir()
    with contextlib.nullcontext() if published else pytest.raises(OSError, match="Input/output"):
        put_in_place(tmp_path / "new", tmp_path / "1.0.0")
    assert (tmp_path / "1.0.0").exists() == published


# From a file of the scratch folder to the largest of the release; no write is cut at the last byte by chance.
@pytest.mark.parametrize("limit", [4_096, 300_000, 4_000_000])
def test_a_disk_that_takes_no_more_is_one_clear_error(project: Path, limit: int) -> None:
    public = project / "public"
    before = {path.name for path in public.iterdir()} | {".lock"}
    sums, inode = contents(public / "current"), (public / "current").stat().st_ino
    refused = subprocess.run(
        command(project, public),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert refused.returncode == 2, refused.stderr
    assert "could not be written" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert {path.name for path in public.iterdir()} == before
    assert (contents(public / "current"), (public / "current").stat().st_ino) == (sums, inode)
    served(public)


FULL = """set -e
mount -t tmpfs -o size="$2" tmpfs "$1"
cp -a "$3" "$1/public"
"$4" build --curated --force --project "$5" --out "$1/public" || echo "exit $?"
ls -A "$1/public"
"$4" verify "$1/public/current"
"""


@pytest.mark.parametrize("room", [1, 9])
def test_a_full_disk_is_one_clear_error(project: Path, public: Path, tmp_path: Path, room: int) -> None:
    """A disk in memory with little more room than the last release takes; nothing is left behind on it."""
    place = tmp_path / "disk"
    place.mkdir()
    size = sum(-(-path.stat().st_size // 4096) * 4096 for path in public.rglob("*") if path.is_file())
    build_it = Path(sys.executable).with_name("acagraph")
    arguments: list[str | Path] = [place, str(size + (room << 20)), public, build_it, project]
    alone = ["unshare", "--mount", "--user", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this system gives no disk of one's own")
    ended = subprocess.run(
        [*alone, "sh", "-c", FULL, "sh", *arguments], capture_output=True, text=True, check=False
    )
    if "mount:" in ended.stderr:
        pytest.skip(f"this system mounts nothing here: {ended.stderr}")
    assert "exit 2\n" in ended.stdout, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "No space left" in ended.stderr
    version = (public / "current").resolve().name
    names = {".lock", "current", version}
    assert names == set(ended.stdout.partition("exit 2\n")[2].split()[: len(names)])
    assert "\nWhole: " in ended.stdout
    assert ended.returncode == 0


def test_two_builds_at_once_do_not_mix_and_what_they_replace_can_still_be_asked(project: Path) -> None:
    (project / "data" / "more.ttl").write_text(AGENT, encoding="utf-8")
    public = project / "public"
    with contextlib.closing(open_release(public / "current").dataset) as opened:
        before = counted(opened)
        both = [
            subprocess.Popen(
                command(project, public), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        told = [process.communicate(timeout=10 * LAST)[1] for process in both]
        codes = [process.returncode for process in both]
        assert 0 in codes
        for code, text in zip(codes, told, strict=True):
            assert code == 0 or (code == 2 and "another build is writing" in text), text
        if sorted(codes) == [0, 2]:  # a second build clears away what the first has replaced
            assert counted(opened) == before
    served(public)
    assert not list(public.glob(".tmp-*"))
    with contextlib.closing(open_release(public / "current").dataset) as opened:
        assert counted(opened) > before


def counted(dataset: Dataset) -> int:
    return dataset.info().triples


def test_one_that_waits_for_no_other_is_told_so(project: Path) -> None:
    with workplace(project / "public"):
        refused = subprocess.run(
            command(project, project / "public"), capture_output=True, text=True, check=False
        )
    assert refused.returncode == 2
    assert "another build is writing" in refused.stderr


def test_a_link_that_points_nowhere_is_mended_by_the_next_build(project: Path, tmp_path: Path) -> None:
    public = project / "public"
    release = (public / "current").resolve()
    assert up_to_date(project, public, only_curated=True) == public / release.name
    release.rename(tmp_path / "elsewhere")
    assert (public / "current").is_symlink()
    with pytest.raises(NotFound, match="is no release"):
        open_release(public / "current")
    assert up_to_date(project, public, only_curated=True) is None
    with workplace(public):
        put_in_place(tmp_path / "elsewhere", release)
        point_current(release)
    served(public)


def test_the_lock_ends_with_the_process(tmp_path: Path) -> None:
    script = "import os, signal, sys, pathlib\nfrom acagraph.release.swap import workplace\n"
    script += "with workplace(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)\n"
    ended = subprocess.run([sys.executable, "-c", script, tmp_path], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert list(tmp_path.glob(".tmp-*"))
    with workplace(tmp_path) as place:
        assert list(tmp_path.glob(".tmp-*")) == [place]


def test_nothing_is_kept_open_or_running_by_a_swap(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0  # noqa: PTH208
    swap.put_in_place(tmp_path / "new", tmp_path / "1.0.0")
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0  # noqa: PTH208
    assert before == after
