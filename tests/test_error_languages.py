"""What pages say is wrong, in four languages; programs are told in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import NotFound, Phrase, QueryError
from acagraph.web.languages import TAGS
from acagraph.web.wording import wordings

HTML = {"Accept": "text/html"}
PROBLEM = re.compile('<(?:pre|p) class="(?:problem|fault)"[^>]*>(.*?)</(?:pre|p)>', re.DOTALL)
WORDINGS = wordings()
# A path, what a Spanish page says first, and what programs are told.
WRONG = [
    ("/nowhere", "no hay nada en /es/nowhere; empiece en /", "there is nothing at /nowhere; begin at /"),
    (
        "/doc/agent/sonny",
        "no hay nada llamado 'sonny' en «agent»; ¿quiso decir sony",
        "there is no agent 'sonny'; did you mean sony",
    ),
    (
        "/queries/members-of-coalitions",
        "no hay ninguna consulta guardada 'members-of-coalitions'; ¿quiso decir members-of-coalition",
        "no saved query 'members-of-coalitions'; did you mean members-of-coalition",
    ),
    (
        "/queries/members-of-coalition?coalition=jcj",
        "coalition: no hay nada llamado 'jcj' en «coalition»; ¿quiso decir jci",
        "coalition: there is no coalition 'jcj'; did you mean jci",
    ),
    (
        "/queries/figures?coalition=jci&since=soon",
        "since='soon' no es del tipo «date»; escriba un año, un mes o un día, por ejemplo since=2018-01",
        "since='soon' is not a date; write a year, a month or a day, for example since=2018-01",
    ),
    (
        "/queries/members-of-coalition?coalition=jci&colour=red",
        "members-of-coalition no tiene ningún parámetro 'colour'; admite coalition=",
        "members-of-coalition has no parameter 'colour'; it takes coalition=",
    ),
    (
        "/queries/members-of-coalition?coalition=jci&coalition=aca",
        "coalition se indica dos veces; indíquelo una vez",
        "coalition is given twice; give it once",
    ),
    (
        "/queries/members-of-coalition?coalition=jci&limit=0",
        "limit='0' no se admite; escriba un número entero de 1 a 10000",
        "limit='0' is not allowed; write a whole number from 1 to 10000",
    ),
    (
        "/graph/nothing",
        "no hay ningún grafo 'https://w3id.org/acagraph/graph/nothing'; hay",
        "there is no graph 'https://w3id.org/acagraph/graph/nothing'; there are",
    ),
    (
        "/coalitions?colour=red",
        "aquí no hay ningún filtro 'colour'; hay",
        "there is no filter 'colour' here; there are",
    ),
    (
        "/ontology/term/Coalitoin",
        "la ontología no tiene ningún término 'Coalitoin'; ¿quiso decir Coalition",
        "the ontology has no term 'Coalitoin'; did you mean Coalition",
    ),
]


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers=HTML) as client:
        yield client


@pytest.mark.parametrize(("path", "spanish", "english"), WRONG)
def test_an_error_is_told_in_the_language(
    client: httpx.Client, path: str, spanish: str, english: str
) -> None:
    answer = client.get(f"/es{path}")
    [told] = PROBLEM.findall(answer.text)
    assert unescape(told).startswith(spanish)
    [bare] = PROBLEM.findall(client.get(path).text)
    assert unescape(bare).startswith(english)
    for tag in TAGS[1:]:
        other = client.get(f"/{tag}{path}")
        assert other.status_code == answer.status_code >= 400
        [told] = PROBLEM.findall(other.text)
        assert "<span" not in told
        assert not unescape(told).startswith(english)


@pytest.mark.parametrize(
    ("path", "english"),
    [(path, english) for path, _, english in WRONG if not path.startswith(("/coalitions", "/ontology"))],
)
def test_a_program_is_told_in_english(client: httpx.Client, path: str, english: str) -> None:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(english)


def test_what_the_engine_says_of_a_query_is_marked_as_english(client: httpx.Client) -> None:
    page = client.get("/fr/sparql", params={"query": "SELECT * {"}).text
    [told] = PROBLEM.findall(page)
    assert told.startswith('<span lang="en">line 1, column 11: ')
    [bare] = PROBLEM.findall(client.get("/sparql", params={"query": "SELECT * {"}).text)
    assert bare.startswith("line 1, column 11: ")


@given(name=st.text(max_size=30), hint=st.text(max_size=30))
def test_whatever_stands_in_a_phrase_is_escaped_and_kept(name: str, hint: str) -> None:
    message = Phrase(
        "{message}; {hint}", message=Phrase("there is no {kind} {name}", kind="x", name=name), hint=hint
    )
    error = NotFound(message)
    assert str(error) == f"there is no x {name}; {hint}"
    for wording in WORDINGS.values():
        told = wording.environment.from_string("{{ explained(message) }}").render(message=error.message)
        assert "<" not in told
        assert "span" not in told.replace(name, "").replace(hint, "")
        shown = unescape(told)
        assert name in shown
        assert hint in shown


def test_an_error_without_a_phrase_says_what_it_says() -> None:
    assert QueryError("line 1: no", line=1).message == "line 1: no"
    assert NotFound().message == ""
