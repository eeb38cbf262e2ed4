"""What two named groups share: the origin's values judged as one server, its own words beside ours."""

from __future__ import annotations

from typing import Any

import pytest

from geppo.model.assessment import Assessment, AssessmentKind, Confidence
from geppo.model.entity import Kind, Term

LYNX = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
QUAIL = Term(kind=Kind.INTRUSION_SET, id="new:iron-quail", name="Iron Quail")
TIN = Term(kind=Kind.MALWARE, id="new:tinroof", name="Tinroof")
SERVER, OTHER = "192.0.2.44", "198.51.100.7"


def box(value: str) -> Term:
    return Term(kind=Kind.OBSERVABLE, id=f"ipv4/{value}", name=value)


def overlaps(made: Any) -> list[Assessment]:
    return [one for one in made.judge().assessments if one.kind is AssessmentKind.OVERLAP]


def lab(made: Any, *values: str) -> None:
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True, values=values)
    made.claim("lab", LYNX, "shares-infrastructure-with", QUAIL, hedge="likely")
    made.claim("lab", LYNX, "cooperates-with", QUAIL, hedge="suggests", grade="moderate")


def test_one_server_is_weak_and_the_sources_own_grade_stands_beside_it(made: Any) -> None:
    lab(made, SERVER)
    made.report("paper", "The Harbour Post", "2030-05-06", cites=["Osterlund Labs"])
    made.claim("paper", QUAIL, "shares-infrastructure-with", LYNX, voices=["Osterlund Labs"])
    (one,) = overlaps(made)
    assert one.likelihood is not None
    assert 0.1 < one.likelihood.point < 0.3
    assert one.confidence is Confidence.LOW
    assert one.get("values") == SERVER
    assert (one.get("source"), one.get("source_rung"), one.get("source_grade")) == (
        "Osterlund Labs",
        "suggests",
        "moderate",
    )
    assert made.names_of(one.origins.roots) == ["lab"]
    assert made.names_of(one.origins.repeats) == ["paper"]
    assert one.would_change and one.rivals


def test_repeats_never_make_a_link_stronger(made: Any) -> None:
    lab(made, SERVER)
    (before,) = overlaps(made)
    for number in range(5):
        name = made.report(f"p{number}", f"Paper {number} News", "2030-05-06", cites=["Osterlund Labs"], values=[OTHER])
        made.claim(name, LYNX, "shares-infrastructure-with", QUAIL, voices=["Osterlund Labs"])
    (after,) = overlaps(made)
    assert (after.likelihood, after.confidence) == (before.likelihood, before.confidence)


def test_uses_that_lie_apart_lower_it(made: Any) -> None:
    lab(made, SERVER)
    (before,) = overlaps(made)
    made.claim("lab", LYNX, "uses", box(SERVER), when="2029-07")
    made.claim("lab", box(SERVER), "hosts", TIN, when="2030-01-21")
    (after,) = overlaps(made)
    assert before.get("uses") == "unknown"
    assert after.get("uses") == "disjoint"
    assert before.likelihood and after.likelihood
    assert after.likelihood.point < before.likelihood.point


@pytest.mark.parametrize("values", [(), (SERVER, OTHER)])
def test_without_one_certain_server_nothing_is_judged(made: Any, values: tuple[str, ...]) -> None:
    lab(made, *values)
    assert overlaps(made) == []


def test_the_sentence_says_which_of_two_servers_is_shared(made: Any) -> None:
    lab(made, SERVER, OTHER)
    made.terms["Box"] = box(SERVER)
    made.claim("lab", LYNX, "shares-infrastructure-with", QUAIL, hedge="likely", what="Box")
    (one,) = overlaps(made)
    assert one.get("values") == SERVER


def test_denied_sharing_and_sharing_of_tools_are_no_link(made: Any) -> None:
    made.report("lab", "Osterlund Labs", "2030-05-04", own=True, values=[SERVER])
    made.claim("lab", LYNX, "shares-infrastructure-with", QUAIL, negated=True, hedge="not-found")
    made.claim("lab", TIN, "shares-infrastructure-with", QUAIL)
    assert overlaps(made) == []
