"""A claim made by hand, for tests that look at a few of its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.entity import Term
from geppo.model.report import Passage


def made_claim(subject: Term, predicate: Predicate, object_: Term | None, **parts: Any) -> Claim:
    """A plain, undated claim of one report; `parts` are fields that differ."""
    plain = Claim(
        id="c", report="d1", publisher="Velmora Research", predicate=predicate, subject=subject, object=object_,
        qualifiers=(), count=None, when=None, hedge=Hedge(rung=Rung.CONFIRMED), negated=False, voices=(), rule="made",
        passage=Passage(document="d1", start=0, end=1, text="A"), published=date(2031, 5, 10),
    )  # fmt: skip
    return replace(plain, **parts)
