"""What those who retell a matter changed in it, as one statement behind what they changed."""

from __future__ import annotations

from collections.abc import Sequence

from geppo.model.assessment import Assessment
from geppo.model.edition import Role
from geppo.write.statement import Statement, statement

_BESIDE = ("origins.", "grade.")
"""What is told of a statement before what repeats made of it: who stands behind it, and how sure they are."""

_BELOW = 18.0
"""Points by which the statement is worth less than what was changed."""


def with_changes(said: Sequence[Statement], drifts: Sequence[Assessment]) -> list[Statement]:
    """A story's statements, and behind the first of them that repeats changed how many pages changed what.

    A change without claims, and another house credited, is of a page as a whole and belongs to the lead. What repeats
    made of something that is not told is not told either.
    """
    for place, one in enumerate(said):
        mine = [drift for drift in drifts if (not place and _of_page(drift)) or set(drift.claims) & set(one.claims)]
        if one.form == "fact" and (changed := _changed(one, mine)) is not None:
            at = place + 1
            while at < len(said) and said[at].form.startswith(_BESIDE):
                at += 1
            return [*said[:at], changed, *said[at:]]
    return list(said)


def _of_page(drift: Assessment) -> bool:
    return not drift.claims or drift.get("what") == "reporter"


def _changed(told: Statement, drifts: Sequence[Assessment]) -> Statement | None:
    """The statement, with each kind of change and its number of pages as values; None where none is known."""
    pages: dict[str, dict[str, Assessment]] = {}
    for one in drifts:
        if one.get("repeat") and one.get("what"):
            pages.setdefault(_kind(one), {}).setdefault(one.get("repeat"), one)
    if not pages:
        return None
    known = [one for found in pages.values() for one in found.values()]
    return statement(
        "drift.changed", Role.CAVEAT, told.story, told.priority - _BELOW,
        claims=[claim for one in known for claim in one.claims] or told.claims,
        assessments=[one.id for one in known], parent=told.id,
        values={kind: str(len(found)) for kind, found in pages.items()},
    )  # fmt: skip


def _kind(one: Assessment) -> str:
    """A repeat's change as its sentence words it: a source's grade is a hedge, and one taken back stands apart."""
    what = "hedge" if one.get("what") == "grade" else one.get("what")
    return "weaker" if what == "hedge" and one.get("direction") == "weaker" else what
