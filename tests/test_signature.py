"""Signatures of manifests: made and checked here, by minisign itself, and told apart when they do not fit."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import minisign
import pytest
from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.errors import ReleaseError
from acagraph.release.files import SIGNATURE
from acagraph.release.proof.folder import verify
from acagraph.release.proof.listing import read_listing
from acagraph.release.proof.signature import check, read_public_key, sign
from acagraph.release.publish import build

PASSWORD = "ACAGRAPH_KEY_PASSWORD"
real = pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a secret key without a password; its public key is beside it."""
    return pair(tmp_path_factory.mktemp("key"))


def pair(folder: Path, password: str | None = None) -> Path:
    pair = minisign.KeyPair.generate()
    if password is not None:
        # As little work as the format allows: tests are not to wait.
        pair.secret_key.encrypt(password, opslimit=32768, memlimit=1 << 20)
    (folder / "own.pub").write_bytes(bytes(pair.public_key) + b"\n")
    (folder / "own.key").write_bytes(bytes(pair.secret_key) + b"\n")
    return folder / "own.key"


def public_of(key: Path) -> str:
    return str(key.with_suffix(".pub"))


@pytest.fixture
def download(release: Path, tmp_path: Path) -> Path:
    """The manifest of the curated release and a few of its files, as somebody has downloaded them."""
    folder = tmp_path / "download"
    (folder / "data").mkdir(parents=True)
    for name in ("manifest.json", "SHA256SUMS", "shapes.ttl", "data/acagraph.nq.gz"):
        shutil.copy(release / name, folder / name)
    return folder


@pytest.fixture
def whole(release: Path, tmp_path: Path) -> Path:
    """A copy of the release without its store, which a test may sign."""
    return Path(
        shutil.copytree(release.resolve(), tmp_path / "whole", ignore=shutil.ignore_patterns("store"))
    )


def signed(folder: Path, key: Path, comment: str = "") -> str:
    """Sign a folder's manifest; return the trusted comment."""
    listing = read_listing(folder / "manifest.json")
    return sign(folder, listing, key=key, password=lambda: "", comment=comment).comment


