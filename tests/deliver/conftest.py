"""The made month of tests/cases/deliver as an Issue: hostile titles, five languages, all figures, forty sources."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo.catalog import Catalog
from geppo.config import Setting, Settings
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Evidence, Likelihood, Origins
from geppo.model.claim import Bound, Claim, Count, Grade, Hedge, Predicate, Rung
from geppo.model.edition import (
    Bar,
    Cell,
    Counts,
    Edition,
    EditionKind,
    Event,
    Figure,
    Issue,
    Matrix,
    Month,
    Reference,
    Role,
    Row,
    Section,
    Sentence,
    Story,
    Table,
    Timeline,
)
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.report import Document, Gap, Passage
from geppo.model.time import Period, When
from geppo.write.brief import Interests, brief

CASES = Path(__file__).parents[1] / "cases" / "deliver"
Raw = dict[str, Any]


def _document(raw: Raw, as_of: datetime) -> Document:
    return Document(
        sha256=hashlib.sha256(raw["key"].encode()).hexdigest(),
        name=raw["key"] + ".md",
        media_type="text/markdown",
        collected=as_of,
        publisher=raw["publisher"],
        title=raw["title"],
        url=raw["url"],
        language=raw["language"],
        published=raw["published"],
        text=raw["text"],
        note=raw.get("note", False),
        marking=Tlp[raw.get("marking", "CLEAR")],
    )


def _filler(number: int, as_of: datetime) -> Document:
    title = (
        f"第 {number} 週の観測：港湾・造船・海運を狙う活動と中継網の利用状況、対策の進み具合について"
        if number % 2
        else f"Weekly note {number}: what moved in ports, yards and relays, and what did not"
    )
    raw = {
        "key": f"filler-{number}",
        "publisher": "港湾観測週報" if number % 2 else "Harbour Weekly",
        "title": title,
        "url": f"https://weekly.example/{number}/a-rather-long-path/with-many-parts/and-words-in-it/index-{number}",
        "language": "ja" if number % 2 else "en",
        "published": date(2031, 5, 1 + number % 28),
        "text": f"Note {number}.",
    }
    return _document(raw, as_of)


def _when(raw: list[str] | None) -> When | None:
    return When(start=date.fromisoformat(raw[0]), end=date.fromisoformat(raw[1])) if raw else None


def _term(raw: list[str] | None) -> Term | None:
    return Term(kind=Kind(raw[0]), id=raw[1], name=raw[2]) if raw else None


def _claim(raw: Raw, documents: dict[str, Document]) -> Claim:
    document = documents[raw["document"]]
    start = document.text.index(raw["quote"])
    rung, text, *grade = raw["hedge"]
    count = raw.get("count")
    subject = _term(raw["subject"])
    assert subject is not None
    return Claim(
        id=raw["id"],
        report=document.sha256,
        publisher=document.publisher,
        predicate=Predicate(raw["predicate"]),
        subject=subject,
        object=_term(raw.get("object")),
        qualifiers=tuple((q[0], Term(kind=Kind(q[1]), id=q[2], name=q[3])) for q in raw.get("qualifiers", [])),
        count=Count(
            value=count["value"],
            bound=Bound(count["bound"]),
            unit=Term(kind=Kind.CONCEPT, id="unit/" + count["unit"], name=count["unit"]),
        )
        if count
        else None,
        when=_when(raw.get("when")),
        hedge=Hedge(rung=Rung(rung), text=text, grade=Grade(grade[0]) if grade else None),
        negated=raw.get("negated", False),
        voices=tuple(raw.get("voices", [])),
        passage=Passage(document=document.sha256, start=start, end=start + len(raw["quote"]), text=raw["quote"]),
        published=document.published,
        rule="made",
        marking=document.marking,
    )


def _assessment(raw: Raw, documents: dict[str, Document], terms: dict[str, Term]) -> Assessment:
    likelihood = raw.get("likelihood")
    return Assessment(
        id=raw["id"],
        kind=AssessmentKind(raw["kind"]),
        subjects=tuple(terms[one] for one in raw["subjects"]),
        claims=tuple(raw["claims"]),
        likelihood=Likelihood(low=likelihood[0], point=likelihood[1], high=likelihood[2]) if likelihood else None,
        confidence=Confidence(raw["confidence"]) if "confidence" in raw else None,
        origins=Origins(
            roots=tuple(one if one.startswith("named:") else documents[one].sha256 for one in raw["roots"]),
            repeats=tuple(documents[one].sha256 for one in raw["repeats"]),
        ),
        evidence=tuple(
            Evidence(kind=e[0], value=e[1], group=e[2], weight=e[3], used=e[4], reason=e[5])
            for e in raw.get("evidence", [])
        ),
        rivals=tuple((name, share) for name, share in raw.get("rivals", [])),
        detail=tuple((name, value) for name, value in raw.get("detail", [])),
        would_change=tuple((name, shift) for name, shift in raw.get("would_change", [])),
    )


def _story(raw: Raw, documents: dict[str, Document], terms: dict[str, Term]) -> Story:
    return Story(
        id=raw["id"],
        subjects=tuple(terms[one] for one in raw["subjects"]),
        reports=tuple(documents[one].sha256 for one in raw["reports"]),
        origins=tuple(documents[one].sha256 for one in raw["origins"]),
        claims=tuple(raw["claims"]),
        assessments=tuple(raw["assessments"]),
        theme=raw["theme"],
        score=tuple((name, value) for name, value in raw["score"]),
        rank=raw["rank"],
        previously=raw.get("previously", False),
    )


def _body(raw: Raw, language: str, period: Period) -> Matrix | Counts | Timeline:
    if raw["kind"] == "matrix":
        cells = tuple(Cell(row=c[0], column=c[1], value=c[2], claims=(), partners=c[3]) for c in raw["cells"])
        return Matrix(rows=tuple(raw["rows"][language]), columns=tuple(raw["columns"][language]), cells=cells)
    if raw["kind"] == "counts":
        return Counts(
            bars=tuple(
                Bar(
                    group=b["group"][language],
                    label=b["label"][language],
                    value=b["value"],
                    printed=b["printed"][language],
                    counter=b["counter"],
                    when=b["when"][language],
                    claims=(),
                    citations=tuple(b["citations"]),
                )
                for b in raw["bars"]
            )
        )
    return Timeline(
        start=period.span.start,
        end=period.span.end,
        events=tuple(
            Event(
                start=e["start"],
                end=e.get("end", e["start"]),
                lane=e["lane"][language],
                label=e["label"][language],
                published=e["published"],
                claims=(),
                citations=tuple(e["citations"]),
            )
            for e in raw["events"]
        ),
    )


def _figure(raw: Raw, language: str, period: Period) -> Figure:
    return Figure(
        id=raw["id"],
        title=raw["title"][language],
        caption=raw["caption"][language],
        rule=raw["rule"][language],
        alt=raw["alt"][language],
        body=_body(raw, language, period),
    )


def _table(raw: Raw, language: str) -> Table:
    return Table(
        id=raw["id"],
        heading=raw["heading"][language],
        columns=tuple(raw["columns"][language]),
        rows=tuple(
            Row(
                cells=tuple(r[language]),
                claims=tuple(r["claims"]),
                assessments=tuple(r.get("assessments", [])),
                citations=tuple(r["citations"]),
            )
            for r in raw["rows"]
        ),
        note=raw.get("note", {}).get(language, ""),
    )


def _sentence(raw: Raw, id: str) -> Sentence:
    return Sentence(
        id=id,
        text=raw["text"],
        role=Role(raw.get("role", "lead")),
        claims=tuple(raw.get("claims", [])),
        assessments=tuple(raw.get("assessments", [])),
        citations=tuple(raw.get("citations", [])),
    )


def _section(raw: Raw, id: str) -> Section:
    return Section(
        id=id,
        heading=raw["heading"],
        heading_claims=tuple(raw.get("heading_claims", [])),
        heading_assessments=tuple(raw.get("heading_assessments", [])),
        story=raw.get("story", ""),
        paragraphs=tuple(
            tuple(_sentence(s, f"{id}-{p}-{n}") for n, s in enumerate(paragraph))
            for p, paragraph in enumerate(raw["paragraphs"])
        ),
    )


def _edition(raw: Raw, kind: EditionKind, documents: list[Document], raw_issue: Raw, as_of: datetime) -> Edition:
    member = kind is EditionKind.MEMBER
    period = Period.parse(raw_issue["period"])
    language = raw["language"]
    sections = [_section(s, f"s{n}") for n, s in enumerate(raw["section"])]
    more = [_section(s, f"m{n}") for n, s in enumerate(raw["member_section"])] if member else []
    used = documents if member else documents[:8]
    return Edition(
        language=language,
        kind=kind,
        title=raw["title"],
        subject=raw["subject"],
        opening=sections[0],
        sections=(*sections[1:], *more),
        references=tuple(
            Reference(
                n=n,
                report=d.sha256,
                publisher=d.publisher,
                title=d.title,
                url=d.url,
                published=d.published,
                accessed=as_of.date(),
                note=d.note,
            )
            for n, d in enumerate(used, start=1)
        ),
        key_judgements=tuple(_sentence(s, f"k{n}") for n, s in enumerate(raw["judgement"])) if member else (),
        figures=tuple(_figure(f, language, period) for f in raw_issue["figure"]) if member else (),
        tables=tuple(_table(t, language) for t in raw_issue["table"]) if member else (),
    )


def made_issue() -> Issue:
    """The made month, built from the case files."""
    raw = tomllib.loads((CASES / "issue.toml").read_text(encoding="utf-8"))
    prose = tomllib.loads((CASES / "editions.toml").read_text(encoding="utf-8"))
    as_of = datetime.fromisoformat(raw["as_of"])
    documents = [_document(row, as_of) for row in raw["document"]]
    keyed = {row["key"]: document for row, document in zip(raw["document"], documents, strict=True)}
    documents += [_filler(number, as_of) for number in range(1, raw["filler_documents"] + 1)]
    claims = tuple(_claim(row, keyed) for row in raw["claim"])
    terms = {term.id: term for claim in claims for term in (claim.subject, claim.object) if term}
    month = Month(
        period=Period.parse(raw["period"]),
        as_of=as_of,
        documents=tuple(documents),
        claims=claims,
        assessments=tuple(_assessment(row, keyed, terms) for row in raw["assessment"]),
        stories=tuple(_story(row, keyed, terms) for row in raw["story"]),
        gaps=tuple(Gap(**row) for row in raw["gap"]),
    )
    whole = (EditionKind.MEMBER, EditionKind.PUBLIC)
    editions = tuple(_edition(row, kind, documents, raw, as_of) for kind in whole for row in prose["edition"])
    member = tuple(one for one in editions if one.kind is EditionKind.MEMBER)
    cut = brief(member, month, Catalog.load(), Interests(), lambda _: True)
    return Issue(month=month, editions=(*editions, *cut))


def made_settings() -> Settings:
    """Settings with the names that delivery asks for."""
    values = {
        "deliver.mail_from": "geppo@brief.example",
        "deliver.mail_to": "readers@brief.example",
        "deliver.organisation": "Example analysis desk",
    }
    known = {
        name: Setting(name=name, default=value, unit="text", meaning="test", origin="test")
        for name, value in values.items()
    }
    return Settings(known=known, values={})


@pytest.fixture(scope="session")
def issue() -> Issue:
    """The made month."""
    return made_issue()


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings of delivery."""
    return made_settings()
