"""Two sides, one question: how likely is the link, how sure are we, which rivals remain, what would change it.

Every shared value is an item with a range of likelihood ratios; what depends on one server, sample or person is one
group, and one group counts once, through its best item. The prior and the ratios are ranges; the answer is the median
of the posterior with its 5-95 % range. Confidence follows from a rule table and never from the posterior.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType

from geppo.config import Settings
from geppo.errors import DataError
from geppo.judge.calibration import Platt
from geppo.judge.evidence import UNKNOWN_BACKGROUND, Background, Item, QuestionKind, Ratio, Side, Use, kinds
from geppo.judge.evidence._groups import CONTEXT, Group, arrange, drop_implied
from geppo.judge.evidence._odds import Term, log_odds, spread
from geppo.judge.evidence._question import (
    COOPERATION,
    RIVALS,
    SAME_CLUSTER,
    Question,
    Tables,
    Unseen,
    rival_factors,
    tables,
    unseen,
)
from geppo.judge.evidence._side import is_address, registered_domain
from geppo.model.assessment import Band, Confidence, Evidence, Likelihood, band
from geppo.registry import family

__all__ = ["COOPERATION", "SAME_CLUSTER", "Judgement", "Question", "QuestionKind", "assess", "items_in_common"]

_LEAST, _MOST = 0.01, 0.99
_DIGITS = 4
_BITS = 1.0 / math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer to a question about two sides.

    `likelihood` is the probability of the headline hypotheses (5 %, median, 95 %, within .01-.99). `word` is None where
    little but the prior speaks or the range is too wide for a word. `rule` is the key of the rule that set
    `confidence`. `evidence` holds every shared value, the dropped ones with their reason; weights are in bits at the
    median and add up with the prior. `shares` splits certainty over all six hypotheses, `rivals` are those beside the
    leading one, largest first. `would_change` are unseen things and the change of the median they would bring, the
    greatest first. `groups` counts independent observations, `context` names what moved the prior.
    """

    question: Question
    likelihood: Likelihood
    word: Band | None
    confidence: Confidence
    rule: str
    evidence: tuple[Evidence, ...]
    shares: tuple[tuple[str, float], ...]
    rivals: tuple[tuple[str, float], ...]
    would_change: tuple[tuple[str, float], ...]
    groups: int
    context: tuple[str, ...]

    @property
    def heaviest(self) -> tuple[Evidence, ...]:
        """The three used items that weigh most, in either direction."""
        used = [row for row in self.evidence if row.used]
        return tuple(sorted(used, key=lambda row: (-abs(row.weight), row.kind, row.value))[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A row of evidence and the term it adds to the odds, if any."""

    row: Evidence
    term: Term | None


@lru_cache(maxsize=1)
def _members() -> tuple[ModuleType, ...]:
    found = family("geppo.judge.evidence")
    if found.broken:
        raise DataError("; ".join(f"evidence member {member.name}: {member.reason}" for member in found.broken))
    return found.members


def _owns(publisher: str, name: str) -> bool:
    """True where a name is the publisher's own site."""
    if not name or is_address(name):
        return False
    domain = registered_domain(name.lower()) or name.lower()
    plain = "".join(sign for sign in publisher.lower() if sign.isalnum() or sign == ".")
    return plain in (domain, domain.partition(".")[0])


def _boilerplate(item: Item, publisher: str, background: Background, settings: Settings) -> str:
    """Why a value is the common publisher's boilerplate, or an empty text."""
    if item.kind in ("host", "domain") and _owns(publisher, item.value):
        return f"boilerplate: the publisher's own name ({publisher})"
    holding, reported = background.repeated(publisher, item.kind, item.value)
    enough = holding >= settings.integer("overlap.boilerplate.actors")
    if enough and holding >= settings.number("overlap.boilerplate.share") * reported:
        return f"boilerplate: {publisher} repeats it over {holding} of {reported} actors"
    return ""


def items_in_common(a: Side, b: Side, background: Background, settings: Settings) -> list[Item]:
    """Every shared value as an item; implied values and boilerplate are marked as not used, with the reason."""
    found: list[Item] = [item for member in _members() for item in member.shared(a, b, background)]
    if a.publisher and a.publisher == b.publisher:
        reasons = [_boilerplate(item, a.publisher, background, settings) for item in found]
        found = [
            replace(item, used=False, reason=reason) if item.used and reason else item
            for item, reason in zip(found, reasons, strict=True)
        ]
    return drop_implied(found)


def _logs(ratio: Ratio) -> tuple[float, float]:
    return math.log(ratio.low), math.log(ratio.high)


def _row(item: Item, term: Term | None, group: str, reason: str) -> _Part:
    weight = round(term.middle * _BITS, 2) if term else 0.0
    row = Evidence(
        kind=item.kind,
        value=item.value,
        group=group,
        weight=weight,
        used=term is not None,
        reason=reason or item.reason,
    )
    return _Part(row=row, term=term)


def _use(group: Group) -> Use:
    """Times of use of the server that a group is about; unknown for groups about anything else."""
    standing = [item for item in (group.leader, *group.further) if item.network and not item.hanging]
    return next((item.use for item in standing if item.use is not Use.UNKNOWN), Use.UNKNOWN)


def _further(group: Group, table: Tables) -> Iterator[_Part]:
    low, high = _logs(table.further)
    for place, item in enumerate(group.further):
        counted = place < table.most_further and group.leader.group != CONTEXT
        term = Term(low=low, high=high) if counted else None
        yield _row(item, term, group.leader.group, f"same observation as {group.leader.kind} {group.leader.value}")


def _parts(groups: Sequence[Group], question: Question, settings: Settings) -> list[_Part]:
    """Rows and terms of all groups: the strongest counts in full, later ones by the range of rho."""
    table = tables(question.kind)
    rho = (settings.number("overlap.rho.low"), settings.number("overlap.rho.high"))
    parts: list[_Part] = []
    for place, group in enumerate(groups):
        leader = group.leader
        low, high = _logs(leader.ratios[question.kind])
        whole = place == 0 or leader.group == CONTEXT
        parts.append(_row(leader, Term(low=low, high=high, weights=(1.0, 1.0) if whole else rho), leader.group, ""))
        parts.extend(_further(group, table))
        use = _use(group)
        if use is not Use.UNKNOWN:
            low, high = _logs(table.uses[use])
            times = replace(leader, kind="use", value=str(use))
            parts.append(_row(times, Term(low=low, high=high), leader.group, f"times of use of {leader.value}"))
    return parts


def _prior(question: Question, settings: Settings) -> Term:
    """The range of prior log odds, after look-elsewhere and relations between states (capped both ways)."""
    cap = settings.number("overlap.relation-cap")
    relation = min(max(question.relation, 1.0 / cap), cap)
    moved = math.log(relation) - math.log(question.scanned)
    low, high = (log_odds(settings.number(f"overlap.prior.{question.prior}.{end}")) for end in ("low", "high"))
    return Term(low=low + moved, high=high + moved)


def _within(probability: float, most: float = _MOST) -> float:
    return round(min(max(probability, _LEAST), most), _DIGITS)


def _likelihood(groups: Sequence[Group], question: Question, settings: Settings) -> Likelihood:
    """The posterior; what was seen on the wire only never lifts the median over the ceiling of the settings."""
    terms = (part.term for part in _parts(groups, question, settings))
    found = spread([_prior(question, settings), *(term for term in terms if term)])
    refit = _refit(question, settings)
    most = settings.number("overlap.network-ceiling") if _network_only(groups) else _MOST
    return Likelihood(
        low=_within(refit(found.low), most), point=_within(refit(found.middle), most), high=_within(refit(found.high))
    )


def _refit(question: Question, settings: Settings) -> Platt:
    """The yearly refit, which only labelled pairs of reports can give: cooperation has no ground truth."""
    if question.kind is not QuestionKind.SAME_CLUSTER:
        return Platt()
    return Platt(
        slope=settings.number("overlap.calibration.slope"), intercept=settings.number("overlap.calibration.intercept")
    )


def _network_only(groups: Sequence[Group]) -> bool:
    return all(group.leader.network for group in groups)


def _bands_touched(likelihood: Likelihood) -> int:
    order = list(Band)
    return order.index(band(likelihood.high)) - order.index(band(likelihood.low)) + 1


def _shares(groups: Sequence[Group], question: Question, point: float) -> dict[str, float]:
    """Probability of all six hypotheses: the headline's by weight, the rest by how well it explains the traits."""
    table = tables(question.kind)
    weights = dict(table.weights)
    for group in groups:
        signs: list[Mapping[str, float]] = [kinds()[group.leader.kind].rivals, rival_factors(_use(group))]
        if group.leader.crowded:
            signs.append(rival_factors("crowded"))
        for rival in RIVALS:
            weights[rival] *= math.prod(sign.get(rival, 1.0) for sign in signs)
    inside = sum(weights[name] for name in table.headline)
    outside = sum(weights[name] for name in RIVALS)
    return {
        name: weight / inside * point if name in table.headline else weight / outside * (1.0 - point)
        for name, weight in weights.items()
    }


def _sources(a: Side, b: Side, question: Question) -> int:
    return len({a.publisher, b.publisher} - {""}) if question.sources is None else question.sources


def _low(groups: Sequence[Group], sources: int, likelihood: Likelihood, settings: Settings) -> str:
    """The rule that keeps confidence low, or an empty text."""
    if not groups:
        return "nothing-shared"
    if _network_only(groups):
        return "network-only"
    if len(groups) < 2:
        return "one-group"
    if sources < 2:
        return "one-source"
    if _bands_touched(likelihood) >= settings.integer("overlap.wide-bands"):
        return "wide-range"
    if len({group.leader.corner for group in groups}) < 2:
        return "one-corner"
    return "forgeable" if all(group.leader.forgeable for group in groups) else ""


def _confidence(
    groups: Sequence[Group], sources: int, likelihood: Likelihood, shares: Mapping[str, float], settings: Settings
) -> tuple[Confidence, str]:
    """Level and deciding rule, after the table of the method: never from the size of the posterior."""
    if rule := _low(groups, sources, likelihood, settings):
        return Confidence.LOW, rule
    if len(groups) < 3:
        return Confidence.MODERATE, "two-groups"
    if any(shares[rival] > settings.number("overlap.open-rival") for rival in RIVALS):
        return Confidence.MODERATE, "open-rival"
    return Confidence.HIGH, "three-groups"


def _synthetic(missing: Unseen) -> Item:
    row = kinds()[missing.kind]
    return Item(
        kind=missing.kind,
        value="",
        group=missing.group,
        corner=row.corner,
        network=row.network,
        forgeable=row.forgeable,
        ratios=row.ratios,
        gap=0.0,
        use=Use.UNKNOWN,
        hanging=False,
        placed=True,
        stated=True,
        crowded=False,
        implies=(),
        used=True,
        reason="",
    )


def _added(groups: Sequence[Group], missing: Unseen, question: Question) -> list[Group] | None:
    """The groups with one unseen thing added; None where it is there already or has nothing to act on."""
    if missing.kind:
        if any(group.leader.kind == missing.kind for group in groups):
            return None
        new = Group(leader=_synthetic(missing), further=())
        old = [group for group in groups if group.leader.group != missing.group]
        context = [group for group in old if group.leader.group == CONTEXT]
        plain = [group for group in old if group.leader.group != CONTEXT]
        both = [*plain, new]
        both.sort(key=lambda group: -math.prod(_ends(group, question)))
        return [*both, *context]
    changed = [_altered(group, missing, question) for group in groups]
    return None if changed == list(groups) else changed


def _ends(group: Group, question: Question) -> tuple[float, float]:
    ratio = group.leader.ratios[question.kind]
    return ratio.low, ratio.high


def _altered(group: Group, missing: Unseen, question: Question) -> Group:
    leader = group.leader
    if missing.use and _use(group) is Use.UNKNOWN and leader.network and leader.group.startswith("server:"):
        return replace(group, leader=replace(leader, use=Use(missing.use)))
    if missing.crowded and leader.kind == "ip" and not leader.crowded:
        row = kinds()["ip"]
        aged = row.crowded[question.kind].shrunk(0.5 ** (leader.gap / row.half_value))
        return replace(group, leader=replace(leader, ratios={question.kind: aged}, crowded=True))
    return group


def _would_change(
    groups: Sequence[Group], question: Question, point: float, settings: Settings
) -> tuple[tuple[str, float], ...]:
    found: list[tuple[str, float]] = []
    for missing in unseen():
        changed = _added(groups, missing, question)
        if changed is not None:
            shift = _likelihood(changed, question, settings).point - point
            found.append((missing.key, round(shift, _DIGITS)))
    return tuple(sorted(found, key=lambda pair: (-abs(pair[1]), pair[0])))


def _no_evidence(a: Side, b: Side) -> Evidence:
    reason = "a side is empty" if a.empty or b.empty else "nothing that tells actors apart is shared"
    return Evidence(
        kind="none",
        value="",
        group="",
        weight=0.0,
        used=False,
        reason=f"no evidence: {reason}; no sign of difference",
    )


def _context(question: Question) -> tuple[str, ...]:
    found = [f"scanned:{question.scanned}"] if question.scanned > 1 else []
    return (*found, f"relation:{question.relation:g}") if question.relation != 1.0 else tuple(found)


def _word(likelihood: Likelihood, parts: Sequence[_Part], question: Question, settings: Settings) -> Band | None:
    """The word of the median; None where the prior speaks and not the traits, or the range is too wide for a word."""
    weights = [part.row.weight for part in parts if part.row.used and part.row.group != CONTEXT]
    if not weights:
        return None
    wide = _bands_touched(likelihood) >= settings.integer("overlap.no-word-bands")
    weak = abs(sum(weights)) < settings.number("overlap.least-bits")
    return None if (wide or weak) and not question.asked else likelihood.word


def _rows(parts: Iterable[_Part], items: Iterable[Item]) -> list[Evidence]:
    """Counted rows in the order of their groups, then what was dropped."""
    dropped = sorted((item for item in items if not item.used), key=lambda item: (item.kind, item.value))
    return [*(part.row for part in parts), *(_row(item, None, item.group, "").row for item in dropped)]


def assess(
    a: Side,
    b: Side,
    *,
    question: Question,
    settings: Settings,
    background: Background = UNKNOWN_BACKGROUND,
    outlook: bool = True,
) -> Judgement:
    """Judge what two sides share. The order of the sides and of their artefacts does not matter.

    `background` says how common a value is among the unrelated. Without `outlook`, `would_change` stays empty (a scan
    over many pairs does not need it). Raises DataError if an evidence member or table is broken.
    """
    items = items_in_common(a, b, background, settings)
    groups = arrange(items, question.kind)
    telling = [group for group in groups if group.leader.group != CONTEXT]
    parts = _parts(groups, question, settings)
    likelihood = _likelihood(groups, question, settings)
    shares = _shares(telling, question, likelihood.point)
    level, rule = _confidence(telling, _sources(a, b, question), likelihood, shares, settings)
    leading = tables(question.kind).leading
    rivals = [(name, round(share, 3)) for name, share in shares.items() if name != leading] if telling else []
    rows = _rows(parts, items)
    return Judgement(
        question=question,
        likelihood=likelihood,
        word=_word(likelihood, parts, question, settings),
        confidence=level,
        rule=rule,
        evidence=tuple(rows if telling else [_no_evidence(a, b), *rows]),
        shares=tuple((name, round(share, 3)) for name, share in shares.items()) if telling else (),
        rivals=tuple(sorted(rivals, key=lambda pair: (-pair[1], pair[0]))),
        would_change=_would_change(groups, question, likelihood.point, settings) if outlook else (),
        groups=len(telling),
        context=_context(question),
    )
