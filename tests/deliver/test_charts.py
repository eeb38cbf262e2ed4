"""Charts: inside their frame, readable without colour, well formed with hostile labels, no label on another one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.deliver._charts import NARROW, WIDE, draw, draw_gauge
from geppo.deliver._charts.measure import shorten, text_width, wrap
from geppo.deliver._words import words
from geppo.model.assessment import Likelihood
from geppo.model.edition import Bar, Cell, Counts, Event, Figure, Issue, Matrix, Timeline

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def _figures(issue: Issue) -> list[tuple[str, Figure]]:
    return [(edition.language, figure) for edition in issue.editions for figure in edition.figures]


def _boxes(svg: str) -> list[tuple[str, Box]]:
    """Places of all upright texts, by the measure that the layout uses."""
    found: list[tuple[str, Box]] = []

    def walk(element: ET.Element, turned: bool) -> None:
        turned = turned or "rotate" in element.get("transform", "")
        if element.tag == SVG + "text" and not turned:
            size, x, y = (float(element.get(name, "0")) for name in ("font-size", "x", "y"))
            wide = text_width(element.text or "", size)
            shift = {"start": 0.0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
            found.append((element.text or "", (x - shift, y - size * 0.88, x - shift + wide, y + size * 0.2)))
        for child in element:
            walk(child, turned)

    walk(ET.fromstring(svg), False)
    return found


def _overlap(one: Box, other: Box) -> bool:
    slack = 0.6
    return (
        one[0] + slack < other[2]
        and other[0] + slack < one[2]
        and one[1] + slack < other[3]
        and other[1] + slack < one[3]
    )


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_text_lies_in_the_frame_and_on_no_other(issue: Issue, width: float) -> None:
    for language, figure in _figures(issue):
        svg = draw(figure, words(language), width, "k")
        _, _, right, bottom = (float(part) for part in ET.fromstring(svg).get("viewBox", "").split())
        boxes = _boxes(svg)
        for text, (left, top, end, low) in boxes:
            assert left >= -1 and end <= right + 1 and top >= -1 and low <= bottom + 1, (figure.id, text)
        for place, (text, box) in enumerate(boxes):
            for other, against in boxes[place + 1 :]:
                assert not _overlap(box, against), (figure.id, width, text, other)


def test_pictures_speak_for_themselves(issue: Issue) -> None:
    for language, figure in _figures(issue):
        root = ET.fromstring(draw(figure, words(language), WIDE, "k"))
        title, desc = root.find(SVG + "title"), root.find(SVG + "desc")
        assert root.get("role") == "img" and root.get("aria-labelledby") == "k-t k-d"
        assert title is not None and title.text and desc is not None and desc.text


def test_colours_stand_in_the_picture_itself(issue: Issue) -> None:
    for language, figure in _figures(issue):
        svg = draw(figure, words(language), WIDE, "k")
        assert "var(" not in svg and "<style" not in svg and "style=" not in svg
        for element in ET.fromstring(svg).iter():
            if element.tag in (SVG + "rect", SVG + "path", SVG + "circle", SVG + "text"):
                assert element.get("fill") or element.get("stroke"), ET.tostring(element)


def _figure(body: Matrix | Counts | Timeline, text: str = "x") -> Figure:
    return Figure(id="f", title=text, caption=text, rule=text, alt=text, body=body)


HOSTILE = "<script>alert(1)</script> & \"'\x00\u202e ]]> 🦅 " + "W" * 90


@pytest.mark.parametrize(
    "body",
    [
        Matrix(rows=(), columns=(), cells=()),
        Matrix(
            rows=(HOSTILE,) * 9,
            columns=(HOSTILE,) * 9,
            cells=tuple(Cell(row=r, column=r, value=r * 100, claims=(), partners=HOSTILE) for r in range(9)),
        ),
        Counts(bars=()),
        Counts(
            bars=tuple(
                Bar(
                    group=HOSTILE,
                    label=HOSTILE,
                    value=v,
                    printed="0",
                    counter=HOSTILE,
                    when="",
                    claims=(),
                    citations=(),
                )
                for v in (0.0, 0.0)
            )
        ),
        Timeline(start=date(2031, 2, 1), end=date(2031, 2, 28), events=()),
        Timeline(
            start=date(2031, 2, 1),
            end=date(2031, 2, 28),
            events=tuple(
                Event(
                    start=date(2031, 1, 1),
                    end=date(2031, 3, day),
                    lane=HOSTILE,
                    label=HOSTILE,
                    published=day % 2 == 0,
                    claims=(),
                    citations=(1, 2),
                )
                for day in range(1, 25)
            ),
        ),
    ],
    ids=["empty-matrix", "matrix", "no-bars", "bars", "no-events", "events"],
)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_odd_and_hostile_bodies_are_drawn(body: Matrix | Counts | Timeline, width: float) -> None:
    svg = draw(_figure(body, HOSTILE), words("ja"), width, "k")
    root = ET.fromstring(svg)
    assert not any("script" in element.tag for element in root.iter())
    assert draw(_figure(body, HOSTILE), words("ja"), width, "k") == svg


@effort(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 31), st.integers(0, 6), st.sampled_from(["a", "長い名前の出来事を報告", "two words here"])
        ),
        max_size=14,
    ),
    st.sampled_from([WIDE, NARROW]),
)
def test_labels_of_a_timeline_never_meet(raw: list[tuple[int, int, str]], width: float) -> None:
    events = tuple(
        Event(
            start=date(2031, 5, day),
            end=date(2031, 5, min(31, day + more)),
            lane="lane",
            label=text * (1 + more % 3),
            published=more == 0,
            claims=(),
            citations=(day,),
        )
        for day, more, text in raw
    )
    timeline = Timeline(start=date(2031, 5, 1), end=date(2031, 5, 31), events=events)
    boxes = _boxes(draw(_figure(timeline), words("en"), width, "k"))
    for place, (text, box) in enumerate(boxes):
        assert box[0] >= -1 and box[2] <= width + 1, text
        for other, against in boxes[place + 1 :]:
            assert not _overlap(box, against), (text, other)


@effort(deadline=None)
@given(st.text(max_size=80), st.floats(30, 400), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, width: float, most: int) -> None:
    made = wrap(text, 12.0, width, most)
    assert len(made.lines) <= most
    assert made.width(12.0) <= width + 1e-6
    if not made.cut:
        assert "".join("".join(made.lines).split()) == "".join(text.split())


def test_japanese_does_not_begin_a_line_with_a_closing_mark() -> None:
    made = wrap("攻撃者のための中継網（ネットワーク）、です。" * 3, 12.0, 84.0, 40)
    assert all(line[0] not in "、。）ッー" for line in made.lines)


def test_shortened_text_ends_in_an_ellipsis() -> None:
    assert shorten("a short one", 12.0, 200.0) == "a short one"
    assert shorten("とても長い名前の組織です", 12.0, 60.0).endswith("…")


@effort(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_the_gauge_prints_range_and_word(parts: list[float]) -> None:
    likelihood = Likelihood(low=parts[0], point=parts[1], high=parts[2])
    svg = draw_gauge(likelihood, words("en"))
    root = ET.fromstring(svg)
    assert words("en").of("band", likelihood.word.value) in svg
    assert "0–" not in (root.findtext(SVG + "desc") or "").replace("10–", "").replace("20–", "")[:8]
    for _, (left, _, right, _) in _boxes(svg):
        assert left >= -8 and right <= 340


def test_bars_of_groups_keep_their_own_scale(issue: Issue) -> None:
    counts = next(figure for _, figure in _figures(issue) if isinstance(figure.body, Counts))
    assert isinstance(counts.body, Counts)
    bars = tuple(replace(bar, citations=()) for bar in counts.body.bars)
    root = ET.fromstring(draw(replace(counts, body=Counts(bars=bars)), words("ja"), WIDE, "k"))
    lengths = [float(rect.get("width", "0")) for rect in root.iter(SVG + "rect") if rect.get("height") == "16"]
    assert lengths[0] > lengths[1] > lengths[2] and lengths[3] > lengths[1]
