"""Nothing above a reader's clearance, an edition's marking or a channel's clearance goes out: text, page, chart, data.

Every document and claim of the made month carries a word of its own; markings are drawn at random, and whatever a
reader is sent may hold only words that the reader is cleared for.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo import config
from geppo.deliver import edition_json, html, markdown, stix
from geppo.deliver._charts import WIDE, draw
from geppo.deliver._page import page
from geppo.deliver._paper import fill
from geppo.deliver._plain import plain
from geppo.deliver._tlp import highest_marking, tlp
from geppo.deliver._words import words
from geppo.deliver.channel import Config
from geppo.deliver.channel import config as checked
from geppo.deliver.issued import Issued, IssuedEdition, found_marking, permitted
from geppo.deliver.plan import Door, Verdict, ceilings, decide_editions, decide_readers
from geppo.deliver.schedule import Rules
from geppo.deliver.subscribers import Subscriber
from geppo.model.edition import Counts, Edition, EditionKind, Issue
from geppo.model.marking import Tlp
from tests.deliver.conftest import made_issue

WHOLE = made_issue()
TLPS = st.sampled_from(list(Tlp))
NOW = datetime(2031, 7, 1, tzinfo=UTC)


def _word(kind: str, n: int) -> str:
    return f"zq{kind}{n:03d}qz"


def _marked(markings: list[Tlp]) -> tuple[Issue, dict[str, Tlp]]:
    """The made month with markings in turn, and what each secret word is marked."""
    secret: dict[str, Tlp] = {}

    def take(kind: str, n: int, base: Tlp = Tlp.CLEAR) -> tuple[str, Tlp]:
        marking = max(base, markings[(n * 7 + len(kind)) % len(markings)])
        secret[_word(kind, n)] = marking
        return _word(kind, n), marking

    documents = []
    for n, document in enumerate(WHOLE.month.documents):
        word, marking = take("doc", n)
        documents.append(replace(document, title=f"{document.title} {word}", publisher=word, marking=marking))
    of = {document.sha256: document for document in documents}
    claims = []
    for n, claim in enumerate(WHOLE.month.claims):
        word, marking = take("claim", n, of[claim.report].marking)
        claims.append(
            replace(claim, hedge=replace(claim.hedge, text=word), publisher=of[claim.report].publisher, marking=marking)
        )
    month = replace(WHOLE.month, documents=tuple(documents), claims=tuple(claims))
    references = {one.report: one for edition in WHOLE.editions for one in edition.references}
    assert references
    editions = tuple(_retitled(edition, of) for edition in WHOLE.editions)
    return Issue(month=month, editions=editions), secret


def _retitled(edition: Edition, of: dict[str, Any]) -> Edition:
    references = tuple(
        replace(one, title=of[one.report].title, publisher=of[one.report].publisher) for one in edition.references
    )
    return replace(edition, references=references)


def _texts(issue: Issue, edition: Edition) -> str:
    """All that goes out for an edition: page with what opens under it, text, mail, Markdown, charts."""
    made = page(issue, edition)
    mail = fill("mail.html.j2", made, colour="#fff", cids=[one.id for one in made.figures]).decode()
    charts = [one.wide + one.narrow + one.alt for one in made.figures]
    parts = [html.render(issue, edition).decode(), plain(made, words(edition.language)), mail, made.subject, made.title]
    return "\n".join([*parts, markdown.render(issue, edition).decode(), *charts])


def _issued(issue: Issue) -> Issued:
    record = json.loads(json.dumps(edition_json.record(issue)))
    editions = tuple(
        IssuedEdition(
            kind=EditionKind(one["kind"]),
            language=one["language"],
            marking=found_marking(record, one),
            folder=Path(),
            record=one,
        )
        for one in record["editions"]
    )
    return Issued(
        name="2031-05",
        period=issue.month.period,
        as_of=issue.month.as_of,
        corrects=(),
        editions=editions,
        folder=Path(),
        record=record,
    )


def _door(issue: Issue, member: Tlp = Tlp.RED, public: Tlp = Tlp.RED) -> Door:
    return Door(
        issued=_issued(issue),
        rules=Rules.of(config.load()),
        ceilings={EditionKind.MEMBER: member, EditionKind.PUBLIC: public, EditionKind.BRIEF: member},
        now=NOW,
        suppressed={},
        entries={},
    )


def _channel(clearance: Tlp) -> Config:
    raw = {"name": "c", "kind": "folder", "path": "p", "editions": "member,public,brief", "clearance": clearance.label}
    return checked(raw, "x", Path(), 1, "Asia/Tokyo")


def _reader(kind: EditionKind, language: str, clearance: Tlp) -> Subscriber:
    return Subscriber(
        address="r@desk.example",
        name="",
        language=language,
        edition=kind,
        clearance=clearance,
        role="",
        timezone="Asia/Tokyo",
        active=True,
    )


@effort(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TLPS, min_size=1, max_size=40))
def test_the_file_of_the_issue_holds_nothing_above_a_member_edition(markings: list[Tlp]) -> None:
    issue, secret = _marked(markings)
    text = edition_json.render_issue(issue).decode()
    assert not [word for word, marking in secret.items() if marking > Tlp.GREEN and word in text]


@effort(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TLPS, min_size=1, max_size=40), TLPS, TLPS, TLPS, st.sampled_from(range(len(WHOLE.editions))))
def test_a_reader_reads_nothing_above_the_clearance(
    markings: list[Tlp], clearance: Tlp, way: Tlp, ceiling: Tlp, number: int
) -> None:
    issue, secret = _marked(markings)
    edition = issue.editions[number]
    door = _door(issue, ceiling, ceiling)
    reader = _reader(edition.kind, edition.language, clearance)
    (decision,) = decide_readers(door, _channel(way), [reader], "b.example")
    text = _texts(issue, edition)
    seen = max((marking for word, marking in secret.items() if word in text), default=Tlp.CLEAR)
    assert highest_marking(issue, edition) is found_marking(door.issued.record, door.issued.editions[number].record)
    assert seen <= highest_marking(issue, edition), "an edition states what it shows"
    if decision.verdict is Verdict.SEND:
        assert seen <= min(clearance, way, ceiling)
    else:
        assert highest_marking(issue, edition) > min(clearance, way, ceiling) and "is above" in decision.reason


@effort(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TLPS, min_size=1, max_size=40), TLPS)
def test_a_bundle_holds_nothing_above_the_clearance(markings: list[Tlp], clearance: Tlp) -> None:
    issue, secret = _marked(markings)
    whole = json.loads(stix.render_issue(issue, config.load()))
    made = permitted(whole, clearance)
    text = json.dumps(made, ensure_ascii=False)
    assert not [word for word, marking in secret.items() if marking > clearance and word in text]
    ids = {one["id"] for one in made["objects"]}
    gone = {one["id"] for one in whole["objects"]} - ids
    assert not [one for one in gone if one in text], "nothing points at what is gone"
    if clearance is Tlp.RED:
        assert made == whole


def test_a_claim_of_a_chart_or_a_table_closes_the_edition() -> None:
    """Headings, figures, tables and origins count as sentences do: each alone moves the marking."""
    edition = next(one for one in WHOLE.editions if one.kind is EditionKind.MEMBER)
    bare = replace(edition, key_judgements=(), figures=(), tables=(), references=(), sections=())
    bare = replace(bare, opening=replace(bare.opening, paragraphs=(), heading_claims=(), heading_assessments=()))
    closed = replace(WHOLE.month.claims[0], id="closed", marking=Tlp.RED)
    month = replace(WHOLE.month, claims=(*WHOLE.month.claims, closed))
    judged = replace(WHOLE.month.assessments[0], id="judged", claims=("closed",))
    issue = Issue(month=replace(month, assessments=(*month.assessments, judged)), editions=())
    figure = next(one for one in edition.figures if isinstance(one.body, Counts))
    assert isinstance(figure.body, Counts)
    bars = (replace(figure.body.bars[0], claims=("closed",)),)
    table = edition.tables[0]
    row = replace(table.rows[0], claims=(), assessments=("judged",))
    ways = [
        replace(bare, opening=replace(bare.opening, heading_claims=("closed",))),
        replace(bare, opening=replace(bare.opening, heading_assessments=("judged",))),
        replace(bare, figures=(replace(figure, body=Counts(bars=bars)),)),
        replace(bare, tables=(replace(table, rows=(row,)),)),
    ]
    assert highest_marking(issue, bare) is Tlp.CLEAR
    for way in ways:
        assert highest_marking(issue, way) is Tlp.RED
        record = json.loads(json.dumps(edition_json.record(replace(issue, editions=(way,)))))
        assert found_marking(record, record["editions"][0]) is Tlp.RED
    assert draw(figure, words("ja"), WIDE, "x")


def test_a_gap_does_not_name_a_document_that_is_more_closed() -> None:
    name = "closed-paper.md"
    document = replace(WHOLE.month.documents[0], sha256="f" * 64, name=name, marking=Tlp.RED)
    gap = replace(WHOLE.month.gaps[0], source=name)
    month = replace(WHOLE.month, documents=(*WHOLE.month.documents, document), gaps=(*WHOLE.month.gaps, gap))
    for edition in WHOLE.editions:
        assert name not in _texts(replace(WHOLE, month=month), edition)


def test_ceilings_are_labels() -> None:
    assert ceilings(config.load()) == {
        EditionKind.MEMBER: Tlp.GREEN,
        EditionKind.PUBLIC: Tlp.CLEAR,
        EditionKind.BRIEF: Tlp.GREEN,
    }
    assert tlp("tlp:amber+strict") is Tlp.AMBER_STRICT and tlp("AMBER") is Tlp.AMBER and tlp("WHITE") is None


@pytest.mark.parametrize("kind", list(EditionKind))
def test_a_channel_gets_the_editions_of_its_table_only(kind: EditionKind) -> None:
    raw = {
        "name": "c",
        "kind": "folder",
        "path": "p",
        "editions": kind.value,
        "languages": "ja",
        "clearance": "TLP:RED",
    }
    made = list(decide_editions(_door(WHOLE), checked(raw, "x", Path(), 1, "Asia/Tokyo")))
    assert [(one.kind, one.language) for one in made if one.verdict is Verdict.SEND] == [(kind.value, "ja")]
