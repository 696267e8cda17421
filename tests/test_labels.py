"""Labels are looked up once, and what strangers make up is not remembered."""

from __future__ import annotations

import acagraph
from acagraph.stores import Term
from acagraph.web.labels import Labels

SONY = Term("iri", "https://w3id.org/acagraph/id/agent/sony")


def test_a_label_is_looked_up_once(small: acagraph.Dataset) -> None:
    labels = Labels(small.store)
    assert labels.of([SONY, Term("literal", "Sony")]) == {SONY.value: "Sony"}
    assert labels.of([SONY]) == {SONY.value: "Sony"}
    assert set(labels._known) == {SONY.value}


def test_long_names_that_nothing_has_are_forgotten(small: acagraph.Dataset) -> None:
    labels = Labels(small.store)
    short, long = (Term("iri", f"http://e.org/{'x' * length}") for length in (5, 5_000))
    assert labels.of([SONY, short, long]) == {SONY.value: "Sony"}
    assert set(labels._known) == {SONY.value, short.value}


def test_the_number_that_is_remembered_is_bounded(small: acagraph.Dataset) -> None:
    labels = Labels(small.store, most=10)
    for start in range(0, 1_000, 5):
        labels.of(Term("iri", f"http://e.org/{start + index}") for index in range(5))
    assert len(labels._known) <= 20
    assert labels.of([SONY]) == {SONY.value: "Sony"}
