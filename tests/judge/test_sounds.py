"""Names in two scripts that are one house's as they sound, and names that are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geppo.catalog import Catalog
from geppo.judge.sounds import sound_alike, spelled_alike
from geppo.judge.speakers import Directory, in_other_letters
from geppo.model.report import Report
from geppo.pipeline import loose_document


@pytest.mark.parametrize(
    ("name", "house", "alike"),
    [
        ("Dolsan Threat Institute", "돌산위협연구소", True),
        ("Hanbit Security", "한빛보안", True),
        ("Kestrel Labs", "ケストレル研究所", True),
        ("Harrow Point", "ハロウポイント", True),
        ("Tikhy Dozor", "Тихий Дозор", True),
        ("Qinglan Lab", "青岚实验室", True),
        ("Seorin Lab", "돌산위협연구소", False),
        ("Larkmoor", "ケストレル研究所", False),
        ("Nordwacht", "Тихий Дозор", False),
        ("Ax", "악어", False),
    ],
)
def test_sound_alike(name: str, house: str, alike: bool) -> None:
    assert sound_alike(name, house) is alike
    assert sound_alike(house, name) is alike
    assert in_other_letters(name, house) is alike


def test_a_name_in_foreign_letters_may_be_a_translation() -> None:
    assert in_other_letters("ケストレル研究所", "Falcon Institute")
    assert not in_other_letters("Larkmoor", "Kestrel Labs")


@pytest.mark.parametrize(
    ("name", "house", "one"),
    [
        ("하토바 보안", "hatoba security", True),
        ("하토바보안", "hatoba security", True),
        ("하토바", "hatoba security", True),
        ("ハトバセキュリティ", "hatoba security", True),
        ("서린 연구소", "seorin lab", True),
        ("하토바 은행", "hatoba security", False),
        ("하토바 연구소", "hatoba security", False),
        ("하도바 보안", "hatoba security", False),
        ("하토반 보안", "hatoba security", False),
        ("하나 보안", "hana security", False),
        ("보안 연구소", "security lab", False),
    ],
)
def test_one_house_in_two_scripts_is_spelled_alike(name: str, house: str, one: bool) -> None:
    assert spelled_alike(name, house) is one
    assert spelled_alike(house, name) is one


def directory(*publishers: str) -> Directory:
    """The houses of pages, one page each."""
    page = loose_document("Nothing happened.", "en", date(2026, 3, 1))
    reports = [
        Report(
            id=f"page-{number}",
            document=replace(page, publisher=publisher),
            mentions=(),
            observables=(),
            cites=(),
            own_observation=False,
        )
        for number, publisher in enumerate(publishers)
    ]
    return Directory(reports, Catalog.load())


def test_pages_of_one_house_in_two_scripts_are_of_one_house() -> None:
    known = directory("하토바 보안", "Hatoba Security", "하토바 은행", "하도바 보안")
    keys = {name: known.key(name) for name in ("하토바 보안", "Hatoba Security", "하토바 은행", "하도바 보안")}
    assert keys["하토바 보안"] == keys["Hatoba Security"]
    assert len(set(keys.values())) == 3
    assert len(known.reports(keys["Hatoba Security"])) == 2


def test_a_name_that_may_be_either_of_two_houses_is_neither() -> None:
    known = directory("하토바", "Hatoba Security", "Hatoba Labs")
    assert len({known.key(name) for name in ("하토바", "Hatoba Security", "Hatoba Labs")}) == 3
