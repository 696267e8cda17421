"""Other ways to write the IRIs of datasets that we know: pages, old addresses, identifiers with blanks."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from acagraph.links.forms import form_named

_HTTP = r"https?://(?:www\.|m\.)?"
_ADDRESSES = {
    "wikidata": re.compile(_HTTP + r"wikidata\.org/(?:wiki|entity)/(?:Special:EntityData/)?(Q[0-9]+)"),
    "geonames": re.compile(r"https?://(?:www\.|sws\.)?geonames\.org/([0-9]+)(?:/[^/]*)?"),
    "dbpedia": re.compile(_HTTP + r"dbpedia\.org/(?:resource|page)/([^?#]+)"),
    "osm": re.compile(_HTTP + r"(?:openstreetmap|osm)\.org/((?:node|way|relation)/[0-9]+)/?"),
    "ror": re.compile(_HTTP + r"ror\.org/([0-9A-Za-z]+)/?"),
    "lei": re.compile(r"https?://(?:www\.)?(?:lei\.info/|search\.gleif\.org/#/record/)([0-9A-Za-z]+)/?"),
    "isni": re.compile(_HTTP + r"isni\.org/(?:isni/)?([0-9Xx -]+|[0-9Xx]+(?:%20[0-9Xx]+)+)/?"),
}
_WIKIPEDIA = re.compile(r"https?://en\.(?:m\.)?wikipedia\.org/wiki/([^?#]+)(?:[?#].*)?")
# What may stand in an IRI although a path would have it quoted.
_PLAIN = "!$&'()*+,-./:;=@_~"


def usual(iri: str) -> str:
    """Return an IRI as its dataset writes it, when it is one of a dataset that we know; else as it is.

    A page of the English Wikipedia is taken for the entry of DBpedia, which has the same title.

    >>> usual("https://www.geonames.org/4699066/houston.html"), usual("https://en.wikipedia.org/wiki/S%C3%A8te")
    ('https://sws.geonames.org/4699066/', 'http://dbpedia.org/resource/Sète')
    """
    for name, pattern in _ADDRESSES.items():
        found = pattern.fullmatch(iri)
        if found:
            return form_named(name).iri(identifier(name, found[1]))
    title = _WIKIPEDIA.fullmatch(iri)
    return form_named("dbpedia").iri(identifier("dbpedia", title[1])) if title else iri


def identifier(dataset: str, text: str) -> str:
    """Return an identifier as its dataset writes it.

    >>> identifier("isni", "0000 0001 2146 3854"), identifier("ror", "029EFTA16")
    ('0000000121463854', '029efta16')
    """
    text = text.strip()
    if dataset == "isni":
        return re.sub(r"[ -]|%20", "", text).upper()
    if dataset == "ror":
        return text.casefold()
    if dataset == "lei":
        return text.replace(" ", "").upper()
    if dataset == "geonames":
        return text.rstrip("/")
    if dataset == "dbpedia":
        return _title(text)
    return text


def _title(text: str) -> str:
    title = unquote(text).strip().replace(" ", "_")
    kept = "".join(letter if ord(letter) > 160 else quote(letter, safe=_PLAIN) for letter in title)
    return kept[:1].upper() + kept[1:]
