"""Canonical Turtle: one layout for each graph, so a change of one fact is a change of one line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical
from acagraph.graph.terms import Node, Value
from acagraph.graph.tokens import Block, Layout, layout
from acagraph.graph.turtle import decode, parse_text, refuse_blank_nodes
from acagraph.vocab import PREFIXES, XSD

RDF = PREFIXES["rdf"]
_FIRST = (
    RDF + "type",
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["rdfs"] + "label",
    PREFIXES["skos"] + "definition",
)
_BARE = (XSD + "integer", XSD + "decimal", XSD + "boolean")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_DEEPEST = 50
_INDENT = "    "


def format_turtle(content: bytes, *, path: Path | None = None, blank_nodes: bool = True) -> str:
    """Return a Turtle file in its canonical layout.

    The triples stay the same but for literals, which get their canonical spelling; the same graph gives the
    same text in whatever order it was written. Comments stay at the head and right above a subject. Raises
    SourceError for a syntax error, a comment elsewhere, a blank node that is shared, cyclic or (with
    blank_nodes=False) there at all.
    """
    text = decode(content, path=path)
    quads, prefixes = parse_text(text, path=path)
    if not blank_nodes:
        refuse_blank_nodes(text, quads, path=path)
    plan = layout(text)
    if plan.stray:
        token = plan.stray[0]
        message = (
            f"fmt cannot keep the comment '{_shortened(token.text)}' here; "
            "move it into skos:editorialNote or right above the subject"
        )
        raise SourceError(message, path=path, line=token.line)
    namespaces = _namespaces(prefixes, path=path)
    writer = _Writer(quads, namespaces, path=path)
    comments = _comments(text, plan, writer, namespaces, path=path)
    return writer.document(plan.head, comments)


def write_turtle(quads: Iterable[ox.Quad], *, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return triples as canonical Turtle; graph names are left out, literals are kept as they are spelt.

    Raises SourceError for blank nodes that do not form trees.
    """
    return _Writer(list(quads), prefixes, path=None, respell=False).document((), {})


class _Writer:
    """The triples of one file, ready to be written; remembers which prefixes it has used."""

    def __init__(
        self,
        quads: list[ox.Quad],
        namespaces: Mapping[str, str],
        *,
        path: Path | None,
        respell: bool = True,
    ) -> None:
        self.path = path
        self.namespaces = namespaces
        self.longest_first = sorted(namespaces.items(), key=lambda item: (-len(item[1]), item[0]))
        self.names: dict[str, str] = {}
        self.used: set[str] = set()
        properties: dict[Node, set[tuple[ox.NamedNode, Value]]] = defaultdict(set)
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise SourceError(f"{quad}: triple terms are not used here", path=path)
            if respell and isinstance(value, ox.Literal):
                value = canonical(value)
            properties[subject].add((quad.predicate, value))
        self.properties: Mapping[Node, set[tuple[ox.NamedNode, Value]]] = dict(properties)
        self.roots = self._blank_roots()

    def document(self, head: tuple[str, ...], comments: Mapping[str, tuple[str, ...]]) -> str:
        """Return the whole file; comments are given by the text of the block that they stand above."""
        named = sorted(
            (n for n in self.properties if isinstance(n, ox.NamedNode)), key=lambda node: node.value
        )
        blocks = [self.block(node) for node in named] + sorted(self.block(node) for node in self.roots)
        blocks = ["".join(f"{line}\n" for line in comments.get(block, ())) + block for block in blocks]
        prefixes = "".join(f"@prefix {p}: <{self.namespaces[p]}> .\n" for p in sorted(self.used))
        parts = ["".join(f"{line}\n" for line in head), prefixes, *blocks]
        return "\n".join(part for part in parts if part)

    def block(self, subject: Node) -> str:
        """Return the lines of one subject."""
        name = self.name(subject.value) if isinstance(subject, ox.NamedNode) else "[]"
        return f"{name}\n{self.body(subject, _INDENT)}{_INDENT}.\n"

    def body(self, subject: Node, indent: str) -> str:
        if len(indent) > _DEEPEST * len(_INDENT):
            raise SourceError("blank nodes are nested too deeply; give some of them IRIs", path=self.path)
        rows = []
        for predicate, value in self.properties.get(subject, ()):
            verb = "a" if predicate.value == _FIRST[0] else self.name(predicate.value)
            rank = _FIRST.index(predicate.value) if predicate.value in _FIRST else len(_FIRST)
            text = self.value(value, indent)
            language = (value.language or "") if isinstance(value, ox.Literal) else ""
            kind = (ox.NamedNode, ox.Literal, ox.BlankNode).index(type(value))
            rows.append((rank, verb, kind, language, text))
        return "".join(f"{indent}{verb} {text} ;\n" for _, verb, _, _, text in sorted(rows))

    def value(self, value: Value, indent: str) -> str:
        if isinstance(value, ox.NamedNode):
            return "()" if value.value == RDF + "nil" else self.name(value.value)
        if isinstance(value, ox.Literal):
            return self.literal(value)
        items = self._items(value)
        if items is None:
            return f"[\n{self.body(value, indent + _INDENT)}{indent}]"
        inner = indent + _INDENT
        return "(\n" + "".join(f"{inner}{self.value(item, inner)}\n" for item in items) + f"{indent})"

    def literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        if literal.language is not None or datatype == XSD + "string":
            return str(literal)
        if datatype in _BARE and _reads_bare(literal):
            return literal.value
        return f"{ox.Literal(literal.value)}^^{self.name(datatype)}"

    def name(self, iri: str) -> str:
        """Return the prefixed name of an IRI, by the longest namespace that leaves a plain local name."""
        if iri not in self.names:
            self.names[iri] = f"<{iri}>"
            for prefix, namespace in self.longest_first:
                if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                    self.names[iri] = f"{prefix}:{iri[len(namespace) :]}"
                    break
        text = self.names[iri]
        if not text.startswith("<"):
            self.used.add(text.partition(":")[0])
        return text

    def _items(self, node: ox.BlankNode) -> list[Value] | None:
        """Return the members of a well-formed list that starts at a node, None for any other node."""
        items = []
        rest: Value = node
        while isinstance(rest, ox.BlankNode):
            cell = {predicate.value: value for predicate, value in self.properties.get(rest, ())}
            if set(cell) != {RDF + "first", RDF + "rest"} or len(self.properties[rest]) != 2:
                return None
            items.append(cell[RDF + "first"])
            rest = cell[RDF + "rest"]
        return items if isinstance(rest, ox.NamedNode) and rest.value == RDF + "nil" else None

    def _blank_roots(self) -> list[ox.BlankNode]:
        """Return the blank nodes that nothing points at; refuse those that form no tree."""
        values = [value for pairs in self.properties.values() for _, value in pairs]
        pointed = Counter(value for value in values if isinstance(value, ox.BlankNode))
        subjects = [node for node in self.properties if isinstance(node, ox.BlankNode)]
        shared = {node for node, count in pointed.items() if count > 1}
        if shared:
            message = f"{self._owner(shared)}a blank node is used twice; give it an IRI"
            raise SourceError(message, path=self.path)
        roots = [node for node in subjects if node not in pointed]
        if len(self._reachable(roots)) < len({*pointed, *subjects}):
            raise SourceError("blank nodes form a cycle; give one of them an IRI", path=self.path)
        return roots

    def _reachable(self, roots: list[ox.BlankNode]) -> set[ox.BlankNode]:
        found: set[ox.BlankNode] = set(roots)
        stack: list[Node] = [*roots, *(node for node in self.properties if isinstance(node, ox.NamedNode))]
        while stack:
            for _, value in self.properties.get(stack.pop(), ()):
                if isinstance(value, ox.BlankNode) and value not in found:
                    found.add(value)
                    stack.append(value)
        return found

    def _owner(self, nodes: set[ox.BlankNode]) -> str:
        """Name the first subject that points at one of some blank nodes, for a message."""
        owners = {
            str(subject)
            for subject, pairs in self.properties.items()
            for _, value in pairs
            if value in nodes and isinstance(subject, ox.NamedNode)
        }
        return f"{min(owners)}: " if owners else ""


