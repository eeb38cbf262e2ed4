"""How closed an edition is: the most closed marking of everything that it shows or rests on (TLP 2.0, FIRST 2022)."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.edition import Counts, Edition, Figure, Issue, Matrix
from geppo.model.marking import Tlp

_BY_LABEL = {marking.label: marking for marking in Tlp}


def tlp(text: str) -> Tlp | None:
    """The marking of a label such as `TLP:AMBER+STRICT`, with or without `TLP:`, in any case; None where it is none."""
    label = text.strip().upper()
    return _BY_LABEL.get(label if label.startswith("TLP:") else "TLP:" + label)


def _figure_claims(figure: Figure) -> Iterator[str]:
    body = figure.body
    parts = body.cells if isinstance(body, Matrix) else body.bars if isinstance(body, Counts) else body.events
    for part in parts:
        yield from part.claims


def _claims(edition: Edition) -> Iterator[str]:
    for sentence in edition.sentences():
        yield from sentence.claims
    for section in (edition.opening, *edition.sections):
        yield from section.heading_claims
    for figure in edition.figures:
        yield from _figure_claims(figure)
    for table in edition.tables:
        for row in table.rows:
            yield from row.claims


def _assessments(edition: Edition) -> Iterator[str]:
    for sentence in edition.sentences():
        yield from sentence.assessments
    for section in (edition.opening, *edition.sections):
        yield from section.heading_assessments
    for table in edition.tables:
        for row in table.rows:
            yield from row.assessments


def highest_marking(issue: Issue, edition: Edition) -> Tlp:
    """The most closed marking among the documents, claims and assessments that any part of the edition shows.

    Headings, figures and tables count as sentences do, and an assessment counts with its claims and its origins.
    """
    judged = set(_assessments(edition))
    assessments = [one for one in issue.month.assessments if one.id in judged]
    used = {*_claims(edition), *(claim for one in assessments for claim in one.claims)}
    claims = [claim for claim in issue.month.claims if claim.id in used]
    reports = {reference.report for reference in edition.references}
    reports |= {claim.report for claim in claims} | {claim.passage.document for claim in claims}
    reports |= {report for one in assessments for report in (*one.origins.roots, *one.origins.repeats)}
    found = [document.marking for document in issue.month.documents if document.sha256 in reports]
    found += [claim.marking for claim in claims]
    return max(found, default=Tlp.CLEAR)
