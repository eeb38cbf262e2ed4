"""Which numbers a page prints anywhere: what a repeat says that its root said can be checked against the root's text.

A page may state a number in a sentence that no claim was read from; the text still holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from geppo.config import Settings
from geppo.judge.quantities import agree
from geppo.language.numbers import Number, find_counts
from geppo.model.claim import Count
from geppo.model.report import Report

_READ = 200_000
"""Characters of a page that are looked at."""


class Printed:
    """The numbers in the texts of reports, read when they are asked for."""

    def __init__(self, reports: Mapping[str, Report], settings: Settings) -> None:
        self._reports, self._settings = reports, settings
        self._numbers: dict[str, tuple[Number, ...]] = {}

    def holds(self, report: str, count: Count) -> bool:
        """True where a page prints a number that may be this one, whatever it counts there."""
        if report not in self._numbers:
            document = self._reports[report].document
            self._numbers[report] = find_counts(document.text[:_READ], document.language)
        return any(
            number.value <= count.value <= number.high
            or agree(replace(count, value=number.value, bound=number.bound, high=None), count, self._settings)
            for number in self._numbers[report]
            if not number.percent
        )
