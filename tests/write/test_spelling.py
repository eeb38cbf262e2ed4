"""One spelling for one name, and no other name in its place."""

from __future__ import annotations

from geppo.catalog import Catalog
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.write.spelling import spellings
from tests.write.made import made_claim

_ENERGY = Term(kind=Kind.SECTOR, id="sector/energy", name="energy")


def _claims(*names: tuple[str, str]) -> list[Claim]:
    groups = [Term(kind=Kind.INTRUSION_SET, id=id_, name=name) for id_, name in names]
    return [made_claim(group, Predicate.TARGETS, _ENERGY, id=f"c{number}") for number, group in enumerate(groups)]


def _chosen(*names: tuple[str, str]) -> dict[str, str]:
    return {name: best for (_, name), best in spellings(_claims(*names), Catalog.load()).items()}


def test_the_most_frequent_case_and_the_shortest_form() -> None:
    lynx = "actor/new/lynx"
    assert _chosen((lynx, "Ochre Lynx"), (lynx, "OCHRE LYNX"), (lynx, "Ochre Lynx")) == {"OCHRE LYNX": "Ochre Lynx"}
    assert _chosen((lynx, "Ochre Lynx Group"), (lynx, "Ochre Lynx Group"), (lynx, "Ochre Lynx")) == {
        "Ochre Lynx Group": "Ochre Lynx"
    }


def test_a_suffix_that_every_page_prints_stays() -> None:
    assert _chosen(("actor/new/lynx", "Ochre Lynx Group"), ("actor/new/lynx", "Ochre Lynx Group")) == {}


def test_another_name_and_another_thing_keep_theirs() -> None:
    assert _chosen(("actor/new/lynx", "Ochre Lynx"), ("actor/new/lynx", "Tin Mesh")) == {}
    assert _chosen(("actor/new/lynx", "Ochre Lynx"), ("malware/new/lynx", "OCHRE LYNX")) == {}
