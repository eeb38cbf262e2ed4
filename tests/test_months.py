"""Whole months: the shipped one, and made ones whose names no dictionary holds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from geppo import rounds
from geppo.deliver import write
from geppo.model.assessment import AssessmentKind, Confidence
from geppo.model.edition import Edition, EditionKind, Issue, Role
from geppo.model.report import Document
from geppo.read import reading
from tests.conftest import MONTHS, edition_text, issue_of, made_month, month_folder


def _edition(issue: Issue, kind: EditionKind, language: str) -> Edition:
    return next(one for one in issue.editions if one.kind is kind and one.language == language)


@pytest.mark.parametrize("month", sorted(MONTHS))
@pytest.mark.parametrize("kind", [EditionKind.MEMBER, EditionKind.PUBLIC])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_golden_edition(month: str, kind: EditionKind, language: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{month}/{kind.value}.{language}.txt", edition_text(_edition(made_month(month), kind, language)))


@pytest.mark.parametrize("month", sorted(MONTHS))
@pytest.mark.parametrize("kind", [EditionKind.MEMBER, EditionKind.PUBLIC])
def test_both_languages_hold_the_same_ids(month: str, kind: EditionKind) -> None:
    japanese, english = (_edition(made_month(month), kind, language) for language in ("ja", "en"))
    assert [(s.id, s.claims, s.assessments) for s in japanese.sentences()] == [
        (s.id, s.claims, s.assessments) for s in english.sentences()
    ]


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_every_sentence_leads_to_passages(month: str) -> None:
    issue = made_month(month)
    claims = {claim.id: claim for claim in issue.month.claims}
    texts = {document.sha256: document.text for document in issue.month.documents}
    for edition in issue.editions:
        for sentence in edition.sentences():
            assert sentence.claims
            for identifier in sentence.claims:
                passage = claims[identifier].passage
                assert texts[passage.document][passage.start : passage.end] == passage.text


@pytest.mark.parametrize(("month", "themes"), [("sample", 2), ("kanto", 4)])
def test_a_third_theme_fills_what_two_leave_empty(month: str, themes: int) -> None:
    for language, least, most in (("ja", 1_400, 1_800), ("en", 450, 600)):
        edition = _edition(made_month(month), EditionKind.PUBLIC, language)
        text = [one.text for one in edition.sentences() if one not in edition.key_judgements]
        length = sum(map(len, text)) if language == "ja" else sum(len(one.split()) for one in text)
        assert len(edition.sections) == themes
        assert least <= length <= most


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_house_style(month: str) -> None:
    excerpt = _edition(made_month(month), EditionKind.PUBLIC, "ja")
    sentences = [s for s in excerpt.sentences() if s not in excerpt.key_judgements]
    assert all(len(s.text) <= 120 for s in sentences)
    assert all(re.search(r"(?:です|ます|ました|ません|でした)(?:（[^（）]+）)?。$", s.text) for s in sentences)
    assert excerpt.opening.heading == "【前月総括】"
    assert 1200 <= sum(len(s.text) for s in sentences) <= 1800
    words = sum(
        len(s.text.split())
        for section in (lambda e: (e.opening, *e.sections))(_edition(made_month(month), EditionKind.PUBLIC, "en"))
        for paragraph in section.paragraphs
        for s in paragraph
    )
    assert words <= 600


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    shutil.copytree(month_folder("kanto"), tmp_path / "a" / "documents")
    shutil.copytree(month_folder("kanto"), tmp_path / "b" / "documents")
    write(issue_of(tmp_path / "a" / "documents", "2026-04"), one)
    write(issue_of(tmp_path / "b" / "documents", "2026-04"), other)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    assert [str(path) for path in files if (one / path).read_bytes() != (other / path).read_bytes()] == []


class TestSampleMonth:
    """What the shipped month must say, read from its documents alone."""

    issue = property(lambda self: made_month("sample"))

    def _assessments(self, kind: AssessmentKind) -> list[object]:
        return [one for one in made_month("sample").month.assessments if one.kind is kind]

    def test_one_server_one_origin_low_confidence(self) -> None:
        links = [one for one in made_month("sample").month.assessments if one.kind is AssessmentKind.OVERLAP]
        pair = next(one for one in links if {t.name.split()[0] for t in one.subjects} == {"Gamaredon", "Lazarus"})
        assert len(pair.origins.roots) == 1
        assert len(pair.origins.repeats) >= 4
        assert pair.confidence is Confidence.LOW
        assert pair.likelihood is not None and 0.15 <= pair.likelihood.point <= 0.25
        assert pair.get("source_grade") == "moderate"
        assert pair.would_change

    def test_china_in_russia_from_two_origins_not_merged(self) -> None:
        found = [one for one in made_month("sample").month.assessments if one.kind is AssessmentKind.PARTNER_TARGETING]
        pair = next(one for one in found if (one.get("source"), one.get("target")) == ("country/CN", "country/RU"))
        assert pair.get("origins") == "2"
        assert {pair.get("1.name"), pair.get("2.name")} == {"APT31", "Jewelbug"}

    def test_treaty_has_three_dates_and_one_dissent(self) -> None:
        claims = made_month("sample").month.claims
        dates = {
            (claim.predicate.value, claim.when.iso())
            for claim in claims
            if claim.subject.id == "agreement/ru-kp-2024" and claim.when
        }
        assert ("signs", "2024-06-19") in dates
        assert ("signs", "2024-06-18") in dates
        assert ("enters-into-force", "2024-12-04") in dates
        assert ("ratifies", "2024-11") in dates
        assert not {when for predicate, when in dates if predicate == "signs" and when.startswith("2024-11")}

    def test_counts_of_one_network_are_no_series(self) -> None:
        found = [one for one in made_month("sample").month.assessments if one.kind is AssessmentKind.COUNTING]
        polar = next(one for one in found if one.subjects[0].name == "PolarEdge" and one.get("series") == "never")
        values = {polar.get(f"{n}.value") for n in range(1, 8)}
        assert {"2000", "40000", "25000"} <= values

    def test_the_finder_does_not_call_it_exactly_an_orb(self) -> None:
        found = [
            claim
            for claim in made_month("sample").month.claims
            if claim.predicate.value == "classifies" and claim.negated and "WrtHug" in claim.subject.name
        ]
        assert {claim.publisher for claim in found} >= {"SecurityScorecard STRIKE"}

    def test_who_the_operator_is_is_disputed(self) -> None:
        found = [one for one in made_month("sample").month.assessments if one.kind is AssessmentKind.CONTRADICTION]
        assert [one for one in found if one.get("type") in ("identity", "polarity") and "Kimsuky" in str(one)]

    def test_the_vendor_stands_alone_with_the_ai_case(self) -> None:
        member = _edition(made_month("sample"), EditionKind.MEMBER, "en")
        section = next(one for one in member.sections if "GTG-1002" in one.heading)
        assert "Anthropic" in section.paragraphs[0][0].text
        assert "this rests on one source so far" in section.paragraphs[0][0].text
        assert not any(one.role is Role.TREND for paragraph in section.paragraphs for one in paragraph)


@pytest.mark.parametrize("count", [0, 1])
def test_few_documents(count: int, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in sorted(month_folder("harbor").glob("northquay*"))[:count]:
        shutil.copy(path, folder)
    issue = issue_of(folder, "2026-03")
    assert len(issue.editions) == 4
    excerpt = _edition(issue, EditionKind.PUBLIC, "ja")
    assert bool(excerpt.sections) == bool(count)
    pages = {path.name: path for path in write(issue, tmp_path / "out")}
    for name in ("public.ja.html", "public.ja.md"):
        assert ("報告できる事項がない" in pages[name].read_text(encoding="utf-8")) == (count == 0)


def test_bad_documents_become_gaps_and_harm_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    shutil.copytree(month_folder("kanto"), folder)
    (folder / "empty.md").write_bytes(b"")
    (folder / "binary.bin").write_bytes(b"\x7fELF\x00\x01\x02")
    (folder / "huge.txt").write_bytes(b"a" * 50_000_000)
    (folder / "future.md").write_text(
        "---\npublisher: X\ntitle: Y\nlanguage: en\npublished: 2031-01-01\n---\nText.", encoding="utf-8"
    )
    (folder / "wrong.md").write_bytes(b"---\npublisher: X\n---\n\xff\xfe\xfa broken \x80\x81")
    (folder / "twice.md").write_bytes(next(iter(sorted(month_folder("kanto").glob("*.md")))).read_bytes())
    bomb = "<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><html><p>&c;</p><script>alert(1)</script></html>"
    (folder / "bomb.html").write_text(bomb, encoding="utf-8")
    issue = issue_of(folder, "2026-04")
    kinds = {gap.source.rpartition("/")[2]: gap.kind for gap in issue.month.gaps}
    assert kinds["empty.md"] == "empty"
    assert kinds["binary.bin"] == "binary"
    assert kinds["huge.txt"] == "too-large"
    assert kinds["future.md"] == "future-date"
    assert "duplicate" in kinds.values()
    clean = made_month("kanto")
    sentences = [s.id for s in _edition(issue, EditionKind.MEMBER, "ja").sentences()]
    assert sentences == [s.id for s in _edition(clean, EditionKind.MEMBER, "ja").sentences()]
    page = {path.name: path for path in write(issue, tmp_path / "out")}["member.ja.html"].read_text(encoding="utf-8")
    assert "<script" not in page
    assert "future.md" in page


def test_edition_json_is_complete(tmp_path: Path) -> None:
    paths = {path.name: path for path in write(made_month("harbor"), tmp_path)}
    data = json.loads(paths["edition.json"].read_text(encoding="utf-8"))
    known = {row["id"] for row in data["claims"]}
    for edition in data["editions"]:
        for section in edition["sections"]:
            for sentence in section["sentences"]:
                assert set(sentence["claims"]) <= known
    assert {row["n"] for row in data["references"]}


def test_a_page_that_breaks_the_reader_costs_only_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read = reading.read_document

    def failing(document: Document, *rest: object) -> object:
        if document.name.endswith("broken.md"):
            raise RuntimeError("made to fail")
        return read(document, *rest)  # type: ignore[arg-type]

    folder = tmp_path / "documents"
    shutil.copytree(month_folder("kanto"), folder)
    (folder / "broken.md").write_text(
        "---\npublisher: X\ntitle: Y\nlanguage: en\npublished: 2026-04-02\n---\nNothing here.", encoding="utf-8"
    )
    monkeypatch.setattr(rounds, "read_document", failing)
    issue = issue_of(folder, "2026-04")
    assert [(gap.kind, gap.source) for gap in issue.month.gaps] == [("reading", "broken.md")]
    assert _edition(issue, EditionKind.MEMBER, "ja").sections
