"""What the reference pages of a release know, read when it is first asked: a release never changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from acagraph.dataset import Dataset
from acagraph.stores import Term
from acagraph.web.reference.coverage import Covered, covered
from acagraph.web.reference.extracts import Extracts
from acagraph.web.reference.instances import Instance, instance
from acagraph.web.reference.rules import Rules
from acagraph.web.reference.schemes import Scheme, schemes
from acagraph.web.reference.surroundings import Surroundings
from acagraph.web.reference.terms import Entry, Terms


class Library:
    """The terms, rules, schemes and coverage of a release, and what its sources say."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.extracts = Extracts(dataset.store)
        self.surroundings = Surroundings(dataset.store)
        self._instances: dict[Term, Instance | None] = {}

    @cached_property
    def terms(self) -> Terms:
        """The terms of the ontology."""
        return Terms.read(self.dataset.store)

    @cached_property
    def rules(self) -> Rules:
        """The rules, with what they found in this release."""
        return Rules.read(self.dataset.folder)

    @cached_property
    def schemes(self) -> Mapping[str, Scheme]:
        """The concept schemes by name."""
        return schemes(self.terms.graph)

    @cached_property
    def coverage(self) -> tuple[Covered, ...]:
        """What is known of each coalition."""
        return covered(self.dataset.store)

    def instance(self, entry: Entry) -> Instance | None:
        """Return an example of a term in the data."""
        if entry.term not in self._instances:
            self._instances[entry.term] = instance(self.dataset.store, entry)
        return self._instances[entry.term]
