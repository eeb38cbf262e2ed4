"""How claims read as clauses and headings, case by case (tests/cases/write/wordings.toml)."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geppo.catalog import Catalog
from geppo.model.claim import Bound, Claim, Count, Hedge, Predicate, Rung
from geppo.model.edition import Role
from geppo.model.entity import Kind, Term
from geppo.model.report import Passage
from geppo.model.time import Period, When, day, month
from geppo.write.compose import Composer
from geppo.write.facts import Fact
from geppo.write.statement import statement

_CASES = Path(__file__).parent.parent / "cases" / "write" / "wordings.toml"


def _cases() -> list[dict[str, Any]]:
    return list(tomllib.loads(_CASES.read_text(encoding="utf-8"))["case"])


def _term(row: list[str]) -> Term:
    return Term(kind=Kind(row[0]), id=row[1], name=row[2])


def _when(text: str) -> When:
    if "/" in text:
        first, last = (date.fromisoformat(part) for part in text.split("/"))
        return When(start=first, end=last)
    if len(text) == len("2031-05"):
        return month(int(text[:4]), int(text[5:]))
    return day(date.fromisoformat(text))


def _fact(row: dict[str, Any]) -> Fact:
    objects: list[Term | None] = [_term(one) for one in row.get("object", ())]
    objects = objects or [None]
    open_ = (("open", Term(kind=Kind.TEXT, id=f"open/{row['open']}", name=row["open"])),) if "open" in row else ()
    count = None
    if "count" in row:
        value, unit, name = row["count"]
        count = Count(value=float(value), bound=Bound.EXACT, unit=Term(kind=Kind.CONCEPT, id=unit, name=name))
    claims = [
        Claim(
            id=f"c{number}", report="d1", publisher="Velmora Research", predicate=Predicate(row["predicate"]),
            subject=_term(row["subject"]), object=object_, qualifiers=open_, count=count,
            when=_when(row["when"]) if "when" in row else None, hedge=Hedge(rung=Rung.CONFIRMED),
            negated=row.get("negated", False), voices=(), passage=Passage(document="d1", start=0, end=1, text="A"),
            published=date(2031, 5, 10), rule="made",
        )
        for number, object_ in enumerate(objects)
    ]  # fmt: skip
    return Fact(claims=(claims[0],), score=1.0, merged=tuple(claims[1:]))


def _composer(language: str) -> Composer:
    return Composer(language=language, catalog=Catalog.load(), period=Period.parse("2031-05"), publishers={}, claims={})


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("row", _cases(), ids=lambda row: row["id"])
def test_clause(row: dict[str, Any], language: str) -> None:
    if language in row:
        assert _composer(language).clause(_fact(row)) == row[language]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("row", [row for row in _cases() if "heading_en" in row], ids=lambda row: row["id"])
def test_heading(row: dict[str, Any], language: str) -> None:
    fact = _fact(row)
    said = statement("heading", Role.LEAD, "story", 0.0, claims=fact.ids, facts=(fact,))
    assert _composer(language).heading(said) == row[f"heading_{language}"]


@pytest.mark.parametrize(
    ("language", "days", "expected"),
    [
        ("en", ("2031-05-04", "2031-05-04"), "Ochre Lynx targeted the energy sector and used Mudvane on 4 May 2031"),
        (
            "ja",
            ("2031-05-04", "2031-05-04"),
            "2031 年 5 月 4 日に Ochre Lynx がエネルギー分野を標的にし、Mudvane を利用した",
        ),
        (
            "en",
            ("2031-05-04", "2031-05-06"),
            "Ochre Lynx targeted the energy sector on 4 May 2031 and used Mudvane on 6 May 2031",
        ),
    ],
)
def test_a_day_that_two_clauses_share_is_said_once(language: str, days: tuple[str, str], expected: str) -> None:
    lynx = ["intrusion-set", "actor/new/lynx", "Ochre Lynx"]
    rows = [
        {"predicate": "targets", "object": [["sector", "sector/energy", "energy"]]},
        {"predicate": "uses", "object": [["malware", "malware/new/mudvane", "Mudvane"]]},
    ]
    facts = tuple(
        _fact({**row, "id": row["predicate"], "subject": lynx, "when": day})
        for row, day in zip(rows, days, strict=True)
    )
    said = statement("fact", Role.CLAIM, "story", 0.0, claims=[one.best.id for one in facts], facts=facts)
    assert expected in (_composer(language).sentence(said) or "")


@pytest.mark.parametrize(
    ("language", "single", "expected"),
    [
        ("en", "2", "Of the 3 leading stories, 2 rest on a single origin that nobody else has borne out so far."),
        ("en", "3", "Each of the 3 leading stories rests on a single origin that nobody else has borne out so far."),
        ("ja", "3", "上位 3 件のトピックは、いずれも単一の発信元に基づくものです。"),
    ],
)
def test_all_of_the_leading_stories_are_not_told_as_so_many_of_so_many(
    language: str, single: str, expected: str
) -> None:
    said = statement("opening.doubt", Role.CAVEAT, "", 0.0, values={"s": single, "k": "3"})
    assert _composer(language).sentence(said) == expected
