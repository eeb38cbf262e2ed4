"""The one-page brief: sentences of the member edition and no others, one sheet, one choice for both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from geppo import config, deliver, pipeline
from geppo.catalog import Catalog
from geppo.deliver import html, markdown
from geppo.deliver._tlp import highest_marking
from geppo.model.claim import Rung
from geppo.model.edition import Edition, EditionKind, Issue, Month, Role
from geppo.model.marking import Tlp
from geppo.model.report import Gap
from geppo.write.brief import NONE, Interests, brief
from geppo.write.edition import visible
from geppo.write.phrases import phrases
from geppo.write.weighting import limit
from tests.conftest import MONTHS, made_month

CATALOG = Catalog.load()
BEFORE_THE_DUE_DATE = datetime(2026, 3, 20, tzinfo=UTC)
"""The CVE of the month `harbor` has to be mended by 27 March."""


def _member(month: str) -> tuple[Edition, ...]:
    return tuple(one for one in made_month(month).editions if one.kind is EditionKind.MEMBER)


def _cut(
    month: str, fits: Callable[[tuple[Edition, ...]], bool] = lambda _: True, interests: Interests = NONE
) -> tuple[Edition, ...]:
    return brief(_member(month), made_month(month).month, CATALOG, interests, fits)


@cache
def _fitted(month: str) -> tuple[Edition, ...]:
    return _cut(month, pipeline._one_sheet(made_month(month).month, config.load()))


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_it_says_what_the_member_edition_says(month: str) -> None:
    for made, member in zip(_fitted(month), _member(month), strict=True):
        assert made.kind is EditionKind.BRIEF and made.language == member.language
        printed = {one.id: [two for two in member.sentences() if two.id == one.id] for one in made.sentences()}
        for one in made.sentences():
            same = [two for two in printed[one.id] if two.text[1:].endswith(one.text[1:])]
            assert same, one.text
            assert (same[0].claims, same[0].assessments) == (one.claims, one.assessments)
        assert set(made.figures) <= set(member.figures)
        assert set(made.references) <= set(member.references)
        cited = {number for sentence in made.sentences() for number in sentence.citations}
        cited |= {number for table in made.tables for row in table.rows for number in row.citations}
        assert cited and cited == {reference.n for reference in made.references}, "no figure of these cites"
        for lead, *behind in made.opening.paragraphs:
            assert all(set(one.claims) == set(lead.claims) for one in behind if one.role is Role.CAVEAT)
        assert 3 <= len(made.opening.paragraphs) <= 5


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_both_languages_hold_the_same(month: str) -> None:
    japanese, english = _fitted(month)
    assert [(s.id, s.claims, s.assessments) for s in japanese.sentences()] == [
        (s.id, s.claims, s.assessments) for s in english.sentences()
    ]
    assert [(one.sentence, one.section) for one in japanese.pointers] == [
        (one.sentence, one.section) for one in english.pointers
    ]
    assert [one.id for one in japanese.figures] == [one.id for one in english.figures]
    assert [[row.claims for row in table.rows] for table in japanese.tables] == [
        [row.claims for row in table.rows] for table in english.tables
    ]


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_it_is_one_page(month: str) -> None:
    issue = Issue(month=made_month(month).month, editions=_fitted(month))
    assert [deliver.pages(issue, edition) for edition in issue.editions] == [1, 1]


def test_two_runs_give_the_same_bytes() -> None:
    issue = Issue(month=made_month("harbor").month, editions=_fitted("harbor"))
    again = Issue(month=issue.month, editions=_cut("harbor", pipeline._one_sheet(issue.month, config.load())))
    for one, other in zip(issue.editions, again.editions, strict=True):
        for member in deliver.formats():
            if not hasattr(member, "render_issue"):
                assert member.render(issue, one) == member.render(again, other), member.FORMAT


def test_a_line_is_followed_by_how_sure_it_is_and_one_says_what_would_change_it() -> None:
    first = _fitted("sample")[1].opening.paragraphs[0]
    assert [one.role for one in first] == [Role.LEAD, Role.ASSESSMENT, Role.CONFIDENCE, Role.CHANGE]
    roles = [one.role for paragraph in _fitted("sample")[1].opening.paragraphs for one in paragraph]
    assert roles.count(Role.CHANGE) == 1


@pytest.mark.parametrize("month", sorted(MONTHS))
def test_a_line_hangs_on_nothing_before_it(month: str) -> None:
    for edition in _fitted(month):
        words = phrases(edition.language)
        connectives = [
            one for kind in words.keys("connective") if kind != "lower" for one in words.choices("connective", kind)
        ]
        for paragraph in edition.opening.paragraphs:
            assert not paragraph[0].text.startswith(tuple(connectives))


def _doubled(edition: Edition) -> Edition:
    """The edition with its first story told twice, under ids of its own."""
    section = edition.sections[0]
    again = tuple(replace(one, id=one.id + "b") for one in section.paragraphs[0])
    return replace(
        edition,
        key_judgements=(edition.key_judgements[0], again[0]),
        sections=(replace(section, paragraphs=(*section.paragraphs, again)), *edition.sections[1:]),
    )


def test_one_line_at_most_says_what_would_change_it() -> None:
    twice = tuple(_doubled(edition) for edition in _member("sample"))
    made = brief(twice, made_month("sample").month, CATALOG, NONE, lambda _: True)
    first, second = made[0].opening.paragraphs
    assert [one.role for one in second] == [Role.LEAD, Role.ASSESSMENT, Role.CONFIDENCE] and len(first) == 4


def test_rows_of_due_dates_are_few_and_fewer_where_room_is_short() -> None:
    whole, member = made_month("harbor").month, _member("harbor")
    due = next(claim for claim in whole.claims if claim.qualifier("due"))
    shown = {id_ for one in member[0].sentences() for id_ in one.claims}
    cited = {one.report for one in member[0].references}
    chosen = [claim for claim in whole.claims if claim.id in shown and claim.report in cited][:7]
    assert due.object is not None
    made_due = {
        claim.id: replace(due, id=claim.id, report=claim.report, object=replace(due.object, id=f"cve/{n}"))
        for n, claim in enumerate(chosen)
    }
    claims = tuple(made_due.get(claim.id, claim) for claim in whole.claims)
    month, rows = replace(whole, as_of=BEFORE_THE_DUE_DATE, claims=claims), []

    def never(editions: tuple[Edition, ...]) -> bool:
        rows.append(len(editions[0].tables[0].rows))
        return False

    brief(member, month, CATALOG, NONE, never)
    assert rows[:2] == [limit("brief_rows"), limit("brief_rows_least")] and rows[-1] == 1


def test_pointers_lead_to_the_section_that_tells_more() -> None:
    for made, member in zip(_fitted("harbor"), _member("harbor"), strict=True):
        for pointer in made.pointers:
            section = member.sections[pointer.section - 1]
            assert pointer.sentence in {paragraph[0].id for paragraph in section.paragraphs}


def test_what_does_not_fit_is_left_out_in_order() -> None:
    seen: list[tuple[int, bool, int]] = []

    def never(editions: tuple[Edition, ...]) -> bool:
        made = editions[0]
        rows = sum(len(table.rows) for table in made.tables)
        seen.append((len(made.opening.paragraphs), bool(made.figures), rows))
        return False

    made = _cut("harbor", never)
    assert [len(one.opening.paragraphs) for one in made] == [1, 1] and not made[0].figures
    assert [lines for lines, figure, _ in seen if figure] == sorted((n for n, f, _ in seen if f), reverse=True)
    assert seen == sorted(seen, key=lambda one: -one[1]), "the figure is kept as long as three lines fit with it"
    assert min(lines for lines, figure, _ in seen if figure) == limit("brief_lines_least")


def test_too_long_a_text_loses_lines_and_never_a_second_page() -> None:
    month = made_month("sample").month
    long = tuple(
        replace(
            edition,
            key_judgements=tuple(replace(one, text=one.text * 24) for one in edition.key_judgements),
        )
        for edition in _member("sample")
    )
    made = brief(long, month, CATALOG, NONE, pipeline._one_sheet(month, config.load()))
    issue = Issue(month=month, editions=made)
    assert [deliver.pages(issue, edition) for edition in made] == [1, 1]
    assert 1 <= len(made[0].opening.paragraphs) < 5 and not made[0].figures


@pytest.mark.parametrize(
    ("as_of", "rows"),
    [
        (BEFORE_THE_DUE_DATE, 1),
        (datetime(2026, 3, 27, 23, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 28, tzinfo=UTC), 0),
        (datetime(2026, 2, 13, tzinfo=UTC), 1),
        (datetime(2026, 2, 12, tzinfo=UTC), 0),
    ],
)
def test_due_dates_of_the_next_weeks(as_of: datetime, rows: int) -> None:
    month = replace(made_month("harbor").month, as_of=as_of)
    for made in brief(_member("harbor"), month, CATALOG, NONE, lambda _: True):
        found = [row for table in made.tables for row in table.rows]
        assert len(found) == rows
        day = {"ja": "2026 年 3 月 27 日", "en": "27 March 2026"}[made.language]
        assert all(row.cells == (day, "CVE-2026-41234", "CISA") for row in found)


def _changed(month: Month, **fields: object) -> Month:
    """The month with every statement of a due date changed."""
    claims = tuple(replace(claim, **fields) if claim.qualifier("due") else claim for claim in month.claims)  # type: ignore[arg-type]
    return replace(month, as_of=BEFORE_THE_DUE_DATE, claims=claims)


@pytest.mark.parametrize("what", ["negated", "hedged", "not in the member edition", "a page that it does not cite"])
def test_a_due_date_is_a_flat_statement_of_the_member_edition(what: str) -> None:
    month, member = made_month("harbor").month, _member("harbor")
    claim = next(claim for claim in month.claims if claim.qualifier("due"))
    if what == "negated":
        month = _changed(month, negated=True)
    elif what == "hedged":
        month = _changed(month, hedge=replace(claim.hedge, rung=Rung.POSSIBLE))
    elif what == "not in the member edition":
        month = _changed(month, id="elsewhere")
    else:
        month = _changed(month, report="elsewhere")
    assert not any(made.tables for made in brief(member, month, CATALOG, NONE, lambda _: True))


def test_whom_it_touches_is_named_beside_the_line() -> None:
    named = _cut("harbor", interests=Interests(ids=frozenset({"country/TJ", "country/BR"})))
    assert [[one.matters for one in made.pointers if one.matters] for made in named] == [
        [("タジキスタン",)],
        [("Tajikistan",)],
    ]
    assert not any(one.matters for made in _cut("harbor") for one in made.pointers)
    issue = Issue(month=made_month("harbor").month, editions=named)
    assert "（会員版 第 1 節、関心分野：タジキスタン）" in markdown.render(issue, named[0]).decode()
    assert "your profile: Tajikistan" in html.render(issue, named[1]).decode()


def test_a_denied_statement_touches_nobody() -> None:
    month, interests = made_month("harbor").month, Interests(ids=frozenset({"country/TJ"}))
    denied = replace(month, claims=tuple(replace(claim, negated=True) for claim in month.claims))
    made = brief(_member("harbor"), denied, CATALOG, interests, lambda _: True)
    assert not any(one.matters for one in made[0].pointers)


def test_a_product_of_the_reader_s_touches_them() -> None:
    claims = [claim for claim in made_month("kanto").month.claims if "kazelink" in claim.subject.name.casefold()]
    assert Interests(products=("kazelink",)).has(claims[0].subject)
    assert not Interests(products=("otherlink",)).has(claims[0].subject)


@pytest.mark.parametrize("closed", [Tlp.GREEN, Tlp.AMBER])
def test_its_marking_is_that_of_what_it_shows_and_never_above_the_member_edition(closed: Tlp) -> None:
    whole = made_month("harbor")
    cited = {reference.report for reference in _fitted("harbor")[0].references}
    for number, document in enumerate(whole.month.documents):
        marked = tuple(replace(one, marking=closed) if one is document else one for one in whole.month.documents)
        issue = replace(whole, month=replace(whole.month, documents=marked))
        for made, member in zip(_fitted("harbor"), _member("harbor"), strict=True):
            assert highest_marking(issue, made) <= highest_marking(issue, member), number
            if document.sha256 in cited:
                assert highest_marking(issue, made) is closed
            text = html.render(replace(issue, editions=(made,)), made).decode()
            assert (f"{closed.label}<" in text) is (highest_marking(issue, made) is closed)


def test_what_is_above_the_ceiling_is_seen_by_neither() -> None:
    month = made_month("harbor").month
    closed = replace(month, documents=tuple(replace(one, marking=Tlp.AMBER) for one in month.documents))
    for kind in (EditionKind.MEMBER, EditionKind.BRIEF):
        assert not visible(closed, kind).claims and visible(month, kind).claims


def test_gaps_stand_in_one_line_and_a_copy_is_none() -> None:
    whole = made_month("kanto")
    gaps = tuple(
        Gap(source=name, kind=kind, message="")
        for name, kind in [
            ("a.example", "http"),
            ("b.example", "http"),
            ("b.example", "robots"),
            ("c.example", "http"),
            ("d.example", "http"),
            ("twice.md", "duplicate"),
        ]
    )
    made = _fitted("kanto")[1]
    for given, line in (
        (gaps, "Sources that could not be used: 4 (a.example; b.example; c.example; and others)."),
        (gaps[-1:], "No source failed this month."),
    ):
        issue = Issue(month=replace(whole.month, gaps=given), editions=(made,))
        assert line in html.render(issue, made).decode()
        assert line in markdown.render(issue, made).decode().replace("\\", "")


def test_a_month_without_a_line_has_an_empty_brief() -> None:
    bare = tuple(replace(edition, key_judgements=()) for edition in _member("kanto"))
    made = brief(bare, made_month("kanto").month, CATALOG, NONE, lambda _: True)
    assert [one.opening.paragraphs for one in made] == [(), ()]
    issue = Issue(month=made_month("kanto").month, editions=made)
    assert [deliver.pages(issue, edition) for edition in made] == [1, 1]


def test_the_fullest_version_is_used_where_paper_cannot_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "pages", lambda *_: 0)
    assert len(_cut("kanto", pipeline._one_sheet(made_month("kanto").month, config.load()))[0].opening.paragraphs) == 5
