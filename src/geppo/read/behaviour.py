"""The techniques of ATT&CK in a document: its numbers, its names, and behaviour that its words describe."""

from __future__ import annotations

from bisect import bisect_right

from geppo.catalog.attack import techniques
from geppo.language.sentences import sentences
from geppo.model.entity import Kind
from geppo.model.observable import ObservableType
from geppo.model.report import Report
from geppo.model.technique import Technique
from geppo.read.extract.techniques import find

_HOSTILE = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN, Kind.MALWARE, Kind.TOOL})
"""A sentence that names one of these speaks of an attacker."""


def described(report: Report) -> tuple[Technique, ...]:
    """Techniques in order of their places. One that a sentence numbers is not told again from its words there."""
    document = report.document
    hostile = [(name.start, name.end) for name in report.mentions if name.kind in _HOSTILE]
    starts = [span.start for span in sentences(document.text, document.language)]
    known = techniques()
    numbers = [
        Technique(
            id=value.value,
            name=known[value.value].name,
            start=value.start,
            end=value.end,
            how="number",
            cue=value.value,
        )
        for value in report.observables
        if value.type is ObservableType.TECHNIQUE and value.value in known
    ]
    numbered = {(one.id, bisect_right(starts, one.start)) for one in numbers}
    told = [
        one
        for one in find(document.text, document.language, hostile)
        if (one.id, bisect_right(starts, one.start)) not in numbered
    ]
    return tuple(sorted([*numbers, *told], key=lambda one: (one.start, one.end, one.id)))
