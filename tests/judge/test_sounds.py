"""Names in two scripts that are one house's as they sound, and names that are not."""

from __future__ import annotations

import pytest

from geppo.judge.sounds import sound_alike
from geppo.judge.speakers import in_other_letters


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
