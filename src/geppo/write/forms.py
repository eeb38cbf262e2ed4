"""The variant of a predicate's phrase that a claim needs: a size is told otherwise than a spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind
from geppo.write.weighting import weights

TIED = "tied"
"""The wording of a count of what belongs to a thing and is not its size."""


def _count_form(claim: Claim) -> str:
    if claim.subject.kind is Kind.IDENTITY:
        return "house"
    if claim.subject.kind is Kind.PRODUCT:
        return "reachable"
    if claim.subject.kind is Kind.VULNERABILITY:
        return "exposed"
    if claim.count is not None:
        unit = claim.count.unit
        if unit.kind is Kind.SECTOR:
            return "spread"
        worded = next((form for form, units in weights()["counts"].items() if unit.id in units), "")
        if worded == TIED and claim.qualifier("place"):
            return "place"
        return worded or ("place" if claim.qualifier("place") else "")
    return ""


def _class_form(claim: Claim) -> str:
    if claim.object is not None and claim.object.id.endswith("/undetermined"):
        return "undetermined"
    if claim.subject.id.startswith("device/"):
        return "device"
    return "strict" if claim.qualifier("degree") else ""


def _automation_form(claim: Claim) -> str:
    if claim.qualifier("limit"):
        return "limit"
    return "human" if claim.object is not None and claim.object.id == "role/human" else ""


def _since(claim: Claim) -> bool:
    opening = claim.qualifier("open")
    return claim.when is not None and opening is not None and opening.name == "since"


def dated(claim: Claim) -> bool:
    """False where a sentence cannot say the date: what began "since" asks for a verb form of its own."""
    return not _since(claim) or form_of(claim).startswith("since")


def _attribution_form(claim: Claim) -> str:
    if not claim.subject.id.startswith("role/") or claim.object is None:
        return ""
    return "operator-place" if claim.object.kind is Kind.LOCATION else "operator"


def _leak_form(claim: Claim) -> str:
    if claim.count is None:
        return ""
    return "data" if claim.count.unit.id.startswith("data/") or claim.count.unit.id == "unit/record" else "counted"


def _warning_form(claim: Claim) -> str:
    """How what is warned of stands to the things in danger: an attack is against them, a flaw is in them."""
    what = claim.qualifier("what")
    kind = what.id.partition("/")[0] if what is not None else ""
    return str(weights()["warned_of"].get(kind, ""))


_FORMS: Mapping[Predicate, Callable[[Claim], str]] = {
    Predicate.COUNTS: _count_form,
    Predicate.CLASSIFIES: _class_form,
    Predicate.AUTOMATES: _automation_form,
    Predicate.ATTRIBUTED_TO: _attribution_form,
    Predicate.LEAKS: _leak_form,
    Predicate.RATIFIES: lambda claim: "act" if claim.qualifier("act") else "",
    Predicate.DISRUPTS: lambda claim: "deletion" if claim.qualifier("form") else "",
    Predicate.HAS_NEXUS: lambda claim: "interest" if claim.qualifier("form") else "",
    Predicate.COOPERATES: lambda claim: "imitation" if claim.qualifier("form") else "",
    Predicate.EXPLOITS: lambda claim: "since" if _since(claim) else "",
    Predicate.TARGETS: lambda claim: "counted" if claim.count is not None else "since" if _since(claim) else "",
    Predicate.USES: lambda claim: "counted" if claim.count is not None else "since" if _since(claim) else "",
    Predicate.LISTS: lambda claim: "due" if claim.qualifier("due") else "",
    Predicate.ACTIVE: lambda claim: "since" if claim.qualifier("open") else "",
    Predicate.WARNS: _warning_form,
    Predicate.DENIES: lambda claim: "doubt" if claim.subject.id == "role/expert" else "",
}


def form_of(claim: Claim) -> str:
    """The variant of the predicate's phrase that a claim needs, or an empty text."""
    chosen = _FORMS.get(claim.predicate)
    if chosen is not None:
        return chosen(claim)
    return "counted" if claim.count is not None else ""
