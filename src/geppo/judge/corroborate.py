"""How likely a statement is, given who stands behind it: origins multiply, repeats add nothing.

A source's Admiralty letter has a likelihood ratio for a flat statement (`speakers.toml`). A hedged statement carries
proportionally less: with q the middle of its rung's range and Q that of `confirmed`, a source of probability
P = LR / (1 + LR) gives p = 1/2 + (q - 1/2) * (P - 1/2) / (Q - 1/2). Odds of independent origins multiply; an origin
that leans on another one (credits or links it) counts half, since they may share data. The result stays within .01–.99.

Confidence follows the base and not the number: high from two independent primaries on, moderate for one primary with
published evidence of its own or a second origin, low otherwise; a step less where no primary was judged reliable.

Assessments of kind `corroboration` hold: `predicate`, `negated`, `origins`, `primaries`, `repeats` (counts of reports),
`uncredited` (how many of the repeats name nobody that they have it from; empty for none),
`rung` and `grade` (the strongest origin's own words), `alone` (the publisher, where one origin stands alone), `opposed`
(origins that say the opposite), `reliability` (A to F, the best of the origins) and `credibility` (1 to 6): the two
marks of the Admiralty code, which are never multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geppo.config import Settings
from geppo.judge._reference import Standing, ladder, predicates, short_id, speaker_words
from geppo.judge.citations import Citations
from geppo.judge.origins import NAMED, Trace
from geppo.judge.statements import Statement
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Evidence, Likelihood
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.observable import Verdict
from geppo.model.report import Report

_FLOOR, _CEILING = 0.01, 0.99
_PRIMARIES_FOR_HIGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One origin as it weighs: the rung it used, its letter, and which others it may share a base with."""

    root: str
    rung: Rung
    grade: str
    primary: bool
    concluded: bool
    bloc: str


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _chance(logit: float) -> float:
    return min(_CEILING, max(_FLOOR, 1 / (1 + math.exp(-logit))))


def _mean(rung: Rung) -> float:
    low, high = ladder()[rung]
    return (low + high) / 2


def weight(stated: float, ratio: float, share: float) -> float:
    """Log-odds that a source adds that states a probability, by the formula above; `share` scales a conclusion."""
    trusted = ratio / (1 + ratio)
    step = (stated - 0.5) * (trusted - 0.5) / (_mean(Rung.CONFIRMED) - 0.5) * share
    return _logit(min(_CEILING, max(_FLOOR, 0.5 + step)))


def combine(voices: Sequence[Voice], against: Sequence[Voice], settings: Settings) -> Likelihood | None:
    """Likelihood of a statement with voices for and against it; None where no voice has a range.

    Weak words of several sources never pull each other down: beyond the strongest, only voices above one half count.
    """
    if not any(voice.rung in ladder() for voice in voices):
        return None
    ends = []
    for end in (0, 1, 2):
        score = _total(voices, end, settings) - max(0.0, _total(against, 2 - end, settings) if against else 0.0)
        ends.append(_chance(score))
    low, point, high = sorted(ends)
    return Likelihood(low=round(low, 4), point=round(point, 4), high=round(high, 4))


def _total(voices: Sequence[Voice], end: int, settings: Settings) -> float:
    """Sum of log-odds at the low (0), middle (1) or high (2) end of what each voice may mean."""
    spread, rho = settings.number("judge.corroborate.spread"), settings.number("judge.corroborate.rho")
    scale = (1 - spread, 1.0, 1 + spread)[end]
    scored = []
    for voice in voices:
        if voice.rung in ladder():
            low, high = ladder()[voice.rung]
            share = settings.number("judge.corroborate.conclusion") if voice.concluded else 1.0
            ratio = speaker_words().ratios[voice.grade]
            scored.append((weight((low, (low + high) / 2, high)[end], ratio, share) * scale, voice))
    scored.sort(key=lambda pair: (-pair[0], pair[1].root))
    total, blocs = 0.0, set[str]()
    for place, (value, voice) in enumerate(scored):
        if place and value <= 0:
            break
        total += value * (rho if voice.bloc and voice.bloc in blocs else 1.0)
        blocs.add(voice.bloc)
    return total


