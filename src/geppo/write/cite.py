"""References in order of first mention, and the marks in the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geppo.model.claim import Claim
from geppo.model.edition import Reference
from geppo.model.report import Document

MOST_MARKS = 3
"""Marks on one sentence; more are a wall, and the evidence view has them all."""


@dataclass(slots=True)
class Citations:
    """Numbers documents as sentences come to rest on them."""

    claims: Mapping[str, Claim]
    documents: Mapping[str, Document]
    _numbers: dict[str, int] = field(default_factory=dict)

    def marks(
        self,
        claims: Sequence[str],
        origins: frozenset[str] = frozenset(),
        parties: Sequence[frozenset[str]] = (),
    ) -> tuple[int, ...]:
        """The reference numbers for a sentence's claims: its origins where it has any, else in order of mention.

        `parties` are the pages of each party that the sentence names; each party gets a mark, however many there are.
        """
        reports = list(dict.fromkeys(self.claims[claim].report for claim in claims if claim in self.claims))
        first = [
            next((one for one in reports if one in pages and one in origins), None)
            or next((one for one in reports if one in pages), None)
            for pages in parties
        ]
        named = list(dict.fromkeys(one for one in first if one is not None))
        rest = [one for one in reports if one in origins] or (reports if not named else [])
        chosen = list(dict.fromkeys([*named, *rest]))[: max(MOST_MARKS, len(named))]
        return tuple(sorted(self._numbers.setdefault(report, len(self._numbers) + 1) for report in chosen))

    def references(self) -> tuple[Reference, ...]:
        """The source list, by number."""
        return tuple(
            Reference(
                n=number,
                report=report,
                publisher=self.documents[report].publisher,
                title=self.documents[report].title,
                url=self.documents[report].url,
                published=self.documents[report].published,
                accessed=self.documents[report].collected.date(),
                note=self.documents[report].note,
            )
            for report, number in sorted(self._numbers.items(), key=lambda item: item[1])
            if report in self.documents
        )
