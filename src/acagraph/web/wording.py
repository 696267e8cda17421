"""What pages say in a language: templates with translated texts, and numbers and dates written its way."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

from acagraph.errors import Phrase
from acagraph.vocab import compact
from acagraph.web.languages import ENGLISH, LANGUAGES, Language, catalogue
from acagraph.web.notation import Notation

_HOLE = re.compile(r"\{([A-Za-z]\w*)\}")
_WORD = re.compile(r"(?<=[^A-Z])[A-Z]")


@dataclass(frozen=True)
class Wording:
    """A language of the pages: `say` translates a text that N_ marked, `environment` renders templates."""

    language: Language
    environment: Environment
    say: Callable[[str], str]
    number: Callable[[float], str]
    percent: Callable[[float], str]
    date: Callable[[str], str]


def spaced(name: str) -> str:
    """Return the name of a variable or a parameter as words.

    >>> spaced("targetYear")
    'target year'
    """
    return _WORD.sub(r" \g<0>", name).lower()


def reread(text: str, written: str) -> Phrase | None:
    """Return a text with what stands in place of each `{name}` of it where it was written out.

    Nothing is returned where it is not that text that was written out.

    >>> reread("{a} is of {b}", "Danone is of France").values
    {'a': 'Danone', 'b': 'France'}
    """
    names: list[str] = []
    pattern = ""
    for literal, name in zip(*[iter((*_HOLE.split(text), ""))] * 2, strict=True):
        pattern += re.escape(literal)
        if name:
            pattern += f"(?P={name})" if name in names else f"(?P<{name}>.*?)"
            names.append(name)
    found = re.fullmatch(pattern, written, re.DOTALL)
    return Phrase(text, **found.groupdict()) if found else None


def _english(text: str) -> Markup:
    return Markup('<span lang="en">{}</span>').format(text)


def _told(message: object, known: Container[str], say: Callable[[str], str]) -> str | None:
    """Return a phrase in another language, None where it or one that fills it in has no translation."""
    if not isinstance(message, Phrase):
        return None
    values: dict[str, object] = {}
    for name, value in message.values.items():
        values[name] = _told(value, known, say) if isinstance(value, Phrase) else value
    if message.text not in known or None in values.values():
        return None
    return say(message.text).format(**values)


def wordings() -> Mapping[str, Wording]:
    """Return what pages say, by the tag of the language."""
    compiled = _Compiled()
    return {language.tag: _wording(language, compiled) for language in LANGUAGES}


class _Compiled(BytecodeCache):
    """Templates compiled once for all languages: texts are translated when a page is rendered."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template that was compiled for another language."""
        if (found := self._known.get(bucket.key)) is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template for the other languages."""
        self._known[bucket.key] = bucket.bytecode_to_string()


class _Template(Template):
    """A template whose macros are made once for a page, however many others import it `with context`.

    Macros see the values of the page, not what the template that imports them has set.
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        """Return the macros; `modules` among the values of a page keeps them."""
        made: dict[str | None, TemplateModule] | None = (vars or {}).get("modules")
        if made is None:
            return super().make_module(vars, shared, locals)
        if self.name not in made:
            made[self.name] = super().make_module(vars, shared, locals)
        return made[self.name]


def _wording(language: Language, compiled: _Compiled) -> Wording:
    known, notation = catalogue(language.tag), Notation(language)
    translations = known.translations

    def say(text: str) -> str:
        """Return the translation of a text, as it is: nothing is put in, and it is no markup."""
        return translations.gettext(text) if text else ""

    def marked(text: str) -> Markup:
        """Return the translation of a text that a release may have of its own, or the English, marked."""
        if text in known.texts or not text or language.tag == ENGLISH:
            return escape(say(text))
        return _english(text)

    def explained(message: str) -> Markup:
        """Return what an error says, in the language, or the English, marked."""
        found = _told(message, known.texts, say) if language.tag != ENGLISH else message
        return _english(message) if found is None else escape(found)

    def filled(text: str, written: str) -> Markup:
        """Return what a text with `{name}` was written out as, in the language, or the English, marked."""
        return explained((reread(text, written) if text in known.texts else None) or written)

    environment = _environment(translations, compiled)
    environment.globals |= {
        "language": language.tag,
        "languages": LANGUAGES,
        "say": say,
        "marked": marked,
        "filled": filled,
        "explained": explained,
        "heading": lambda name: marked(spaced(name)),
        "number": notation.number,
        "percent": notation.percent,
        "date": notation.date,
    }
    return Wording(language, environment, say, notation.number, notation.percent, notation.date)


def _environment(translations: NullTranslations, compiled: _Compiled) -> Environment:
    """Return templates with their texts translated; everything put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("acagraph.web"),
        bytecode_cache=compiled,
        auto_reload=False,  # else a file is looked at for each template of each page
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.template_class = _Template
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["compact"] = compact
    return environment
