"""Sets of mappings written as SSSOM tables, in the canonical form of the standard: same set, same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import yaml

from acagraph.errors import SourceError
from acagraph.links import model
from acagraph.links.forms import NAMESPACES
from acagraph.links.model import Extension, MappingSet, kind_of, values_of
from acagraph.links.slots import BUILT_IN, LINKML, MAPPING, PROPAGATED, REQUIRED, SET, SEVERAL
from acagraph.links.values import prefix_of, write_value
from acagraph.vocab import PREFIXES

# What a set may name without having declared it: the writer declares it.
_COMMON = {**{name: iri for name, iri in PREFIXES.items() if name != "wd"}, "linkml": LINKML, **NAMESPACES}


def write_set(mappings: MappingSet, *, condense: bool = True) -> bytes:
    """Return a set as a table: sorted, each column filled somewhere, no prefix that nothing uses.

    What all mappings say alike stands above the table where the standard allows it ("Condensation"), unless
    without `condense`. Raises SourceError for an IRI that no prefix of the set fits.
    """
    shared = _shared(mappings) if condense and mappings.mappings else {}
    rows = [_slots(each, shared) for each in mappings.mappings]
    kinds = {**MAPPING, **{each.name: kind_of(each) for each in _in_order(mappings.extensions)}}
    filled = {name for row in rows for name in row}
    columns = [name for name in kinds if name in filled or name in REQUIRED]
    metadata = {**mappings.metadata, **shared}
    used = [each for each in _in_order(mappings.extensions) if {each.name} & {*filled, *metadata}]
    named = [*_named(rows, kinds), *_named([metadata], SET), *_named_by(used)]
    try:
        prefixes = _prefixes(named, mappings.prefixes)
        texts = [{n: write_value(kinds[n], text, prefixes) for n, text in row.items()} for row in rows]
        heading = _heading(metadata, used, prefixes)
    except ValueError as error:
        raise SourceError(str(error), path=mappings.path) from error
    cells = sorted([text.get(name, "") for name in columns] for text in texts)
    table = ("\t".join(_quoted(cell) for cell in row) for row in [columns, *cells])
    return "\n".join([*heading, *table, ""]).encode()


def _in_order(extensions: Sequence[Extension]) -> list[Extension]:
    return sorted(extensions, key=lambda each: (each.property, each.name))


def _shared(mappings: MappingSet) -> dict[str, str]:
    """Return the slots that hold for each mapping, and that the set does not contradict."""
    first = mappings.mappings[0].slots
    return {
        name: first[name]
        for name in PROPAGATED
        if name in first
        and mappings.metadata.get(name, first[name]) == first[name]
        and all(each.slots.get(name) == first[name] for each in mappings.mappings)
    }


def _slots(mapping: model.Mapping, shared: Mapping[str, str]) -> dict[str, str]:
    ids = (mapping.subject, mapping.predicate, mapping.object, mapping.justification)
    own = {name: text for name, text in mapping.slots.items() if text and name not in shared}
    return {**own, **dict(zip(REQUIRED, ids, strict=True))}


def _named(rows: Sequence[Mapping[str, str]], kinds: Mapping[str, str]) -> Iterator[str]:
    """Yield the IRIs that are written with a prefix."""
    for row in rows:
        for name, text in row.items():
            if kinds.get(name) in ("entity", "entities"):
                yield from values_of(text)


def _named_by(extensions: Sequence[Extension]) -> Iterator[str]:
    for each in extensions:
        yield from filter(None, (each.property, each.type_hint))


def _prefixes(iris: Sequence[str], declared: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that some IRIs need, the built-in ones with them.

    Raises ValueError for an IRI that none fits.
    """
    own = {**BUILT_IN, **declared}
    needed = {}
    for iri in set(iris):
        prefix = prefix_of(iri, own)
        if prefix is not None:
            needed[prefix] = own[prefix]
            continue
        others = {name: namespace for name, namespace in _COMMON.items() if name not in own}
        prefix = prefix_of(iri, others)
        if prefix is None:
            raise ValueError(f"no prefix for <{iri}>; declare its namespace in curie_map")
        needed[prefix] = others[prefix]
    return {**BUILT_IN, **needed}


def _heading(
    metadata: Mapping[str, str], extensions: Sequence[Extension], prefixes: Mapping[str, str]
) -> list[str]:
    """Return the lines of metadata: the prefixes first, then the slots in the standard's order."""
    declared = sorted(prefixes.keys() - BUILT_IN.keys())
    lines = ["curie_map:" if declared else "curie_map: {}"]
    lines += [f"  {name}: {_scalar(prefixes[name], 'iri')}" for name in declared]
    for name, kind in SET.items():
        if name in metadata:
            lines += _slot(name, kind, write_value(kind, metadata[name], prefixes))
    if extensions:
        lines.append("extension_definitions:")
    for each in extensions:
        lines.append(f"  - slot_name: {_scalar(each.name, 'text')}")
        lines.append(f"    property: {write_value('entity', each.property, prefixes)}")
        if each.type_hint:
            lines.append(f"    type_hint: {write_value('entity', each.type_hint, prefixes)}")
    for each in extensions:
        if each.name in metadata:
            lines += _slot(each.name, "text", metadata[each.name])
    return [f"#{line}" for line in lines]


def _slot(name: str, kind: str, text: str) -> list[str]:
    if kind not in SEVERAL:
        return [f"{name}: {_scalar(text, kind)}"]
    return [f"{name}:", *(f"  - {_scalar(each, SEVERAL[kind])}" for each in values_of(text))]


def _scalar(text: str, kind: str) -> str:
    """Return a text as YAML, plain where that is read back as the same text."""
    try:
        plain = yaml.load(f"key:\n  - {text}\n", Loader=yaml.BaseLoader) == {"key": [text]}
        # A text that looks like a number, a day or a truth value would not stay one for other readers.
        plain = plain and (kind in ("date", "share") or isinstance(yaml.safe_load(text), str))
    except (yaml.YAMLError, ValueError):
        plain = False
    if plain and "\n" not in text:
        return text
    quoted: str = yaml.dump(text, default_style='"', allow_unicode=True, width=math.inf)
    return quoted.strip()


def _quoted(cell: str) -> str:
    if any(character in cell for character in '\t\n\r"'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
