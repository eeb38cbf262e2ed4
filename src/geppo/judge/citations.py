"""Which page leans on which, whatever it says: credits, links, near-copies, shared rare values.

The graph is of pages. Which of two pages is the origin of one statement is `origins.py`'s question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from rensa import RMinHash, RMinHashLSH

from geppo.config import Settings
from geppo.judge.speakers import Directory, is_glued, is_nobody
from geppo.model.observable import ObservableType, Verdict
from geppo.model.report import Report

_BLANKED = {code: " " for code in range(128) if not chr(code).isalnum()}
_PERMUTATIONS = 128
_BANDS = 32
_SEED = 1
_WORDS, _CHARACTERS = 4, 7
_READ = 40_000
_HELD = 60

_TRACEABLE = frozenset(
    {
        ObservableType.IPV4,
        ObservableType.IPV6,
        ObservableType.DOMAIN,
        ObservableType.URL,
        ObservableType.MD5,
        ObservableType.SHA1,
        ObservableType.SHA256,
        ObservableType.SHA512,
        ObservableType.SSDEEP,
        ObservableType.MUTEX,
        ObservableType.CERTIFICATE_SERIAL,
        ObservableType.TELEGRAM,
        ObservableType.CRYPTOCURRENCY,
    }
)
_OFFERED = frozenset({Verdict.MALICIOUS, Verdict.VICTIM, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations:
    """Leanings between pages, by report id.

    `order` sorts reports by publication, then id. `credits` are names that a page gives as its sources (never its own
    house); `leans_on` are reports that it links to or whose house it credits, nearest first; `copy_of` is the earliest
    report of the same text; `echoes` is the earliest report that has the same rare observable.
    """

    directory: Directory
    reports: Mapping[str, Report]
    order: Mapping[str, tuple[str, str]]
    credits: Mapping[str, tuple[str, ...]]
    leans_on: Mapping[str, tuple[str, ...]]
    copy_of: Mapping[str, str]
    echoes: Mapping[str, str]

    def house(self, report: str) -> str:
        """Key of the house behind a report."""
        return self.directory.house(self.reports[report])


def shingles(text: str) -> frozenset[str]:
    """Overlapping word runs of a text; character runs where words stand without blanks."""
    text = text[:_READ].casefold()
    letters = text.translate(_BLANKED) if text.isascii() else "".join(c if c.isalnum() else " " for c in text)
    tokens = letters.split()
    glued = 0 if text.isascii() else sum(len(token) for token in tokens if is_glued(token))
    if glued * 3 > sum(map(len, tokens)):
        run = "".join(tokens)
        return frozenset(run[at : at + _CHARACTERS] for at in range(len(run) - _CHARACTERS + 1))
    return frozenset(" ".join(tokens[at : at + _WORDS]) for at in range(len(tokens) - _WORDS + 1))


def near_copies(texts: Sequence[tuple[str, str]], settings: Settings) -> tuple[tuple[str, str], ...]:
    """Pairs (earlier, later) of near-copies among (id, text) in order of time.

    MinHash with banding finds candidates, the exact Jaccard of the shingles decides (Broder 1997).
    """
    least, floor = settings.number("judge.copies.similarity"), settings.integer("judge.copies.shingles")
    grams = [(name, shingles(text)) for name, text in texts]
    grams = [(name, gram) for name, gram in grams if len(gram) >= floor]
    index = RMinHashLSH(threshold=least, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    found: list[tuple[str, str]] = []
    for place, (name, gram) in enumerate(grams):
        digest = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        digest.update(sorted(gram))
        for other in sorted(index.query(digest)):
            earlier, prior = grams[other]
            if len(gram & prior) >= least * len(gram | prior):
                found.append((earlier, name))
        index.insert(place, digest)
    return tuple(found)


def _address(url: str) -> str:
    """An address without scheme, `www.`, query, fragment and closing slash; empty for a bare host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    host = parts.netloc.casefold().removeprefix("www.")
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query and "utm_" not in parts.query else ""
    return f"{host}{path}{query}" if host and (path or query) else ""


def _credits(report: Report, directory: Directory) -> tuple[str, ...]:
    own = directory.house(report)
    names = dict.fromkeys((*directory.origins(report), *report.cites))
    return tuple(name for name in names if not is_nobody(name) and directory.key(name) != own)


def _echoes(ordered: Sequence[Report], most: int) -> dict[str, str]:
    """Report -> the earliest other report with the same rare observable."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for report in ordered:
        values = {
            (seen.type.value, seen.value)
            for seen in report.observables
            if seen.type in _TRACEABLE and seen.verdict in _OFFERED
        }
        for value in values:
            holders[value].append(report.id)
    place = {report.id: number for number, report in enumerate(ordered)}
    found: dict[str, str] = {}
    for value in sorted(holders):
        ids = holders[value]
        if not 2 <= len(ids) <= most:
            continue
        for later in ids[1:]:
            if later not in found or place[ids[0]] < place[found[later]]:
                found[later] = ids[0]
    return found


def _copies(ordered: Sequence[Report], settings: Settings) -> dict[str, str]:
    """Report -> the first report of the same text, by the order given."""
    place = {report.id: number for number, report in enumerate(ordered)}
    copies: dict[str, str] = {}
    for earlier, later in near_copies([(report.id, report.document.text) for report in ordered], settings):
        first = copies.get(earlier, earlier)
        if later not in copies or place[first] < place[copies[later]]:
            copies[later] = first
    return copies


def read_citations(reports: Sequence[Report], directory: Directory, settings: Settings) -> Citations:
    """Build the graph. The order of `reports` never matters."""
    ordered = sorted(reports, key=lambda report: (report.document.published, report.id))
    order = {report.id: (report.document.published.isoformat(), report.id) for report in ordered}
    by_address: dict[str, str] = {}
    for report in ordered:
        by_address.setdefault(_address(report.document.url), report.id)
    by_address.pop("", None)
    credited = {report.id: _credits(report, directory) for report in ordered}
    cited = Counter(directory.key(name) for report in ordered for name in credited[report.id])

    def first(report: Report) -> tuple[str, int, str]:
        """Of two copies of one day the page is the first whose house the others credit."""
        return (report.document.published.isoformat(), -cited[directory.house(report)], report.id)

    copies = _copies(sorted(ordered, key=first), settings)
    slack = timedelta(days=settings.integer("judge.origins.date_slack"))

    def latest(report: Report) -> tuple[str, str]:
        return ((report.document.published + slack).isoformat(), chr(0x10FFFF))

    leans: dict[str, tuple[str, ...]] = {}
    for report in ordered:
        linked = [by_address.get(_address(link), "") for link in report.document.links]
        housed = [
            held
            for name in credited[report.id]
            for held in reversed([one for one in directory.reports(directory.key(name)) if order[one] < latest(report)])
        ][:_HELD]
        leans[report.id] = tuple(name for name in dict.fromkeys((*linked, *housed)) if name and name != report.id)
    return Citations(
        directory=directory,
        reports={report.id: report for report in ordered},
        order=order,
        credits=credited,
        leans_on=leans,
        copy_of=copies,
        echoes=_echoes(ordered, settings.integer("judge.origins.rare_value")),
    )