def confidence(voices: Sequence[Voice], evidence_published: bool) -> Confidence:
    """Confidence by rule. A primary counts where it holds the statement at least likely.

    At least one must be a source that was judged fairly reliable or better; of two that nobody has judged, each is the
    other's confirmation and no more.
    """
    firm = [voice for voice in voices if voice.primary and STRENGTH[voice.rung] >= STRENGTH[Rung.LIKELY]]
    judged = any(voice.grade in speaker_words().judged for voice in firm)
    if len(firm) >= _PRIMARIES_FOR_HIGH:
        return Confidence.HIGH if judged else Confidence.MODERATE
    if judged and (evidence_published or len(voices) >= _PRIMARIES_FOR_HIGH):
        return Confidence.MODERATE
    return Confidence.LOW


def credibility(voices: Sequence[Voice], opposed: Sequence[Voice], evidence_published: bool) -> str:
    """Credibility of the information by the Admiralty code, 1 to 6, from what corroborates it and not from the letters.

    1 confirmed: two independent primaries; 2 probably true: one with published evidence; 3 possibly true: one without,
    or two of which others say the opposite; 5 improbable: not confirmed, and others say the opposite; 6 cannot be
    judged: no primary. A weak hedge of all primaries takes 1 and 2 to 3. 4 (not logical) needs a reader.
    """
    primaries = [voice for voice in voices if voice.primary]
    if not primaries:
        return "5" if opposed else "6"
    confirmed = len(primaries) >= _PRIMARIES_FOR_HIGH
    if opposed:
        return "3" if confirmed else "5"
    if not any(STRENGTH[voice.rung] >= STRENGTH[Rung.LIKELY] for voice in primaries):
        return "3"
    return "1" if confirmed else "2" if evidence_published else "3"


def publishes_evidence(report: Report) -> bool:
    """True where a report offers values that others can check."""
    return any(seen.verdict is Verdict.MALICIOUS for seen in report.observables)


