"""A marked document: every mark where its text stands, nothing of the text lost, nothing that only tricks the eye."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.deliver._aligned import aligned
from geppo.deliver._marked import Marked, Piece, look, marked_words
from geppo.deliver._marking import _hedge_places, mark_up
from geppo.deliver._shown import shown
from geppo.errors import DataError
from geppo.language.sentences import sentences
from geppo.model.claim import Bound, Claim, Count, Grade, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Mention, Term
from geppo.model.marking import Tlp
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Document, Passage, Report
from geppo.model.time import When

Raw = dict[str, Any]
FILE = Path(__file__).parents[1] / "cases" / "marked" / "documents.toml"
CASES: dict[str, Raw] = {row["id"]: row for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["document"]}


def _place(raw: Raw, text: str) -> tuple[int, int]:
    start = text.index(raw["text"], text.index(raw["after"]) + raw.get("back", 0) if "after" in raw else 0)
    return start, start + len(raw["text"])


def _document(raw: Raw) -> Document:
    text = raw["text"].strip("\n")
    return Document(
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        name=raw["name"],
        media_type="text/plain",
        collected=datetime(2031, 6, 1, tzinfo=UTC),
        publisher=raw["publisher"],
        title=raw["title"],
        url="https://evil.example/live",
        language=raw["language"],
        published=raw["published"],
        text=text,
        note=raw.get("note", False),
        marking=Tlp[raw.get("marking", "CLEAR")],
    )


def _claim(number: int, raw: Raw, document: Document) -> Claim:
    text = document.text
    span = next(span for span in sentences(text, document.language) if span.start <= text.index(raw["in"]) < span.end)
    count = raw.get("count")
    return Claim(
        id=f"claim-{number}",
        report=document.sha256,
        publisher=document.publisher,
        predicate=Predicate(raw["predicate"]),
        subject=Term(kind=Kind.INTRUSION_SET, id="new:subject", name=raw["subject"]),
        object=Term(kind=Kind.MALWARE, id="new:object", name=raw["object"]) if "object" in raw else None,
        qualifiers=(),
        count=Count(value=count[0], bound=Bound(count[1]), unit=Term(kind=Kind.CONCEPT, id="unit/made", name=count[2]))
        if count
        else None,
        when=When(start=raw["when"][0], end=raw["when"][1]) if "when" in raw else None,
        hedge=Hedge(rung=Rung(raw["rung"]), text=raw["hedge"], grade=Grade(raw["grade"]) if "grade" in raw else None),
        negated=raw.get("negated", False),
        voices=tuple(raw.get("voices", [])),
        passage=Passage(document=document.sha256, start=span.start, end=span.end, text=text[span.start : span.end]),
        published=document.published,
        rule="made",
    )


def findings(name: str) -> tuple[Report, tuple[Claim, ...]]:
    """A case as the reading engine would give it."""
    raw = CASES[name]
    document = _document(raw)
    values = []
    for row in raw.get("values", []):
        start, end = _place(row, document.text)
        values.append(
            Observable(
                type=ObservableType(row["type"]),
                value=row.get("value", row["text"]),
                start=start,
                end=end,
                defanged="value" in row,
                verdict=Verdict(row["verdict"]),
                reason=row["reason"],
            )
        )
    names = []
    for row in raw.get("names", []):
        start, end = _place(row, document.text)
        named = row.get("name", row["text"])
        names.append(
            Mention(kind=Kind(row["kind"]), id=row["id"], name=named, surface=row["text"], start=start, end=end)
        )
    report = Report(
        id=document.sha256,
        document=document,
        mentions=tuple(names),
        observables=tuple(values),
        cites=(),
        own_observation=False,
    )
    return report, tuple(_claim(number, row, document) for number, row in enumerate(raw.get("claims", [])))


@cache
def made(name: str, language: str = "en") -> Marked:
    """A case, marked."""
    raw = CASES[name]
    report, claims = findings(name)
    return mark_up(
        report,
        claims,
        language,
        dated=raw.get("dated", True),
        named=raw.get("named", True),
        readable=raw.get("readable", True),
    )


def plain(pieces: Iterable[Piece]) -> str:
    """The text of pieces without their marks."""
    return "".join(piece.text + plain(piece.inner) for piece in pieces)


def marks(pieces: Iterable[Piece]) -> list[tuple[str, str]]:
    """Layer and text of every mark, outer ones first."""
    out = []
    for piece in pieces:
        if piece.mark is not None:
            out += [(piece.mark.layer, plain(piece.inner)), *marks(piece.inner)]
    return out


@pytest.mark.parametrize("name", CASES)
def test_marks_lose_nothing_of_the_text(name: str) -> None:
    document = findings(name)[0].document
    spans = sentences(document.text, document.language)
    lines = made(name).lines
    assert len(lines) == len(spans)
    for line, span in zip(lines, spans, strict=True):
        wanted = shown(document.text[span.start : span.end])
        assert plain(line.pieces) == (wanted.lstrip("# ") if line.heading else wanted)


@pytest.mark.parametrize("name", CASES)
def test_every_claim_stands_under_its_sentence(name: str) -> None:
    marked = made(name)
    assert [claim.number for line in marked.lines for claim in line.claims] == [c.number for c in marked.claims]
    for line in marked.lines:
        assert all(claim.line == line.number for claim in line.claims)


def test_headings_blanks_and_breaks() -> None:
    lines = made("hostile").lines
    assert [plain(line.pieces) for line in lines if line.heading] == ["A quiet network", "Indicators", "Closing words"]
    assert all(line.spaced for line in lines[1:])
    japanese = made("japanese").lines
    assert [(line.breaks, line.spaced) for line in japanese] == [(2, False), (0, False), (0, False), (2, True)]
    assert [line.found for line in japanese] == [True, True, False, False]


def test_marks_inside_and_across_marks() -> None:
    lines = made("crossing").lines
    assert marks(lines[0].pieces) == [
        ("value", "alpha beta"),
        ("value", "beta"),
        ("value", " gamma"),
        ("name", "gamma"),
        ("name", " delta group"),
        ("hedge", "could not be seen"),
    ]
    assert ("value", "beta[.]example[.]com") in marks(lines[1].pieces)
    ends = [piece.ends for line in lines for piece in line.pieces if piece.mark and piece.mark.layer == "value"]
    assert ends == [True, True, False, True]


def test_concepts_are_not_names() -> None:
    assert [named.name for named in made("hostile").names] == ["Grey Heron", "Port Sand", "Tin Whistle", "Dock Manager"]
    assert [named.known for named in made("hostile").names] == [True, False, True, True]


def test_a_name_in_another_script_says_how_it_is_printed() -> None:
    named = made("japanese").names[0]
    assert (named.name, named.printed, named.times, named.lines) == ("Port Sand", ("砂の港",), 2, (1,))


def test_values_by_verdict_the_gravest_first() -> None:
    marked = made("hostile")
    assert list(marked.by_verdict()) == ["malicious", "unknown", "reference"]
    assert marked.tones == ("bad", "open", "quiet")
    address = next(value for value in marked.values if value.type == "IPv4")
    assert (address.value, address.times, address.lines) == ("198.51.100[.]7", 2, (2, 8))
    assert address.reason == "part of a URL; listed under: Indicators"
    assert {value.value for value in marked.values} >= {"gate[.]example[.]com", "admin[@]gate[.]example[.]com"}


def test_hedges_are_marked_where_their_words_stand() -> None:
    assert [one for one in marks(made("hostile").lines[2].pieces) if one[0] == "hedge"] == [
        ("hedge", "may"),
        ("hedge", "tied"),
    ]
    assert made("hostile").lines[2].doubts == ("possible “may … tied”",)
    assert made("hostile").lines[2].negated
    claim = findings("hostile")[1][0]
    assert list(_hedge_places(Hedge(rung=Rung.POSSIBLE, text="hink"), claim)) == []
    assert list(_hedge_places(Hedge(rung=Rung.POSSIBLE, text="perhaps"), claim)) == []


def test_what_the_document_does_not_say_is_said() -> None:
    marked = made("nothing")
    assert (marked.title, marked.publisher) == ("(untitled)", "publisher not stated")
    assert marked.published == "no date in the document, read as of 15 May 2031"
    assert made("nothing", "ja").publisher == "発行元の記載なし"


def test_nothing_active_is_left_in_any_text() -> None:
    marked = made("hostile")
    texts = [marked.title, marked.publisher, marked.file, *(plain(line.pieces) for line in marked.lines)]
    texts += [part for value in marked.values for part in (value.value, value.reason)]
    assert not any(char in text for text in texts for char in "\x1b\x07\u202e\u200b\n")
    assert not any("http://" in text or "198.51.100.7" in text for text in texts)


def test_labels_of_both_languages_have_the_same_keys() -> None:
    english, japanese = marked_words("en"), marked_words("ja")
    for group in ("ui", "group", "tone", "kind", "language"):
        assert set(english.groups[group]) == set(japanese.groups[group]), group
    assert set(look().groups) - {"attack-pattern", "technique"} <= set(Kind)
    assert {kind.value for kind in Kind} - set(look().groups) >= {"concept", "text"}
    assert all(verdict.value in japanese.groups["verdict"] for verdict in Verdict)


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_a_language_without_labels_is_an_error(language: str) -> None:
    with pytest.raises(DataError, match="no page labels"):
        made("nothing", language)


PARTS = [
    "http://",
    "HTTPS://",
    "ftp://",
    "a",
    "x",
    "t",
    ".",
    ":",
    "@",
    "[",
    "]",
    "[.]",
    "com",
    "jp",
    "1.2.3.4",
    "fe80::1",
]
PARTS += [" ", "\n", "\x1b", "\u200b", "\u202e", "\ud800", "日本", "。", "é"]


@given(st.lists(st.sampled_from(PARTS), max_size=24).map("".join))
def test_places_lead_through_what_is_shown(text: str) -> None:
    made_ = aligned(text)
    assert made_.text == shown(text)
    places = list(made_.places)
    assert len(places) == len(text) + 1 and places == sorted(places)
    assert made_.part(0, len(text)) == made_.text[places[0] :] and places[0] == 0
    cut = len(text) // 2
    assert made_.part(0, cut) + made_.part(cut, len(text)) == made_.text


@given(st.data())
def test_any_spans_make_a_whole(data: st.DataObject) -> None:
    report, claims = findings("crossing")
    size = len(report.document.text)
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, 30)).map(lambda p: (p[0], min(sum(p), size))))
    )
    values = tuple(
        Observable(
            type=ObservableType.PATH,
            value=report.document.text[start:end],
            start=start,
            end=end,
            defanged=False,
            verdict=Verdict.UNKNOWN,
            reason="made",
        )
        for start, end in spans
    )
    changed = Report(
        id=report.id,
        document=report.document,
        mentions=report.mentions,
        observables=values,
        cites=(),
        own_observation=False,
    )
    lines = mark_up(changed, claims).lines
    assert [plain(line.pieces) for line in lines] == [plain(line.pieces) for line in made("crossing").lines]
