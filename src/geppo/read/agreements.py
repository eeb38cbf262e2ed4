"""Agreements that a text calls by their parties ("the treaty between A and B") and later only "the treaty"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile

from geppo.catalog import Catalog
from geppo.model.entity import Kind, Term
from geppo.model.report import Document
from geppo.read.rules import scope
from geppo.read.typed import Item

REACH = 90
"""Characters before the word "treaty" in which its two parties are looked for."""

_AHEAD = timedelta(days=400)


def bind(document: Document, items: Sequence[Item], catalog: Catalog) -> list[Item]:
    """Items with words such as "treaty" bound to the agreement that they stand for, where the text shows which.

    An agreement of the catalogue is named once it is signed; one that the catalogue does not hold gets an id made of
    its kind and its parties (`agreement/new/treaty/AA/BB`).
    """
    latest: Term | None = None
    out: list[Item] = []
    for number, item in enumerate(items):
        if item.kind == "agreement" and item.terms:
            latest = item.terms[0]
        elif item.kind == "agreement-kind" and item.terms and item.terms[0].id in scope()["agreement"]["words"]:
            made = _between(document, item, out, items[number + 1 : number + 6], catalog)
            if made is None and latest is not None and document.language in scope()["agreement"]["bare"]:
                made = latest
            if made is not None:
                latest = made
                item = replace(item, kind="agreement", terms=(made,))
        out.append(item)
    return out


def _between(
    document: Document, item: Item, before: Sequence[Item], after: Sequence[Item], catalog: Catalog
) -> Term | None:
    behind = [
        other.terms[0].id
        for other in after
        if other.kind == "place" and other.terms and other.start - item.end <= REACH // 2
        and scope()["agreement"]["between"] in document.text[item.end : other.start]
        and not _broken(document.text[item.end : other.start])
    ][:2]  # fmt: skip
    near = behind or [
        other.terms[0].id
        for other in takewhile(lambda other: item.start - other.end <= REACH, reversed(before))
        if other.kind == "place" and other.terms and not _broken(document.text[other.end : item.start])
    ]
    parties = sorted({place for place in near if place.startswith("country/")})
    if len(parties) != 2:
        return None
    one, other_ = parties
    known = [
        agreement
        for agreement in catalog.agreements(one, other_, document.published + _AHEAD)
        if agreement.signed is not None and agreement.signed <= document.published and len(agreement.parties) == 2
    ]
    if known:
        found = max(known, key=lambda agreement: (agreement.signed or document.published, agreement.id))
        return Term(kind=Kind.AGREEMENT, id=found.id, name=found.name)
    kind = item.terms[0].id.partition("/")[2]
    codes = [place.partition("/")[2] for place in parties]
    name = f"{item.terms[0].name} between {codes[0]} and {codes[1]}"
    return Term(kind=Kind.AGREEMENT, id=f"agreement/new/{kind}/{codes[0]}/{codes[1]}", name=name)


def _broken(text: str) -> bool:
    return any(mark in text for mark in ("。", "\n", ". ", "! ", "? "))
