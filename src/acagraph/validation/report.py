"""The outcome of a validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from acagraph.validation.findings import SEVERITIES, Finding
from acagraph.validation.rules import Rule


@dataclass(frozen=True)
class Report:
    """Findings in a fixed order, most severe first; the rules they may come from, by name; the SHACL engine.

    `notices` are sentences about the judging itself, such as that another engine had to do it.
    """

    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    engine: str = ""
    notices: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        findings: Iterable[Finding],
        *,
        rules: Iterable[Rule] = (),
        engine: str = "",
        notices: Iterable[str] = (),
    ) -> Report:
        """Return a report of the findings, sorted and each only once."""
        found = tuple(sorted(set(findings), key=lambda finding: finding.order))
        return cls(found, {rule.name: rule for rule in rules}, engine, tuple(notices))

    @property
    def conforms(self) -> bool:
        """Return whether nothing is violated; warnings do not count."""
        return all(finding.severity != "violation" for finding in self.findings)

    @property
    def accepted(self) -> int:
        """Return the number of findings that a curator accepts as known."""
        return sum(finding.known is not None for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return the number of findings by severity, most severe first, without those that are known."""
        counted = Counter(finding.severity for finding in self.findings if finding.known is None)
        return {severity: counted[severity] for severity in SEVERITIES}
