"""What looking at a release has shown, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FileState = Literal["whole", "altered", "unread", "missing", "unlisted"]
ClaimState = Literal["holds", "fails", "unknown", "absent"]
Verdict = Literal["whole", "part", "altered", "unknown"]

_EXIT: dict[Verdict, int] = {"whole": 0, "part": 0, "altered": 3, "unknown": 2}


@dataclass(frozen=True)
class Seen:
    """A file of a release by its name in it; `reason` says what is wrong, where anything is."""

    path: str
    state: FileState
    reason: str = ""


@dataclass(frozen=True)
class Claim:
    """What a release claims beyond its files, and whether that holds; `wanted` was asked for by the user.

    `absent` is what it does not claim: the signature of one that has none.
    """

    name: str
    state: ClaimState
    told: str
    wanted: bool = False


@dataclass(frozen=True)
class Proof:
    """What was seen of a release, or of one dump: its files by name, and what else was looked at.

    `sha256` is the RDFC-1.0 hash that the manifest gives. A `built` release has its store: such a folder
    holds all files and no other, or it was altered; a download may hold less, and files of others beside.
    """

    location: str
    version: str
    sha256: str
    built: bool
    files: Sequence[Seen]
    claims: Sequence[Claim]

    def of(self, state: FileState) -> list[Seen]:
        """Return the files of a state."""
        return [file for file in self.files if file.state == state]

    def claimed(self, state: ClaimState) -> list[Claim]:
        """Return the claims of a state."""
        return [claim for claim in self.claims if claim.state == state]

    @property
    def complete(self) -> bool:
        """Whether every file of the manifest is there as published, and nothing that was seen is wrong."""
        return {"whole", "unlisted"}.issuperset(file.state for file in self.files) and not self.claimed(
            "fails"
        )

    @property
    def verdict(self) -> Verdict:
        """Whole when all is there and was looked at, `part` when only some is and nothing of it is wrong."""
        if self.of("altered") or self.claimed("fails"):
            return "altered"
        if self.built and (self.of("missing") or self.of("unlisted")):
            return "altered"
        unsure = any(claim.wanted for claim in self.claimed("unknown")) or self.of("unread")
        if unsure or not self.of("whole"):
            return "unknown"
        if self.of("missing") or self.claimed("unknown"):
            return "part"
        return "whole"

    @property
    def exit_code(self) -> int:
        """What a shell is told: 0 nothing is wrong with what is there, 2 cannot tell, 3 altered."""
        return _EXIT[self.verdict]
