"""The templates, ready for each language: texts are translated, numbers and dates written its way."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from acagraph.vocab import compact
from acagraph.web.languages import LANGUAGES, Language, catalogue
from acagraph.web.notation import Notation


def environments() -> Mapping[str, Environment]:
    """Return what renders templates, by the tag of the language."""
    return {language.tag: _environment(language) for language in LANGUAGES}


def _environment(language: Language) -> Environment:
    """Return templates in a language; everything put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("acagraph.web"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        catalogue(language.tag), newstyle=True
    )
    notation = Notation(language)
    environment.globals |= {
        "language": language.tag,
        "languages": LANGUAGES,
        "number": notation.number,
        "percent": notation.percent,
        "date": notation.date,
    }
    environment.filters["compact"] = compact
    return environment
