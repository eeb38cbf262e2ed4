"""The month as a list of steps: collect, read, judge, write, deliver. The only file that knows every stage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import re2

from geppo import collect, deliver
from geppo.catalog import Catalog, Name
from geppo.config import Settings
from geppo.judge.background import Observed, observe
from geppo.judge.month import judge_month
from geppo.judge.trends import find_trends
from geppo.knowledge.store import Store
from geppo.llm.session import Session
from geppo.model.claim import Claim
from geppo.model.edition import Edition, EditionKind, Issue, Month
from geppo.model.edits import Edits
from geppo.model.entity import Mention
from geppo.model.report import Document, Fetched, Gap
from geppo.model.time import Period
from geppo.read.proposed import further
from geppo.read.reading import Reading, read_document
from geppo.read.text import read_text
from geppo.relay.report import own_networks
from geppo.rounds import Progress, silent
from geppo.rounds import Readings as Readings
from geppo.rounds import read_documents as read_documents
from geppo.write.brief import Interests
from geppo.write.edition import Options, write_issue
from geppo.write.smooth import Smoother

if TYPE_CHECKING:
    from geppo.collect._http import Client
    from geppo.collect._state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collection brought."""

    new: int
    known: int
    gaps: tuple[Gap, ...]


def keep(fetched: Iterable[Fetched | Gap], store: Store, settings: Settings, now: datetime) -> Collected:
    """Archive what sources gave. A document that cannot be taken becomes a gap and harms nothing else."""
    new = known = 0
    gaps: list[Gap] = []
    for item in fetched:
        if isinstance(item, Gap):
            gaps.append(item)
            continue
        try:
            document = read_text(item, settings)
        except Exception as error:
            gaps.append(collect.refused(item, error))
            continue
        first = next(iter(store.retrievals(document.sha256)), None)
        if store.add_document(document, item.data, item.headers):
            new += 1
            continue
        known += 1
        # The same file again is no gap, a copy always is one: a collection that was cut off and run again leaves the
        # same month.
        if first is None or (first.name, first.url) != (item.name, document.url):
            gaps.append(Gap(source=item.name, kind="duplicate", message="the same bytes are archived already"))
    for gap in gaps:
        store.add_gap(gap, now)
    return Collected(new=new, known=known, gaps=tuple(gaps))


def collect_paths(paths: Sequence[Path], store: Store, settings: Settings, now: datetime) -> Collected:
    """Archive files and folders."""
    entries = [collect.Entry(kind="folder", name=path.name, place=str(path)) for path in paths]
    return keep(collect.collect(entries, settings, now), store, settings, now)


def collect_sources(
    entries: Sequence[collect.Entry],
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    client: Client,
    state: State,
    since: date | None = None,
    progress: Progress = silent,
) -> Collected:
    """Archive what the sources have that is new, many at once. Each document is kept before its source goes on."""
    from geppo.collect._run import visits

    new = known = 0
    gaps: dict[str, list[Gap]] = {entry.name: [] for entry in entries}

    def shown(done: int, count: int) -> None:
        progress("sources", done, count)

    coming = visits(entries, settings, now, client=client, state=state, since=since, progress=shown)
    with closing(coming):
        for entry, item in coming:
            if item is None:
                state.finish(entry.name, now, gaps[entry.name])
                continue
            if isinstance(item, Fetched) and state.has(entry.name, item):
                known += 1
                continue
            kept = keep((item,), store, settings, now)
            new, known = new + kept.new, known + kept.known
            gaps[entry.name] += kept.gaps
            if isinstance(item, Fetched):
                refusal = next((gap.kind for gap in kept.gaps if gap.kind != "duplicate"), "")
                state.note(entry.name, item, refusal)
    # In the order of the sources, not of their arrival.
    return Collected(new=new, known=known, gaps=tuple(gap for entry in entries for gap in gaps[entry.name]))


_GAP = re2.compile(r"([A-Za-z0-9Ѐ-ӿ가-힣)%]) ([ぁ-んァ-ヶ一-龠々])|([ぁ-んァ-ヶ一-龠々]) ([A-Za-z0-9Ѐ-ӿ가-힣(])")


