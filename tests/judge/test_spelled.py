"""Names of houses as other pages print them: short, in other letters, in brackets; and names that are another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.judge.credited import may_be_spelled, names_house
from geppo.judge.speakers import Directory, initials, letters_of, same_by_sound
from geppo.model.report import Document, Fetched
from geppo.pipeline import read_documents
from geppo.read.text import read_text


def _document(name: str, publisher: str, language: str, text: str) -> Document:
    head = (
        f"---\npublisher: {publisher}\ntitle: {name}\nurl: https://{name}.example/x\npublished: {date(2030, 5, 10)}\n"
    )
    data = f"{head}language: {language}\n---\n\n{text}".encode()
    now = datetime(2030, 6, 1, tzinfo=UTC)
    return read_text(Fetched(source="case", name=f"{name}.md", data=data, collected=now), config.load())


def _directory(pages: Sequence[tuple[str, str, str]]) -> Directory:
    documents = [_document(f"p{number}", *page) for number, page in enumerate(pages)]
    return Directory(read_documents(documents, Catalog.load()).reports, Catalog.load())


CENTRE = ("Vellmoor Alert and Response Centre", "en", "We investigated Brinewell, a backdoor, on 340 routers.")
LABS = ("Osterlund Labs", "en", "We investigated Brinewell, a backdoor, on 340 routers.")
GROVE = ("オーク木立セキュリティ", "ja", "当社はバックドア「Brinewell」を340台のルーターで確認した。")


def test_initials_are_a_house() -> None:
    directory = _directory([CENTRE, LABS])
    assert initials("Vellmoor Alert and Response Centre") == "VARC"
    assert directory.key("VARC") == directory.key("Vellmoor Alert and Response Centre")
    assert initials("Osterlund Labs") == ""


def test_a_name_in_brackets_is_a_house() -> None:
    korean = ("항만신문", "ko", "벨무어 경보대응센터(VARC)는 라우터 340대에서 백도어를 발견했다고 밝혔다.")
    directory = _directory([CENTRE, korean])
    assert directory.reports(directory.key("경보대응센터")) == directory.reports(directory.key("VARC")) != ()


@pytest.mark.parametrize("name", ["오스터룬드 랩스", "Остерлунд Лабс", "オスタールンド・ラボ"])
def test_a_house_by_its_sound(name: str) -> None:
    directory = _directory([LABS, CENTRE])
    assert directory.key(name) == directory.key("Osterlund Labs")
    assert same_by_sound(name, "Osterlund Labs")


def test_names_of_a_house_in_other_letters_stand_beside_its_own() -> None:
    directory = _directory([LABS, CENTRE])
    named = ["Osterlund Labs", "오스터룬드 랩스", "Остерлунд Лабс", "오스터룬드 랩스", "Osterlund", "비르켄 랩스"]
    assert directory.in_other_letters(named) == (("Osterlund Labs", "오스터룬드 랩스", "Остерлунд Лабс"),)


@pytest.mark.parametrize(
    "name", ["비르켄 랩스", "Полярный щит", "グリムスタッド・ラボ", "青崖实验室", "Westerlund Labs"]
)
def test_another_house(name: str) -> None:
    directory = _directory([LABS, CENTRE, GROVE])
    assert directory.reports(directory.key(name)) == ()


def test_the_place_of_a_public_body_is_no_name_of_it() -> None:
    directory = _directory([CENTRE])
    assert directory.reports(directory.key("Веллмур")) == ()


def test_two_houses_of_one_sound_are_told_apart_by_nobody() -> None:
    other = ("Osterlund Times", "en", "The backdoor Brinewell was found on 340 routers.")
    assert _directory([LABS, other]).reports(_directory([LABS, other]).key("Остерлунд")) == ()


@pytest.mark.parametrize(
    ("name", "house", "url", "same"),
    [
        ("Qingya Labs", "ミズナラ・インテリジェンス", "https://mizunara.example/x", False),
        ("Mizunara Intelligence", "ミズナラ・インテリジェンス", "https://mizunara.example/x", True),
        ("Shinonome Security", "東雲院セキュリティ研究所", "https://shinonome.example/x", True),
        ("グリムスタッド・ラボ", "雪峰网安实验室", "https://xuefenglab.example/x", False),
        ("シュエフォン・ラボ", "雪峰网安实验室", "https://xuefenglab.example/x", True),
        ("青崖实验室", "Osterlund Labs", "", None),
        ("Ардвик Телеком", "Osterlund Labs", "", False),
        ("Центр реагирования", "Vellmoor Alert and Response Centre", "", None),
        ("Vantrell Security", "Osterlund Labs", "", False),
    ],
)
def test_a_name_and_a_house(name: str, house: str, url: str, same: bool | None) -> None:
    assert may_be_spelled(name, house, url) is same


@pytest.mark.parametrize(
    ("text", "house", "named"),
    [
        ("Osterlund counted 340 routers.", "Osterlund Labs", True),
        ("The labs counted 340 routers.", "Osterlund Labs", False),
        ("Firms in Vellmoor were hit.", "Vellmoor Alert and Response Centre", False),
        ("The alert centre of Vellmoor warns.", "Vellmoor Alert and Response Centre", True),
        ("VARC warns.", "Vellmoor Alert and Response Centre", True),
    ],
)
def test_a_text_names_a_house(text: str, house: str, named: bool) -> None:
    assert names_house(text, house) is named


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("青崖研究所", "HAN"),
        ("ケストレル研究所", "KANA"),
        ("돌산연구소", "HANGUL"),
        ("Щит", "CYRILLIC"),
        ("Labs", "LATIN"),
    ],
)
def test_letters(name: str, letters: str) -> None:
    assert letters_of(name) == letters
