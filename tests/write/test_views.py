"""Our own view of a dispute: each side is told no surer than it is."""

from __future__ import annotations

import pytest

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.edition import Role
from geppo.model.entity import Kind, Term
from geppo.model.report import Passage
from geppo.model.time import Period
from geppo.write.compose import Composer
from geppo.write.statement import statement
from tests.write.made import made_claim

_LYNX = Term(kind=Kind.INTRUSION_SET, id="actor/new/lynx", name="Ochre Lynx")
_STATES = {"CL": "Chile", "NO": "Norway"}


def _claim(report: str, country: str, rung: Rung) -> Claim:
    state = Term(kind=Kind.LOCATION, id=f"country/{country}", name=_STATES[country])
    passage = Passage(document=report, start=0, end=1, text="A")
    parts = {"id": f"{report}-{country}", "report": report, "hedge": Hedge(rung=rung), "passage": passage}
    return made_claim(_LYNX, Predicate.HAS_NEXUS, state, **parts)


def _sentence(language: str, one: Rung, other: Rung) -> str | None:
    claims = [_claim("d1", "CL", one), _claim("d2", "NO", other)]
    detail = {
        "type": "identity", "a": "Chile", "b": "Norway", "a_by": "Velmora", "b_by": "Osterlund", "a_reports": "d1",
        "b_reports": "d2", "b_claims": claims[1].id,
    }  # fmt: skip
    judged = Assessment(
        id="x", kind=AssessmentKind.CONTRADICTION, subjects=(_LYNX,), claims=tuple(one.id for one in claims),
        likelihood=None, confidence=None, origins=Origins(roots=("d1", "d2"), repeats=()), detail=tuple(detail.items()),
    )  # fmt: skip
    said = statement("contradiction.identity", Role.CAVEAT, "story", 0.0, claims=judged.claims, assessment=judged)
    composer = Composer(
        language=language, catalog=Catalog.load(), period=Period.parse("2031-05"), publishers={},
        claims={one.id: one for one in claims},
    )  # fmt: skip
    return composer.sentence(said)


@pytest.mark.parametrize(
    ("one", "other", "en", "ja"),
    [
        (Rung.CONFIRMED, Rung.CONFIRMED, "points to Chile, Osterlund to Norway", "としています"),
        (Rung.LIKELY, Rung.CONFIRMED, "suspects Chile, Osterlund suspects Norway", "とみています"),
        (Rung.CONFIRMED, Rung.POSSIBLE, "suspects Chile, Osterlund suspects Norway", "とみています"),
    ],
)
def test_a_side_that_is_not_sure_only_suspects(one: Rung, other: Rung, en: str, ja: str) -> None:
    assert en in (_sentence("en", one, other) or "")
    assert ja in (_sentence("ja", one, other) or "")
