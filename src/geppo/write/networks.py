"""Relay networks this month: section, picture and table on networks in our own records, beside the counts of others.

Each count stands with its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from geppo.model.edition import Bar, Counts, Figure, Role, Row, Table
from geppo.model.relay import OwnNetwork, TrackRow
from geppo.write.chart import sizes
from geppo.write.cite import Citations
from geppo.write.compose import Composer
from geppo.write.facts import own_networks
from geppo.write.outline import Planner
from geppo.write.phrases import fill
from geppo.write.statement import SectionPlan, Statement, statement

SECTION = "own-networks"
_LEVEL = "95"
MOST_NETWORKS = 6
MOST_BARS = 12
MOST_ROWS = 20


def _claims(planner: Planner, one: OwnNetwork) -> tuple[str, ...]:
    """Claims of our note on a network; of one that is gone it has none."""
    said = [claim for claim in planner.month.claims if claim.report == one.report]
    return tuple(claim.id for claim in said if claim.subject.name == one.name)


# -- the section ---------------------------------------------------------------------------------------------------


def section(planner: Planner, sayable: Callable[[Statement], bool]) -> SectionPlan | None:
    """The section, or None where our notes hold nothing that can be said in both languages."""
    paragraphs: list[tuple[Statement, ...]] = []
    heading: Statement | None = None
    rule: list[Statement] = []
    for one in own_networks(planner.month)[:MOST_NETWORKS]:
        made = tuple(said for said in _statements(planner, one) if sayable(said))
        now = one.row(planner.month.period)
        if made:
            paragraphs.append(made)
        if made and now is not None and heading is None:
            heading = _said(planner, one, "heading", now, None)
            rule = [statement("network.rule", Role.NOTE, "", 0.0, claims=made[0].claims, values={"method": now.method})]
    if heading is None:
        return None
    paragraphs += [(said,) for said in rule if sayable(said)]
    return SectionPlan(
        id=SECTION, theme="relay-infrastructure", story="", heading=heading, paragraphs=tuple(paragraphs)
    )


def _statements(planner: Planner, one: OwnNetwork) -> Iterator[Statement]:
    now, before = one.row(planner.month.period), one.row(planner.month.period.previous)
    if not _claims(planner, one):
        return
    if now is None:
        if before is not None:
            yield _said(planner, one, "gone", before, None)
        return
    yield _said(planner, one, "size", now, None)
    if before is not None:
        yield _said(planner, one, now.trend if now.trend in ("grew", "shrank") else "within", now, before)
    elif len(one.rows) == 1:
        yield _said(planner, one, "born", now, None)


def _said(planner: Planner, one: OwnNetwork, form: str, row: TrackRow, before: TrackRow | None) -> Statement:
    """A statement on a network; made records have words of their own, so that no sentence tells them as seen."""
    month, last = planner.month.period, planner.month.period.previous
    values = {
        "S": one.name, "M": str(month), "B": str(last), "level": _LEVEL, "n": str(row.addresses), "low": str(row.low),
        "high": str(row.high), "new": str(row.new), "gone": str(row.gone),
        # As Japanese prints a month, for the gate: without a nought in front.
        "months": f"{month.month} {last.month}",
    }  # fmt: skip
    if before is not None:
        values["before"] = str(before.addresses)
    name = f"network.{form}_made" if one.made else f"network.{form}"
    return statement(name, Role.CLAIM, "", 0.0, claims=_claims(planner, one), values=values)


# -- the picture and the table -------------------------------------------------------------------------------------


def figure(planner: Planner, composer: Composer, citations: Citations) -> Figure | None:
    """Our own counts, month by month; made records are called so in caption and bars."""
    networks = [one for one in own_networks(planner.month) if _claims(planner, one)]
    if not networks:
        return None
    bars = [
        _bar(planner, composer, citations, one, row)
        for one in networks
        for row in one.rows
        if row.month.span.start <= planner.month.period.span.start
    ][:MOST_BARS]
    made = any(one.made for one in networks)
    names = composer.wording.listed([one.name for one in networks])
    caption = composer.phrases.text("figure", "networks_caption_made" if made else "networks_caption")
    return Figure(
        id="networks",
        title=composer.phrases.text("figure", "networks_title"),
        caption=composer.wording_sentence(fill(caption, {"S": names})),
        rule=composer.phrases.text("figure", "networks_rule"),
        alt="; ".join(f"{bar.group}, {bar.when}: {bar.printed}" for bar in bars),
        body=Counts(bars=tuple(bars)),
    )


def _bar(planner: Planner, composer: Composer, citations: Citations, one: OwnNetwork, row: TrackRow) -> Bar:
    words, claims = composer.networks, _claims(planner, one)
    publisher = planner.documents[one.report].publisher
    return Bar(
        group=composer.wording_sentence(words.name(one.name, made=one.made)),
        label=words.month(row.month),
        value=float(row.addresses),
        printed=composer.wording_sentence(words.count(row)),
        counter=composer.publishers.get(publisher, publisher),
        when=words.month(row.month),
        claims=claims,
        citations=citations.marks(claims),
    )


def table(planner: Planner, composer: Composer, citations: Citations) -> Table:
    """All counts of networks beside their rules: ours first, then those of others."""
    words, month, last = composer.networks, planner.month.period, planner.month.period.previous
    none = composer.phrases.text("network_cell", "none")
    rows: list[Row] = []
    ours = own_networks(planner.month)
    for one in ours:
        now, before = one.row(month), one.row(last)
        shown = now or before
        if shown is None:
            continue
        publisher = planner.documents[one.report].publisher
        by = f"{composer.publishers.get(publisher, publisher)}, {words.month(month)}"
        count = words.count(now) if now else none
        cells = (words.name(one.name, made=one.made), count, words.rule(shown), by, words.change(now, before))
        rows.append(_row(composer, citations, cells, _claims(planner, one)))
    own = {one.report for one in ours}
    for claim in sizes(planner):
        if claim.report in own or claim.count is None:
            continue
        when = composer.wording.when(claim.when) if claim.when else composer.wording.full_date(claim.published)
        unit = composer.label(claim.count.unit.id)
        rule = fill(composer.phrases.text("network_cell", "rule_other"), {"U": unit})
        name, count = composer.wording.term(claim.subject), composer.wording.count(claim.count)
        cells = (name, count, rule, f"{composer.speaker(claim)}, {when}", none)
        rows.append(_row(composer, citations, cells, (claim.id,)))
    return Table(
        id="networks",
        heading=composer.phrases.text("table", "networks"),
        columns=tuple(composer.phrases.text("column", one) for one in ("network", "count", "rule", "by", "since")),
        rows=tuple(rows[:MOST_ROWS]) if ours else (),
    )


def _row(composer: Composer, citations: Citations, cells: tuple[str, ...], claims: tuple[str, ...]) -> Row:
    printed = tuple(composer.wording_sentence(cell) for cell in cells)
    return Row(cells=printed, claims=claims, assessments=(), citations=citations.marks(claims))