def run(*arguments: str | Path, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(main, [str(argument) for argument in arguments])


def test_signed_and_checked_with_the_commands(whole: Path, key: Path) -> None:
    made = run("release", "sign", whole, "--key", key, "--comment", "first of its kind")
    assert made.exit_code == 0, made.output
    public_key = base64.b64decode(made.output.split("--key ")[1])
    assert minisign.PublicKey.from_base64(base64.b64encode(public_key))
    manifest = json.loads((whole / "manifest.json").read_text("utf-8"))
    said = f"acagraph {manifest['version']} rdfc10_sha256:{manifest['rdfc10_sha256']} first of its kind"
    assert f"trusted comment: {said}\n" in (whole / SIGNATURE).read_text("utf-8")
    for given in (public_of(key), made.output.split("--key ")[1].strip()):
        found = run("verify", whole, "--quick", "--key", given)
        assert found.exit_code == 0
        assert said in found.output
        assert "holds       signature" in found.output
    assert list(whole.glob(".*")) == []


def test_signed_and_not_checked_is_not_called_whole(whole: Path, key: Path) -> None:
    assert verify(whole).verdict == "whole"
    signed(whole, key)
    proof = verify(whole)
    assert proof.verdict == "part"
    assert [claim.told for claim in proof.claims if claim.name == "signature"] == [
        "signed, not checked: give the publisher's public key with --key"
    ]


def test_equal_input_gives_equal_bytes(download: Path, key: Path) -> None:
    signed(download, key)
    before = (download / SIGNATURE).read_bytes()
    signed(download, key)
    assert (download / SIGNATURE).read_bytes() == before


def test_without_a_signature_a_key_tells_nothing(download: Path, key: Path) -> None:
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 2
    assert "not signed" in found.output
    assert "Cannot tell" in found.output


def test_a_signature_of_another_key(download: Path, key: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = pair(tmp_path / "other")
    signed(download, other)
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 3
    assert "signed with another key" in found.output
    # A stranger's signature that claims the right key is no better.
    lines = (download / SIGNATURE).read_bytes().splitlines()
    name = base64.b64decode(Path(public_of(key)).read_bytes().splitlines()[1])[2:10]
    forged = base64.b64decode(lines[1])
    lines[1] = base64.b64encode(forged[:2] + name + forged[10:])
    (download / SIGNATURE).write_bytes(b"\n".join(lines) + b"\n")
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 3
    assert "altered or forged" in found.output


def test_a_signature_of_another_manifest(download: Path, key: Path) -> None:
    manifest = download / "manifest.json"
    published = manifest.read_text("utf-8")
    manifest.write_text(published.replace('"version": "', '"version": "1.'), encoding="utf-8")
    signed(download, key)
    manifest.write_text(published, encoding="utf-8")
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 3
    assert "signed another manifest, not this one" in found.output
    assert "acagraph 1." in found.output


def test_a_signature_with_another_comment(download: Path, key: Path) -> None:
    signed(download, key)
    text = (download / SIGNATURE).read_text("utf-8")
    (download / SIGNATURE).write_text(text.replace("acagraph 2", "acagraph 3"), encoding="utf-8")
    listing = read_listing(download / "manifest.json")
    checked = check(listing.bytes, (download / SIGNATURE).read_bytes(), public_of(key))
    assert checked.state == "damaged"
    assert "altered or forged" in checked.told


def test_a_signature_cut_off_anywhere_is_damaged(download: Path, key: Path) -> None:
    signed(download, key)
    whole = (download / SIGNATURE).read_bytes()
    data = (download / "manifest.json").read_bytes()
    assert check(data, whole, public_of(key)).state == "valid"
    assert check(data, whole.rstrip() + b"\n\n", public_of(key)).state == "valid"
    for length in range(len(whole.rstrip())):
        assert check(data, whole[:length], public_of(key)).state == "damaged", length
    for place in range(0, len(whole) - 1, 7):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        state = check(data, bytes(flipped), public_of(key)).state
        # The first line is not signed, as minisign says: "untrusted comment".
        assert state != "valid" or place < whole.index(b"\n"), place


GARBAGE = {
    "empty": b"",
    "blank": b"\n\n\n\n",
    "binary": b"\xff\xfe" * 200,
    "text": b"a\n" * 4,
    "comments": b"untrusted comment: x\n" * 4,
    "long": b"x" * 70_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_signature_is_told(download: Path, key: Path, name: str) -> None:
    (download / SIGNATURE).write_bytes(GARBAGE[name])
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 3
    assert "damaged or cut off" in found.output


HOSTILE = {
    "empty": b"",
    "blank": b"\n\n",
    "binary": bytes(range(256)) * 8,
    "text": b"untrusted comment: key\nnot base64 at all\n",
    "short": b"untrusted comment: key\n" + base64.b64encode(b"Ed" + bytes(20)) + b"\n",
    "algorithm": b"untrusted comment: key\n" + base64.b64encode(b"XX" + bytes(156)) + b"\n",
    "long": b"untrusted comment: key\n" + b"A" * 70_000,
    "zero": b"untrusted comment: key\n" + base64.b64encode(b"Ed\0\0B2" + bytes(152)) + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_key_is_refused_without_a_traceback(download: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.key"
    path.write_bytes(HOSTILE[name])
    listing = read_listing(download / "manifest.json")
    with pytest.raises(ReleaseError, match=r"key|damaged"):
        sign(download, listing, key=path, password=lambda: "x")
    with pytest.raises(ReleaseError, match="key"):
        check(b"", b"", str(path))
    assert not (download / SIGNATURE).exists()


@pytest.mark.parametrize(("work", "memory"), [(1 << 63, 1 << 20), (1 << 20, 1 << 40), (1 << 26, 1 << 30)])
def test_a_key_whose_password_would_take_hours_is_refused_at_once(
    download: Path, tmp_path: Path, work: int, memory: int
) -> None:
    path = pair(tmp_path, "secret")
    head, line = path.read_bytes().splitlines()
    raw = bytearray(base64.b64decode(line))
    raw[38:54] = work.to_bytes(8, "little") + memory.to_bytes(8, "little")
    path.write_bytes(head + b"\n" + base64.b64encode(raw) + b"\n")
    listing = read_listing(download / "manifest.json")
    with pytest.raises(ReleaseError, match="too long to try"):
        sign(download, listing, key=path, password=lambda: "secret")


def test_a_key_with_a_password(whole: Path, tmp_path: Path) -> None:
    path = pair(tmp_path, "correct horse")
    asked = run("release", "sign", whole, "--key", path)
    assert asked.exit_code == 2
    assert PASSWORD in asked.output
    wrong = run("release", "sign", whole, "--key", path, **{PASSWORD: "battery staple"})
    assert wrong.exit_code == 2
    assert "password" in wrong.output
    assert "battery staple" not in wrong.output
    assert not (whole / SIGNATURE).exists()
    right = run("release", "sign", whole, "--key", path, **{PASSWORD: "correct horse"})
    assert right.exit_code == 0, right.output
    assert "correct horse" not in right.output
    assert run("verify", whole, "--quick", "--key", public_of(path)).exit_code == 0


def test_a_secret_key_given_by_mistake_is_not_repeated(download: Path, key: Path) -> None:
    signed(download, key)
    secret = key.read_text("utf-8").splitlines()[1]
    found = run("verify", download, "--key", secret)
    assert found.exit_code == 2
    assert secret[:20] not in found.output
    found = run("verify", download, "--key", key)
    assert found.exit_code == 2
    assert "no public key" in found.output
    assert secret[:20] not in found.output


def test_a_public_key_is_read_from_a_file_or_as_it_is(key: Path) -> None:
    line = Path(public_of(key)).read_text("utf-8").splitlines()[1]
    assert read_public_key(line) == read_public_key(f" {line}\n") == read_public_key(public_of(key))
    with pytest.raises(ReleaseError, match="neither a file nor"):
        read_public_key("nowhere.pub")
    with pytest.raises(ReleaseError, match="neither a file nor"):
        read_public_key("x" * 5000)


@pytest.mark.parametrize(
    "comment", ["two\nlines", "naïve", "x" * 2000], ids=["two lines", "not ASCII", "too long"]
)
def test_a_comment_that_the_format_has_no_room_for_is_refused(
    download: Path, key: Path, comment: str
) -> None:
    with pytest.raises(ReleaseError, match="comment"):
        signed(download, key, comment)
    assert not (download / SIGNATURE).exists()


def test_what_was_altered_is_not_signed(whole: Path, key: Path) -> None:
    shapes = (whole / "shapes.ttl").read_bytes()
    (whole / "shapes.ttl").write_bytes(shapes + b"\n")
    refused = run("release", "sign", whole, "--key", key)
    (whole / "shapes.ttl").write_bytes(shapes)
    assert refused.exit_code == 2
    assert "acagraph verify" in refused.output
    assert not (whole / SIGNATURE).exists()


def test_without_the_library_it_says_what_to_install(
    download: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(download, key)
    monkeypatch.setitem(sys.modules, "minisign", None)
    assert verify(download).verdict == "part"
    found = run("verify", download, "--key", public_of(key))
    assert found.exit_code == 2
    assert "pip install 'acagraph[sign]'" in found.output


def test_a_build_keeps_a_signature_that_still_fits(project: Path, key: Path) -> None:
    public = project / "public"
    release = (public / "current").resolve()
    signed(release, key)
    before = (release / SIGNATURE).read_bytes()
    again = build(project, public, only_curated=True)
    assert not again.replaces
    assert (release / SIGNATURE).read_bytes() == before
    assert run("verify", release, "--quick", "--key", public_of(key)).exit_code == 0
    assert not any("sign it again" in notice for notice in again.notices)
    with (project / "data" / "dataset.toml").open("a") as file:
        file.write("\n# another input\n")
    again = build(project, public, only_curated=True)
    assert not (release / SIGNATURE).exists()
    [notice] = [notice for notice in again.notices if "sign it again" in notice]
    assert f"`acagraph release sign {release} --key …`" in notice


@real
def test_minisign_checks_what_we_sign(download: Path, key: Path) -> None:
    said = signed(download, key)
    checked = minisign_run("-V", "-p", public_of(key), "-m", download / "manifest.json")
    assert f"Trusted comment: {said}" in checked.stdout
    with (download / "manifest.json").open("a") as file:
        file.write("\n")
    with pytest.raises(subprocess.CalledProcessError):
        minisign_run("-V", "-p", public_of(key), "-m", download / "manifest.json")


@real
def test_we_check_what_minisign_signs(download: Path, tmp_path: Path) -> None:
    secret, public = tmp_path / "real.key", tmp_path / "real.pub"
    minisign_run("-G", "-W", "-s", secret, "-p", public)
    for options in ((), ("-l",)):  # hashed first, and the older way
        minisign_run("-S", *options, "-s", secret, "-m", download / "manifest.json", "-t", "by hand")
        found = run("verify", download, "--key", public)
        assert found.exit_code == 0
        assert "by hand" in found.output
    signed(download, secret)
    assert run("verify", download, "--key", public).exit_code == 0


def minisign_run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["minisign", *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
