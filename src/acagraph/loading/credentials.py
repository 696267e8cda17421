"""Who loads: a name and a password, or a token, from the environment or .netrc, never from a command line."""

from __future__ import annotations

import base64
import netrc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from acagraph.errors import StoreError

USER, PASSWORD, TOKEN = "ACAGRAPH_STORE_USER", "ACAGRAPH_STORE_PASSWORD", "ACAGRAPH_STORE_TOKEN"
HINT = (
    f"set {USER} and {PASSWORD}, or {TOKEN}, in the environment, or write an entry for the host into .netrc"
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Credentials:
    """What a server is shown; nothing of it but the name is in its repr."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    def basic(self) -> str:
        """Return the header of Basic authentication."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def hidden(self, text: str) -> str:
        """Return a text, such as a server's words, without the password and the token."""
        for secret in (self.password, self.token):
            if secret:
                text = text.replace(secret, "***")
        return text


def credentials(url: str, environ: Mapping[str, str]) -> Credentials:
    """Return the credentials for a server: of the environment, else of .netrc, else none.

    NETRC names another file than ~/.netrc. Raises StoreError for half of what is needed, and for a .netrc
    that cannot be read; nothing that stands in it is told.
    """
    token, user, password = (environ.get(name, "") for name in (TOKEN, USER, PASSWORD))
    if any(not character.isprintable() for character in token + user + password):
        raise StoreError(f"{USER}, {PASSWORD} or {TOKEN} has a character that no header can hold")
    if token:
        return Credentials(token=token)
    if user and not password:
        raise StoreError(f"{USER} is set, but not {PASSWORD}")
    if user:
        return Credentials(user, password)
    named = environ.get("NETRC", "")
    file = Path(named) if named else Path(environ.get("HOME") or Path.home()) / ".netrc"
    if not file.is_file():
        if named:
            raise StoreError(f"{file}, which NETRC names, is no file")
        return Credentials()
    try:
        found = netrc.netrc(str(file)).authenticators(urlsplit(url).hostname or "")
    except netrc.NetrcParseError as error:
        # Its own message quotes what it stumbled over, which may be a password.
        raise StoreError(f"{file}, line {error.lineno}, is not as .netrc is written") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{file} cannot be read: {getattr(error, 'strerror', '') or 'no text'}") from None
    return Credentials(found[0] or "", found[2] or "") if found else Credentials()


def checked(url: str) -> str:
    """Return the address of a server. Raises StoreError for what is none, and for one with a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise StoreError("the address of the store is no URL; write https://HOST/PATH") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise StoreError(f"an address with a name or a password is refused, for others can see it; {HINT}")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise StoreError(f"{url} is not the address of a store; write http://HOST/PATH or https://HOST/PATH")
    if parts.query or parts.fragment or any(not "!" <= character <= "~" for character in url):
        raise StoreError(
            f"{url!r} has characters that no address of an endpoint has; leave out ? and # and blanks"
        )
    return url


def exposed(url: str, shown: Credentials) -> str:
    """Return a notice where credentials travel in clear text over a network, else nothing."""
    parts = urlsplit(url)
    if shown and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return f"the credentials go to {parts.hostname} without encryption; use https"
    return ""