def _tight(text: str) -> str:
    """Without the thin gaps that the writer puts between kana and digits; twice, as 「で 8 社」 shares its digit."""
    return str(_GAP.sub(r"\1\2\3\4", _GAP.sub(r"\1\2\3\4", text)))


class MonthReader:
    """Reads a finished sentence back for the gate, with the month's names known."""

    def __init__(self, catalog: Catalog, names: Sequence[Name], published: date) -> None:
        self._catalog, self._names, self._published = catalog, tuple(names), published
        self._read: dict[tuple[str, str], Reading] = {}

    def _reading(self, text: str, language: str) -> Reading:
        key = (text, language)
        if key not in self._read:
            plain = _tight(text) if language == "ja" else text
            document = loose_document(plain, language, self._published)
            self._read[key] = read_document(document, self._catalog, self._names)
        return self._read[key]

    def claims(self, text: str, language: str) -> tuple[Claim, ...]:
        """The claims that a sentence makes."""
        return self._reading(text, language).claims

    def mentions(self, text: str, language: str) -> tuple[Mention, ...]:
        """The names in it."""
        return self._reading(text, language).report.mentions


def loose_document(text: str, language: str, published: date, publisher: str = "") -> Document:
    """A text without an archive behind it, as a document."""
    return Document(
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        name="text",
        media_type="text/plain",
        collected=datetime(published.year, published.month, published.day, tzinfo=UTC),
        publisher=publisher,
        title="",
        url="",
        language=language,
        published=published,
        text=text,
    )


def judge(
    documents: Sequence[Document],
    readings: Readings,
    gaps: Sequence[Gap],
    *,
    period: Period,
    as_of: datetime,
    catalog: Catalog,
    settings: Settings,
    earlier: Month | None,
    background: Sequence[Observed] = (),
) -> Month:
    """Weigh what was read. `earlier` is the month before; `background` are months that this one is compared with."""
    judged = judge_month(
        readings.reports,
        readings.claims,
        period=period,
        catalog=catalog,
        settings=settings,
        earlier=earlier.stories if earlier else (),
        background=background,
    )
    month = Month(
        period=period,
        as_of=as_of,
        documents=tuple(documents),
        claims=readings.claims,
        assessments=judged.assessments,
        stories=judged.stories,
        gaps=tuple(sorted((*gaps, *readings.gaps), key=lambda gap: (gap.source, gap.kind))),
        networks=own_networks(documents, settings.text("deliver.organisation")),
        houses=judged.houses,
    )
    trends = find_trends(observe(month, catalog), background, settings) if background else ()
    return replace(month, assessments=(*month.assessments, *trends))


def months_before(
    store: Store, period: Period, as_of: datetime, catalog: Catalog, settings: Settings
) -> tuple[Observed, ...]:
    """The months before one that were judged by `as_of`, in the few numbers that later ones are compared with."""
    found: list[Observed] = []
    here = period
    for _ in range(settings.integer("judge.trends.months")):
        here = here.previous
        month = store.month(here, as_of)
        if month is not None:
            found.append(observe(month, catalog))
    return tuple(reversed(found))