class Weigher:
    """Weighs the origins of statements."""

    def __init__(self, graph: Citations, settings: Settings) -> None:
        self._graph, self._settings = graph, settings

    def standing(self, root: str, own: bool) -> Standing:
        """What an origin is worth.

        Own observation lifts a house to what an unknown observer is worth, never down, and never against a letter that
        the user gave. A speaker whom only others quote is worth less than a page, by a given letter still less.
        """
        words, directory = speaker_words(), self._graph.directory
        if root.startswith(NAMED):
            known, given = words.unknown["named-only"], directory.grade(root.removeprefix(NAMED))
            weaker = given and words.ratios[given] < words.ratios[known.grade]
            return replace(known, grade=given, given=True) if weaker else known
        known = directory.standing(self._graph.reports[root].document.publisher, own)
        floor = words.unknown["own-observation"]
        lifted = own and not known.given and words.ratios[known.grade] < words.ratios[floor.grade]
        return floor if lifted else known

    def voice(self, root: str, own: bool, claims: Sequence[Claim]) -> Voice:
        """An origin by the strongest of the claims that lead to it. What only a model read makes no primary."""
        read = [claim for claim in claims if not claim.proposed]
        best = max(read or claims, key=lambda claim: (claim.report == root, STRENGTH[claim.hedge.rung], claim.id))
        return Voice(
            root=root,
            rung=best.hedge.rung,
            grade=self.standing(root, own).grade,
            primary=own and bool(read) and not root.startswith(NAMED),
            concluded=best.predicate in predicates("concluded"),
            bloc="",
        )

    def partners(self, voices: Sequence[Voice]) -> tuple[Voice, ...]:
        """The same voices, with one `bloc` for each two of which one leans on the other."""
        blocs: dict[str, str] = {}
        for voice in voices:
            for other in voices:
                if other.root in self._graph.leans_on.get(voice.root, ()):
                    bloc = blocs.get(other.root) or blocs.get(voice.root) or min(voice.root, other.root)
                    blocs[voice.root] = blocs[other.root] = bloc
        return tuple(replace(voice, bloc=blocs.get(voice.root, "")) for voice in voices)

    def voices(self, statement: Statement, trace: Trace) -> tuple[Voice, ...]:
        """The origins of one statement; an end whose own page lacks the statement speaks through its repeats."""
        found = []
        for root in trace.roots:
            behind = [claim for claim in statement.claims if trace.root_of.get(claim.report) == root]
            found.append(self.voice(root, root in trace.own, behind or list(statement.claims)))
        return self.partners(found)

    def evidence(self, voices: Sequence[Voice], repeats: Sequence[str]) -> tuple[Evidence, ...]:
        """One line an origin, with its bits, and one for the repeats."""
        lines = [
            Evidence(
                kind="origin",
                value=voice.root,
                group=voice.bloc or voice.root,
                weight=round(_total([voice], 1, self._settings) / math.log(2), 3),
                used=voice.rung in ladder(),
                reason=f"{voice.grade} {voice.rung.value}",
            )
            for voice in voices
        ]
        if repeats:
            lines.append(
                Evidence(
                    kind="repeats",
                    value=str(len(repeats)),
                    group="",
                    weight=0.0,
                    used=False,
                    reason="repeats add nothing",
                )
            )
        return tuple(lines)

    def further(self, voices: Sequence[Voice], against: Sequence[Voice]) -> tuple[tuple[str, float], ...]:
        """How much one more unrelated own observation would move the likelihood."""
        now = combine(voices, against, self._settings)
        if now is None:
            return ()
        grade = speaker_words().further
        new = Voice(root="", rung=Rung.CONFIRMED, grade=grade, primary=True, concluded=False, bloc="")
        after = combine([*voices, new], against, self._settings)
        opposed = combine(voices, [*against, new], self._settings)
        shifts = [("independent-observation", after), ("independent-denial", opposed)]
        moves = [(name, round(then.point - now.point, 4)) for name, then in shifts if then is not None]
        return tuple(sorted(moves, key=lambda pair: (-abs(pair[1]), pair[0])))

    @staticmethod
    def with_detail(assessment: Assessment, parts: Sequence[tuple[str, str]]) -> Assessment:
        """The same assessment with further parts."""
        return replace(assessment, detail=(*assessment.detail, *parts))

    def _uncredited(self, statement: Statement, trace: Trace) -> str:
        """How many repeats credit nobody: they count as repeats since they saw nothing. Empty for none."""
        graph = self._graph
        told = {claim.report for claim in statement.claims if claim.voices}
        alone = [
            page
            for page in trace.repeats
            if page not in told
            and not (graph.credits[page] or graph.leans_on[page] or page in graph.copy_of or page in graph.echoes)
        ]
        return str(len(alone)) if alone else ""

    def assess(self, statement: Statement, trace: Trace, against: tuple[Statement, Trace] | None) -> Assessment | None:
        """The assessment of one statement, or None where its words carry no likelihood."""
        voices = self.voices(statement, trace)
        opposed = self.voices(*against) if against else ()
        opposed = tuple(
            voice for voice in opposed if voice.rung is not Rung.NOT_FOUND and voice.root not in trace.roots
        )
        likelihood = combine(voices, opposed, self._settings)
        if likelihood is None or statement.predicate in (Predicate.ASSESSES, Predicate.DENIES):
            return None
        primaries = [voice for voice in voices if voice.primary]
        published = any(publishes_evidence(self._graph.reports[voice.root]) for voice in primaries)
        alone = self._graph.reports[voices[0].root].document.publisher if voices[0].root in self._graph.reports else ""
        best = max(voices, key=lambda voice: (STRENGTH[voice.rung], voice.root))
        grades = [
            claim.hedge.grade.value
            for claim in statement.claims
            if claim.hedge.grade and trace.root_of.get(claim.report) == claim.report
        ]
        return Assessment(
            id=short_id("a", "corroboration", *statement.key, *sorted(claim.id for claim in statement.claims)),
            kind=AssessmentKind.CORROBORATION,
            subjects=(statement.subject, *([statement.object] if statement.object else [])),
            claims=tuple(claim.id for claim in statement.claims),
            likelihood=likelihood,
            confidence=confidence(voices, published),
            origins=trace.origins(),
            evidence=self.evidence(voices, trace.repeats),
            detail=(
                ("predicate", statement.predicate.value),
                ("negated", "yes" if statement.negated else ""),
                ("origins", str(len(trace.roots))),
                ("primaries", str(len(primaries))),
                ("repeats", str(len(trace.repeats))),
                ("uncredited", self._uncredited(statement, trace)),
                ("rung", best.rung.value),
                ("grade", grades[0] if grades else ""),
                ("alone", (alone or voices[0].root.removeprefix(NAMED)) if len(voices) == 1 else ""),
                ("opposed", str(len(opposed)) if opposed else ""),
                (
                    "reliability",
                    min(voices, key=lambda voice: (-speaker_words().ratios[voice.grade], voice.grade)).grade,
                ),
                ("credibility", credibility(voices, opposed, published)),
            ),
            would_change=self.further(voices, opposed),
        )


def opposite_of(
    key: tuple[str, ...], statements: Mapping[tuple[str, ...], Statement], traces: Mapping[tuple[str, ...], Trace]
) -> tuple[Statement, Trace] | None:
    """The statement that says the opposite, with its trace."""
    other = (*key[:-1], "-" if key[-1] == "+" else "+")
    return (statements[other], traces[other]) if other in statements else None
