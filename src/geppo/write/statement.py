"""What an edition is planned from, before any language: statements, sections, outlines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geppo.model.assessment import Assessment
from geppo.model.edition import EditionKind, Role
from geppo.model.entity import Term
from geppo.write.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing to say. `form` picks the wording; `values` and `terms` are its language-free arguments.

    A statement stands behind its `parent` or not at all; statements of one `group` are printed together or not at all.
    """

    id: str
    form: str
    role: Role
    story: str
    parent: str
    priority: float
    claims: tuple[str, ...]
    assessments: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    assessment: Assessment | None = None
    connective: str = ""
    group: str = ""
    values: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, Term], ...] = ()

    def value(self, name: str) -> str:
        """An argument, or an empty text."""
        return next((value for key, value in self.values if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlan:
    """A section: the statement that its heading makes, and paragraphs."""

    id: str
    theme: str
    story: str
    heading: Statement
    paragraphs: tuple[tuple[Statement, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An edition before its wording."""

    kind: EditionKind
    opening: tuple[Statement, ...]
    sections: tuple[SectionPlan, ...]
    key_judgements: tuple[Statement, ...]
    heads: tuple[Statement, ...]


def statement(
    form: str,
    role: Role,
    story: str,
    priority: float,
    *,
    claims: Iterable[str] = (),
    assessments: Iterable[str] = (),
    parent: str = "",
    facts: tuple[Fact, ...] = (),
    assessment: Assessment | None = None,
    connective: str = "",
    group: str = "",
    values: Mapping[str, str] | None = None,
    terms: Mapping[str, Term] | None = None,
) -> Statement:
    """Make a statement with an id that depends on what it says and rests on, not on its place or language."""
    claim_ids, assessment_ids = tuple(dict.fromkeys(claims)), tuple(dict.fromkeys(assessments))
    given = tuple(sorted((values or {}).items()))
    named = tuple(sorted((terms or {}).items()))
    parts = [form, story, *claim_ids, *assessment_ids, *(f"{k}={v}" for k, v in given), *(t.id for _, t in named)]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]
    return Statement(
        id=f"s{digest}",
        form=form,
        role=role,
        story=story,
        parent=parent,
        priority=priority,
        claims=claim_ids,
        assessments=assessment_ids,
        facts=facts,
        assessment=assessment,
        connective=connective,
        group=group,
        values=given,
        terms=named,
    )