def month_documents(store: Store, period: Period, as_of: datetime, settings: Settings) -> tuple[Document, ...]:
    """What a month is judged from: the documents that counted at `as_of`, of the period and a look-back.

    In are those published in the look-back before the period, in it, or shortly after it, and older ones that we got to
    know within the look-back: background that was collected for the issue. Versions of one page collapse here, in the
    question to the store, because a newer version may carry a date outside the period and must still replace the older.
    """
    since = period.span.start - timedelta(days=settings.integer("store.lookback_days"))
    until = period.span.end + timedelta(days=settings.integer("store.follow_days"))
    start = datetime(since.year, since.month, since.day, tzinfo=UTC)
    dated = store.documents(as_of, since, until)
    older = store.documents(as_of, None, since - timedelta(days=1), start)
    return tuple(sorted((*dated, *older), key=lambda document: (document.published, document.sha256)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A month that is read and judged, ready to be written as often as an editor wants."""

    month: Month
    readings: Readings
    catalog: Catalog
    reader: MonthReader
    settings: Settings

    def issue(
        self,
        kinds: Sequence[EditionKind],
        edits: Edits | None = None,
        *,
        strict: bool = True,
        llm: Session | None = None,
    ) -> Issue:
        """Its editions, with edits, and with a model's wordings. Raises GateError as `write_issue` does."""
        options = Options(
            interests=_interests(self.settings),
            fits=_one_sheet(self.month, self.settings),
            smoother=Smoother(llm) if llm is not None and llm.options.wording else None,
            edits=edits,
            strict=strict,
        )
        return write_issue(self.month, self.catalog, self.reader, kinds, options)


def draft_month(
    store: Store,
    period: Period,
    *,
    as_of: datetime,
    settings: Settings,
    catalog: Catalog,
    progress: Progress = silent,
    llm: Session | None = None,
) -> Draft:
    """Read and judge a month from what the store knew at `as_of`. Nothing is stored.

    `llm` is asked for further claims where its options say so.
    """
    documents = month_documents(store, period, as_of, settings)
    readings = read_documents(documents, catalog, progress)
    if llm is not None and llm.options.claims:
        more = further(readings.reports, readings.claims, catalog, llm)
        readings = replace(readings, claims=(*readings.claims, *more))
    progress("judging", 0, 1)
    month = judge(
        documents,
        readings,
        store.gaps(as_of, period.span.start - timedelta(days=1)),
        period=period,
        as_of=as_of,
        catalog=catalog,
        settings=settings,
        earlier=store.month(period.previous, as_of),
        background=months_before(store, period, as_of, catalog, settings),
    )
    progress("judging", 1, 1)
    return Draft(
        month=month,
        readings=readings,
        catalog=catalog,
        reader=MonthReader(catalog, readings.names, period.span.end),
        settings=settings,
    )


def run_month(
    store: Store,
    period: Period,
    *,
    as_of: datetime,
    settings: Settings,
    catalog: Catalog,
    kinds: Sequence[EditionKind] = (EditionKind.MEMBER, EditionKind.PUBLIC),
    progress: Progress = silent,
    now: datetime | None = None,
    edits: Edits | None = None,
    llm: Session | None = None,
) -> Issue:
    """Read, judge and write a month from what the store knew at `as_of`, with an editor's edits.

    Raises GateError if an edition or an edit fails. `now` is when readings and judgement are known (by default
    `as_of`); it is kept and stands in no issue. `llm` is asked for further claims and for wordings where its options
    say so; what it fails at is a gap of the issue.
    """
    draft = draft_month(store, period, as_of=as_of, settings=settings, catalog=catalog, progress=progress, llm=llm)
    claims_of: dict[str, list[Claim]] = {report.id: [] for report in draft.readings.reports}
    for claim in draft.readings.claims:
        claims_of[claim.report].append(claim)
    with store.batch():
        for report in draft.readings.reports:
            store.add_reading(report, claims_of[report.id], now or as_of)
        store.add_month(draft.month, now or as_of)
    progress("writing", 0, 1)
    issue = draft.issue(kinds, edits, llm=llm)
    progress("writing", 1, 1)
    if llm is None:
        return issue
    return replace(issue, month=replace(issue.month, gaps=(*issue.month.gaps, *llm.gaps())))


def _interests(settings: Settings) -> Interests:
    """The reader's profile, as the settings `reader.…` have it."""
    country, sectors = settings.text("reader.country"), settings.text("reader.sectors").split()
    products = (one.strip().casefold() for one in settings.text("reader.products").split(";"))
    return Interests(ids=frozenset({f"country/{country}", *sectors}), products=tuple(one for one in products if one))


def _one_sheet(month: Month, settings: Settings) -> Callable[[tuple[Edition, ...]], bool]:
    """Whether a brief is one page on paper in all its languages; true where paper cannot be set here."""

    def fits(editions: tuple[Edition, ...]) -> bool:
        issue = Issue(month=month, editions=editions)
        return all(deliver.pages(issue, edition, settings) <= 1 for edition in editions)

    return fits


def write_out(issue: Issue, out: Path, settings: Settings, progress: Progress = silent) -> tuple[Path, ...]:
    """Draw and write the files of an issue."""
    progress("delivering", 0, 1)
    paths = deliver.write(issue, out, settings)
    progress("delivering", 1, 1)
    return paths
