"""`geppo judge` as a person uses it: the executive part, the reckoning, links among reports, the record."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo.cli import _judgement, _place
from geppo.cli.judge import run
from geppo.errors import UsageError
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Evidence, Likelihood, Origins
from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.edition import Month, Story
from geppo.model.entity import Kind, Term
from geppo.model.report import Passage
from geppo.model.time import Period
from geppo.pipeline import loose_document


def _link() -> Assessment:
    names = ("Copper Lynx", "琥珀隼")
    return Assessment(
        id="a1",
        kind=AssessmentKind.OVERLAP,
        subjects=tuple(Term(kind=Kind.INTRUSION_SET, id=f"new:{name}", name=name) for name in names),
        claims=(),
        likelihood=Likelihood(low=0.05, point=0.2, high=0.55),
        confidence=Confidence.LOW,
        origins=Origins(roots=("r",), repeats=("x", "y")),
        evidence=(
            Evidence(kind="ip", value="203.0.113.7", group="server", weight=5.6, used=True, reason=""),
            Evidence(kind="path", value="/p/x", group="server", weight=0.3, used=True,
                     reason="same observation as ip 203.0.113.7"),
            Evidence(kind="net24", value="203.0.113", group="server", weight=0.0, used=False,
                     reason="implied by ip 203.0.113.7"),
        ),
        rivals=(("re-let-server", 0.45), ("common-supplier", 0.25), ("same-operators", 0.1)),
        detail=(("word", "unlikely"), ("rule", "network-only"), ("groups", "1"),
                ("a_use", "2030-01-04/2030-03-20"), ("b_use", "2030-05-02/2030-05-02"), ("source", "Osterlund Labs"),
                ("source_rung", "possible"), ("source_grade", "low")),
        would_change=(("sample-on-both-sides", 0.7),),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_executive_part_keeps_likelihood_and_confidence_apart(language: str) -> None:
    lines = _judgement.executive(_link(), language)
    level, word = {"en": ("low", "unlikely"), "ja": ("低い", "可能性は低い")}[language]
    assert word in lines[0]
    assert level in lines[3]
    assert word not in lines[3]
    assert "20%" in lines[0]
    assert "20%" not in lines[3]
    assert "90%" in lines[5]
    assert "203.0.113.7" not in "\n".join(lines)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_waterfall_adds_up(language: str) -> None:
    lines = _judgement.analyst(_link(), language)
    bits = [
        float(number)
        for line in lines
        if (found := re.search(r" ([+-]\d+\.\d\d)\b", line))
        for number in found.groups()
    ]
    assert bits[0] + bits[1] + bits[2] == pytest.approx(bits[3], abs=0.02)
    assert bits[3] == pytest.approx(-2.0)
    assert "203.0.113[.]7" in "\n".join(lines)


def test_the_shares_of_all_hypotheses_make_one() -> None:
    lines = _judgement.analyst(_link(), "en")
    shares = [
        int(found.group(1)) for line in lines if (found := re.search(r" (\d+)%  [█]", line)) and "median" not in line
    ]
    assert sum(shares) == 100


def test_times_of_use_stand_month_by_month() -> None:
    lines = [line for line in _judgement.analyst(_link(), "en") if "2030-0" in line and "–" in line]
    rows = {line.split("  ")[1].strip(): re.search("[█·]+", line) for line in lines}
    assert {name: row.group() if row else "" for name, row in rows.items()} == {
        "Copper Lynx": "███··",
        "琥珀隼": "····█",
    }


def test_columns_of_wide_signs() -> None:
    assert [_judgement.width(text) for text in ("ab", "琥珀", "ａ", "")] == [2, 4, 2, 0]


def test_a_gauge_holds_its_point_inside_the_range() -> None:
    for low, point, high in ((0.01, 0.01, 0.01), (0.01, 0.5, 0.99), (0.99, 0.99, 0.99)):
        line, _ = _judgement.gauge(Likelihood(low=low, point=point, high=high))
        bar = line[line.index("┝") + 1 : line.index("┥")]
        assert len(bar) == _judgement.GAUGE
        assert bar.count("●") == 1


def test_among_and_its_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reports.jsonl"
    host = {"type": "host", "value": "c2.crow.example"}
    file.write_text("\n".join(json.dumps({"id": name, "date": "2030-05", "artefacts": [host]}) for name in "ab"))
    assert run("among", str(file), least=0.1) == 0
    out = capsys.readouterr().out
    assert "1 pairs compared" in out
    assert "c2[.]crow[.]example" in out
    assert run("among", str(file), least=0.1, json_=True) == 0
    assert json.loads(capsys.readouterr().out)["a"] == "a"
    with pytest.raises(UsageError, match="expected a readable file"):
        run("among", str(tmp_path / "none.jsonl"))
    with pytest.raises(UsageError, match="expected a file"):
        run("among")
    with pytest.raises(UsageError, match="expected one of overlap"):
        run("divine")


def test_calibrate_wants_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairs.jsonl"
    rows = []
    for number in range(24):
        side = {"date": f"{2028 + number // 12}-01", "artefacts": [{"type": "ip", "value": f"203.0.113.{number}"}]}
        rows.append({"id": str(number), "a": side, "b": side, "label": "same" if number % 3 else "different"})
    file.write_text("\n".join(map(json.dumps, rows)))
    assert run("calibrate", str(file), json_=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["pairs"], found["speaking"], found["tested"]) == (24, 24, 12)
    assert found["brier"] == pytest.approx(2 / 9, abs=0.01)
    file.write_text('{"id": "1", "a": {}, "b": {}}')
    with pytest.raises(UsageError, match="line 1: expected the fields"):
        run("calibrate", str(file))


def test_the_record_of_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from geppo.judge.journal import Journal

    _place.make(tmp_path)
    Journal(tmp_path / "judgements.jsonl").enter([_link()], "2030-05", datetime(2030, 6, 1, tzinfo=UTC))
    assert run("resolve", "1", "no", by="mk", note="lease changed hands", workspace=tmp_path) == 0
    assert run("journal", workspace=tmp_path) == 0
    out = capsys.readouterr().out
    assert "lease changed hands" in out
    assert "Brier 0.040" in out
    assert "too few" in out
    for number, came, by in (("2", "no", "mk"), ("x", "no", "mk"), ("1", "maybe", "mk"), ("1", "no", "")):
        with pytest.raises(UsageError):
            run("resolve", number, came, by=by, note="n", workspace=tmp_path)


def _month(number: int, speaking: int) -> Month:
    """A month in which twelve houses published and some of them speak of relays, in two stories."""
    period, relay = Period(year=2030, month=number), Term(kind=Kind.CONCEPT, id="relay-class/orb", name="ORB")
    documents, claims = [], []
    for house in range(12):
        text = f"Copper Lynx used relays ({number}, {house})."
        document = loose_document(text, "en", period.span.start, f"House {house:02d} Labs")
        documents.append(document)
        if house < speaking:
            claims.append(
                Claim(
                    id=f"c{number}-{house}", report=document.sha256, publisher=document.publisher,
                    predicate=Predicate.USES, subject=Term(kind=Kind.TEXT, id="", name="x"), object=relay,
                    qualifiers=(), count=None, when=None, hedge=Hedge(rung=Rung.CONFIRMED), negated=False, voices=(),
                    passage=Passage(document=document.sha256, start=0, end=len(text), text=text),
                    published=document.published, rule="made",
                )
            )  # fmt: skip
    stories = tuple(
        Story(
            id=f"s{number}-{part}", subjects=(), reports=tuple(one.report for one in claims[part::2]),
            origins=tuple(one.report for one in claims[part::2]), claims=tuple(one.id for one in claims[part::2]),
            assessments=(), theme="other", score=(), rank=part,
        )
        for part in (0, 1)
    )  # fmt: skip
    pair = Assessment(
        id=f"p{number}", kind=AssessmentKind.PARTNER_TARGETING, subjects=(), claims=(), likelihood=None,
        confidence=None, origins=Origins(roots=(), repeats=()),
        detail=(("source", "country/CN"), ("target", "country/RU"), ("surprise", "9.5"), ("surprise.rank", "1"),
                ("surprise.of", "1"), ("months", "4"), ("months.seen", "0"), ("first", "yes")),
    )  # fmt: skip
    return Month(
        period=period, as_of=datetime(2030, number + 1, 2, tzinfo=UTC), documents=tuple(documents),
        claims=tuple(claims), assessments=(pair,), stories=stories, gaps=(),
    )  # fmt: skip


def test_trends_of_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _place.make(tmp_path)
    store = _place.open_workspace(tmp_path).store
    for number in range(1, 6):
        store.add_month(_month(number, 7 if number == 5 else number % 2))
    store.close()
    assert run("trends", month="2030-05", json_=True, workspace=tmp_path) == 0
    answer = json.loads(capsys.readouterr().out)
    (one,) = answer["trends"]
    detail = dict(one["detail"])
    assert (answer["silent"], detail["direction"], detail["now"], detail["before"]) == ("", "rising", "7", "2")
    assert (len(one["origins"]["roots"]), one["confidence"]) == (7, "moderate")
    english = (
        "More origins: operational relay boxes",
        "7 of 12 houses",
        "Confidence is moderate",
        "9.5 bits; first seen in 4",
    )
    japanese = ("報告元が増加：ORB（中継網）", "12者中7者", "確信度は中程度", "4か月で初めて")
    for language, words in (("en", english), ("ja", japanese)):
        assert run("trends", month="2030-05", lang=language, workspace=tmp_path) == 0  # type: ignore[arg-type]
        out = capsys.readouterr().out
        assert [word for word in words if word not in out] == []
    assert run("trends", month="2030-03", workspace=tmp_path) == 0
    assert "fewer than 3 of the 6 months" in capsys.readouterr().out
    with pytest.raises(UsageError, match="2031-01 was not judged here"):
        run("trends", month="2031-01", workspace=tmp_path)
    with pytest.raises(UsageError, match="--month"):
        run("trends", month="May", workspace=tmp_path)