def _reads_bare(literal: ox.Literal) -> bool:
    """Say whether Turtle's short form of a number or truth value reads back as this very literal."""
    pattern = {
        "integer": r"[+-]?[0-9]+",
        "decimal": r"[+-]?[0-9]*\.[0-9]+",
        "boolean": "true|false",
    }[literal.datatype.value.removeprefix(XSD)]
    return re.fullmatch(pattern, literal.value) is not None


def _namespaces(declared: Mapping[str, str], *, path: Path | None) -> dict[str, str]:
    """Return the house prefixes with a file's own; a house prefix that means something else is refused."""
    for prefix, namespace in sorted(declared.items()):
        if PREFIXES.get(prefix, namespace) != namespace:
            message = (
                f"prefix {prefix}: stands for <{namespace}> here, but for <{PREFIXES[prefix]}> in acagraph; "
                "choose another prefix"
            )
            raise SourceError(message, path=path)
    known = set(PREFIXES.values())
    return PREFIXES | {prefix: namespace for prefix, namespace in declared.items() if namespace not in known}


def _comments(
    text: str, plan: Layout, writer: _Writer, namespaces: Mapping[str, str], *, path: Path | None
) -> dict[str, tuple[str, ...]]:
    """Return the comments of a file by the canonical block that each stands above."""
    gathered: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for block in plan.blocks:
        if block.comment:
            gathered[_block_text(text, block, writer, namespaces, path=path)].append(block.comment)
    return {
        key: tuple(line for comment in sorted(set(found)) for line in comment)
        for key, found in gathered.items()
    }


def _block_text(
    text: str, block: Block, writer: _Writer, namespaces: Mapping[str, str], *, path: Path | None
) -> str:
    if block.subject is not None and ox.NamedNode(block.subject) in writer.properties:
        return writer.block(ox.NamedNode(block.subject))
    header = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in namespaces.items())
    if block.subject is None:
        quads, _ = parse_text(header + text[block.start : block.end], path=path)
        alone = _Writer(quads, namespaces, path=path)
        found = alone.block(alone.roots[0]) if len(alone.roots) == 1 else None
        if found is not None and any(writer.block(root) == found for root in writer.roots):
            return found
    message = "fmt cannot keep the comment above this subject; give the subject a plain IRI"
    raise SourceError(message, path=path, line=block.line)


def _shortened(comment: str) -> str:
    return comment if len(comment) <= 60 else comment[:57] + "..."
