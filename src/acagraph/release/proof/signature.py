"""Signatures of manifests, in the format of minisign (https://jedisct1.github.io/minisign/)."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from acagraph.errors import ReleaseError
from acagraph.release.files import SIGNATURE
from acagraph.release.proof.listing import Listing

if TYPE_CHECKING:
    import minisign


_MISSING = "signatures need py-minisign: pip install 'acagraph[sign]'"
_UNTRUSTED = "signature of a release of acagraph"
_LONGEST = 1 << 16
_LONGEST_COMMENT = 2000
# Those that minisign itself makes keys with; a key that asks for more would take hours or all memory.
_MOST_WORK, _MOST_MEMORY = 1 << 25, 1 << 30
# Where a secret key tells its scrypt limits: behind three algorithms of two bytes and a salt of 32.
_LIMITS = 38

Password = Callable[[], str]


@dataclass(frozen=True)
class Checked:
    """What a signature shows: `valid`, made for `other` bytes, made by another `key`, or `damaged`."""

    state: Literal["valid", "other", "key", "damaged"]
    told: str


@dataclass(frozen=True)
class Signed:
    """A signature that was written, its trusted comment, and the public key that it is checked with."""

    path: Path
    comment: str
    public_key: str


def check(data: bytes, signature: bytes, key: str) -> Checked:
    """Look whether a signature is that of a public key for these bytes, and if not, why.

    `key` is a file's name or the key itself. Raises ReleaseError for what is no public key.
    """
    public = read_public_key(key)
    library = _library()
    try:
        signed = library.Signature.from_bytes(signature.rstrip() + b"\n")
        made_by = base64.b64decode(bytes(signed).splitlines()[1])[2:10]
    except (ValueError, IndexError) as error:
        return Checked("damaged", f"{SIGNATURE} is damaged or cut off: {error}")
    wanted = _key_id(public)
    if made_by != wanted:
        return Checked(
            "key", f"signed with another key: {_named(made_by)}, and the key given is {_named(wanted)}"
        )
    comment = signed.trusted_comment
    try:
        public.verify(data, signed)
    except ValueError:
        if _vouches(public, signed):
            told = f"the key given signed another manifest, not this one; it said of that: {_shown(comment)}"
            return Checked("other", told)
        return Checked(
            "damaged", f"{SIGNATURE} is not what the key given has signed: it was altered or forged"
        )
    return Checked("valid", f"signed with the key {_named(wanted)}: {_shown(comment)}")


def sign(folder: Path, listing: Listing, *, key: Path, password: Password, comment: str = "") -> Signed:
    """Sign the manifest of a release with a secret key; the signature goes beside it, in one step.

    The trusted comment names version and hash, then what `comment` adds; equal input gives equal bytes. The
    password is asked only for a key that has one. Raises ReleaseError for a key that cannot be used.
    """
    library = _library()
    said = f"acagraph {listing.version} rdfc10_sha256:{listing.sha256} {comment}".strip()
    if len(said) > _LONGEST_COMMENT:
        raise ReleaseError(f"the comment is too long: at most {_LONGEST_COMMENT:,} characters")
    with _secret_key(key) as secret:
        _unlock(secret, key, password)
        try:
            signed = secret.sign(listing.bytes, trusted_comment=said, untrusted_comment=_UNTRUSTED)
            public = secret.get_public_key()
            public.verify(listing.bytes, signed)
        except library.VerifyError as error:
            raise ReleaseError(f"{key} is damaged: its two halves do not belong together") from error
        except ValueError as error:
            raise ReleaseError(
                f"cannot sign: {error}; write the comment in plain ASCII on one line"
            ) from error
        public_key = public.to_base64().decode()
    path = folder / SIGNATURE
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(bytes(signed) + b"\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Signed(path, said, public_key)


def read_public_key(key: str) -> minisign.PublicKey:
    """Read a public key of minisign: a file's name, or the key itself. Raises ReleaseError."""
    library = _library()
    try:
        is_file = Path(key).is_file()
    except (OSError, ValueError):
        is_file = False
    try:
        if is_file:
            return library.PublicKey.from_bytes(_short(Path(key)).rstrip() + b"\n")
        return library.PublicKey.from_base64(key.strip())
    except ValueError as error:
        # What was given may be a secret key by mistake: it is not repeated.
        name = f"{key} is no" if is_file else "--key is neither a file nor a"
        message = f"{name} public key of minisign: {error}; give the file, or its line that begins with RW"
        raise ReleaseError(message) from None


@contextlib.contextmanager
def _secret_key(path: Path) -> Iterator[minisign.SecretKey]:
    data = _short(path)
    try:
        secret = _library().SecretKey.from_bytes(data.rstrip() + b"\n")
        limits = base64.b64decode(data.splitlines()[1])[_LIMITS : _LIMITS + 16]
    except (ValueError, IndexError) as error:
        raise ReleaseError(f"{path} is no secret key of minisign: {error}") from error
    with secret:
        work, memory = (int.from_bytes(part, "little") for part in (limits[:8], limits[8:]))
        if work > _MOST_WORK or memory > _MOST_MEMORY:
            raise ReleaseError(
                f"{path} is no secret key of minisign: its password would take too long to try"
            )
        yield secret


def _unlock(secret: minisign.SecretKey, path: Path, password: Password) -> None:
    if not secret.is_encrypted():
        return
    try:
        secret.decrypt(password())
    except (ValueError, MemoryError) as error:
        # The error of the library is no cause: a traceback of it would show what was tried.
        raise ReleaseError(f"{path} cannot be opened with this password: {error or 'no memory'}") from None


def _vouches(public: minisign.PublicKey, signed: minisign.Signature) -> bool:
    """Say whether the key signed the signature itself together with its comment, whatever it was made for."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    lines = bytes(signed).splitlines()
    signature, whole = base64.b64decode(lines[1])[10:], base64.b64decode(lines[3])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.to_base64())[10:])
    try:
        key.verify(whole, signature + signed.trusted_comment.encode())
    except InvalidSignature:
        return False
    return True


def _key_id(public: minisign.PublicKey) -> bytes:
    return base64.b64decode(public.to_base64())[2:10]


def _named(key_id: bytes) -> str:
    """Return the name of a key as minisign prints it."""
    return key_id[::-1].hex().upper()


def _shown(text: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def _short(path: Path) -> bytes:
    """Read a file that holds a key. Raises ReleaseError for one that is too long."""
    if not path.is_file():
        raise ReleaseError(f"{path} is no file with a key of minisign")
    with path.open("rb") as file:
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise ReleaseError(f"{path} is too long for a key of minisign")
    return data


def _library() -> Any:
    try:
        import minisign
    except ModuleNotFoundError as error:
        raise ReleaseError(_MISSING) from error
    return minisign
