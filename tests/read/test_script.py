"""A text in traditional characters is read as one in simplified ones, and cited as it stands."""

from __future__ import annotations

from datetime import date

import pytest

from geppo import script, shipped
from geppo.catalog import Catalog, Name
from geppo.model.entity import Kind
from geppo.pipeline import loose_document
from geppo.read.reading import new_names, read_document

TEXT = "資安業者灰瓦發現，名為「墨鱗」的駭客組織鎖定臺灣的銀行，並植入後門 MossPipe。"
PLAIN = "资安业者灰瓦发现，名为「墨鳞」的骇客组织锁定台湾的银行，并植入后门 MossPipe。"
DAY = date(2026, 3, 1)


def test_plain_text_keeps_every_place() -> None:
    assert script.plain(TEXT, "zh") == PLAIN
    assert script.plain(PLAIN, "zh") is PLAIN
    assert script.plain(TEXT, "ja") is TEXT


def test_no_plain_character_is_folded_again() -> None:
    table = shipped.table("geppo", "script.toml")["zh"]
    assert len(table["from"]) == len(table["to"]) == len(set(table["from"]))
    assert set(table["from"]).isdisjoint(table["to"])


@pytest.mark.parametrize("known", [(), (Name(kind=Kind.IDENTITY, id="new:灰瓦", name="灰瓦", forms=("灰瓦",)),)])
def test_both_scripts_say_the_same(known: tuple[Name, ...]) -> None:
    catalog = Catalog.load()
    read = {}
    for text in (TEXT, PLAIN):
        document = loose_document(text, "zh", DAY)
        names = (*known, *new_names(document, catalog, known))
        reading = read_document(document, catalog, names)
        for claim in reading.claims:
            assert text[claim.passage.start : claim.passage.end] == claim.passage.text
        for mention in reading.report.mentions:
            assert text[mention.start : mention.end] == mention.surface
        read[text] = reading
    said = {
        text: {(claim.predicate, claim.subject.id, claim.object and claim.object.id) for claim in reading.claims}
        for text, reading in read.items()
    }
    assert said[TEXT] == said[PLAIN]
    assert said[TEXT]


def test_names_are_printed_as_the_text_prints_them() -> None:
    catalog = Catalog.load()
    document = loose_document(TEXT, "zh", DAY)
    names = new_names(document, catalog)
    group = next(name for name in names if name.kind is Kind.INTRUSION_SET)
    assert group.name == "墨鱗"
    assert set(group.forms) == {"墨鱗", "墨鳞"}
    claims = read_document(document, catalog, names).claims
    assert {claim.subject.name for claim in claims if claim.subject.kind is Kind.INTRUSION_SET} == {"墨鱗"}
