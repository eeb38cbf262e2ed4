"""Pages that say the same later: who credits somebody is a repeat; who credits nobody is only counted as one."""

from __future__ import annotations

import pytest

from geppo.model.assessment import AssessmentKind
from tests.conftest import made_month


def _uncredited(name: str) -> dict[str, tuple[str, str]]:
    month = made_month(name).month
    claims = {claim.id: claim for claim in month.claims}
    return {
        f"{claims[one.claims[0]].predicate.value} {one.subjects[0].name}": (one.get("repeats"), one.get("uncredited"))
        for one in month.assessments
        if one.kind is AssessmentKind.CORROBORATION and one.claims
    }


@pytest.mark.parametrize("name", ["sample", "harbor", "kanto"])
def test_they_are_some_of_the_repeats_or_none(name: str) -> None:
    for repeats, alone in _uncredited(name).values():
        assert alone != "0"
        assert int(alone or 0) <= int(repeats or 0)


def test_pages_that_credit_their_source_are_repeats_in_so_many_words() -> None:
    assert _uncredited("sample")["shares-infrastructure-with Gamaredon"][1] == ""


def test_a_page_that_credits_nobody_is_told_apart() -> None:
    assert any(alone for _, alone in _uncredited("harbor").values())
