"""Labels of concepts, sectors and places: there in both languages, one thing a label, and read back."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bench.terms import labels, main, unlabelled
from geppo.catalog import Catalog
from geppo.catalog.tables import Folder, packaged
from geppo.catalog.terms import read_concepts

LABELLED = {"device", "data", "service", "role", "act", "technique-word", "malware-kind", "sector", "country", "region"}


def test_everything_but_publishers_and_rare_techniques_has_a_japanese_label() -> None:
    gaps = {kind: len(missing) for kind, missing in unlabelled().items() if missing}
    assert set(gaps) <= {"publisher", "technique (enterprise)", "technique (mobile)"}
    assert gaps["technique (enterprise)"] <= 180


def test_a_label_is_no_sentence_and_has_no_loose_ends() -> None:
    for label in labels():
        for text in (label.english, label.japanese):
            assert text == text.strip(), label
        assert not re.search(r"[。，．]|する$|した$", label.japanese), label


def test_two_concepts_of_a_kind_are_not_printed_alike() -> None:
    """What is told apart when read is told apart when written."""
    for language in ("english", "japanese"):
        printed = Counter((label.kind, getattr(label, language)) for label in labels() if label.kind in LABELLED)
        assert [one for one, count in printed.items() if count > 1] == []


def test_a_form_belongs_to_one_concept_of_its_language() -> None:
    """Words that the catalogue reads in two ways are listed here, so that a new one is seen."""
    known = {"vendor", "vendors", "operations"}
    for language in ("en", "ja", "zh", "ru", "ko"):
        seen: dict[str, set[str]] = {}
        for concept in read_concepts(Folder(packaged(""))):
            own = {"ja": (concept.name_ja,), "en": (concept.name, concept.plural)}.get(language, ())
            for form in (*concept.forms.get(language, ()), *own):
                seen.setdefault(form if form.isupper() else form.lower(), set()).add(concept.id)
        assert {form for form, ids in seen.items() if len(ids) > 1} <= known, language


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    table = capsys.readouterr().out
    assert "technique (enterprise)" in table
    main(["--list", "technique (enterprise)"])
    assert capsys.readouterr().out.startswith("T1")


APART = [
    ("en", "Foxglove used AnyDesk and 7-Zip.", "product/anydesk product/7-zip"),
    ("en", "A flaw in CrushFTP, not in MOVEit Transfer.", "product/crushftp product/moveit"),
    (
        "en",
        "The stealer takes location data, seed phrases and cookies.",
        "data/location-data data/seed-phrase data/cookie",
    ),
    ("en", "It began with malvertising and SEO poisoning.", "technique-word/malvertising technique-word/seo-poisoning"),
    ("en", "The group sent a ransom demand.", "act/ransom-demand"),
    ("en", "An unauthorised third party read the files.", "role/attacker"),
    ("en", "Unauthorized parties and intruders were seen.", "role/attacker role/attacker"),
    ("en", "The district court heard a judge.", "body/court body/judge"),
    (
        "en",
        "Sensitive information and confidential data leaked.",
        "data/sensitive-information data/confidential-information",
    ),
    ("ja", "自衛隊のパソコンとメールサーバが感染した。", "body/self-defence-forces device/computer device/mail-server"),
    ("ja", "権限のない第三者が機密情報を窃取した。", "role/attacker data/confidential-information"),
    ("ja", "位置情報とシードフレーズを盗む。", "data/location-data data/seed-phrase"),
    ("zh", "攻击者窃取助记词和位置信息。", "data/seed-phrase data/location-data"),
    ("ru", "Хакеры похитили сид-фразы.", "data/seed-phrase"),
    ("ko", "공격자는 애니데스크를 설치했다.", "product/anydesk"),
]


@pytest.mark.parametrize(("language", "text", "wanted"), APART, ids=range(len(APART)))
def test_different_things_are_read_apart(language: str, text: str, wanted: str) -> None:
    """What one concept swallowed before would be printed by the name of its neighbour."""
    found = [mention.id for mention in Catalog.load().match(text, language)]
    assert [one for one in found if one in wanted.split()] == wanted.split()
