"""A signed remark in every format, and what `edition.json` keeps of an editor's work."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from geppo import deliver
from geppo.config import Settings
from geppo.deliver import docx, edition_json, edits_diff, html, markdown, pdf
from geppo.deliver import email as mail
from geppo.deliver._paper import packaged
from geppo.exchange import Package, below
from geppo.model.edition import Editing, Edition, EditionKind, Issue
from geppo.model.edits import Drop, Edits, Pin, Remark
from geppo.model.marking import Tlp
from tests.deliver.conftest import made_issue
from tests.deliver.office import read

_OWN = {"ja": "本号の出典によらないもの：17", "en": "Not from this issue’s sources: 17"}
_SIGNED = {"ja": "編集者注（山田 花子、2031 年 6 月 2 日）", "en": "Editor’s remark (山田 花子, 2 June 2031)"}


def _remark(language: str, **place: str) -> Remark:
    return Remark(
        language=language, text=f"<b>17</b> more at evil.example.com ({language}).", by="山田 花子",
        day=date(2031, 6, 2), own=("17",), **place,
    )  # fmt: skip


def _edited(edition: Edition) -> Edition:
    if not edition.sections:
        return edition
    first = edition.sections[0]
    sentence = first.paragraphs[0][0]
    other = replace(sentence, text="Other words.", machine=sentence.text, edited_by="山田 花子")
    paragraphs = ((other, *first.paragraphs[0][1:]), *first.paragraphs[1:])
    remarks = (_remark(edition.language, sentence=sentence.id), _remark(edition.language, section=first.id))
    return replace(edition, sections=(replace(first, paragraphs=paragraphs, remarks=remarks), *edition.sections[1:]))


@pytest.fixture(scope="module")
def edited() -> Issue:
    """The made month with remarks in every edition and a dropped story."""
    issue = made_issue()
    story = issue.month.stories[0].id
    edits = Edits(pins=(Pin(story=story, by="山田 花子"),), drops=(Drop(story="s-gone", reason="x"),), order=(story,))
    editions = tuple(_edited(one) for one in issue.editions)
    return replace(issue, editions=editions, editing=Editing(edits=edits, machine=issue.editions, outcomes=()))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_format_prints_the_remark_marked_signed_and_defanged(
    edited: Issue, settings: Settings, language: str
) -> None:
    edition = next(one for one in edited.editions if one.language == language and one.kind is EditionKind.PUBLIC)
    message = read(mail.render(edited, edition, settings))
    bodies = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    with zipfile.ZipFile(io.BytesIO(docx.render(edited, edition))) as archive:
        word = archive.read("word/document.xml").decode()
    texts = {
        "page": html.render(edited, edition).decode(),
        "markdown": markdown.render(edited, edition).decode(),
        "word": word,
        **{kind: str(body.get_content()) for kind, body in bodies.items() if body is not None},
    }
    assert len(texts) == 5
    for name, text in texts.items():
        assert text.count(_SIGNED[language]) == 2, name
        assert _OWN[language] in text and "evil[.]example[.]com" in text.replace("\\", ""), name
        assert "<b>17" not in text or name == "plain", name
    plain = replace(edited, editing=None, editions=made_issue().editions)
    assert pdf.render(edited, edition) != pdf.render(plain, made_issue().editions[0])


def test_the_remark_stands_behind_its_sentences_paragraph(edited: Issue) -> None:
    edition = edited.editions[0]
    text = markdown.render(edited, edition).decode()
    blocks = text[text.index(edition.sections[0].heading.split("、")[0]) :].split("\n\n")
    places = [number for number, block in enumerate(blocks) if block.startswith("> ")]
    assert places[0] == 2 and places[1] == len(edition.sections[0].paragraphs) + 2


def test_edition_json_keeps_what_was_edited_and_is_valid(edited: Issue) -> None:
    record = json.loads(edition_json.render_issue(edited))
    schema = json.loads(packaged("edition.schema.json"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(record)
    story = edited.month.stories[0].id
    assert record["edits"] == {"pinned": [{"story": story, "by": "山田 花子"}], "dropped": [], "order": [story]}
    section = record["editions"][0]["sections"][1]
    assert section["sentences"][0]["machine"] and section["sentences"][0]["edited_by"] == "山田 花子"
    assert [one["date"] for one in section["remarks"]] == ["2031-06-02"] * 2
    assert "evil[.]example[.]com" in section["remarks"][0]["text"]
    plain = json.loads(edition_json.render_issue(made_issue()))
    assert "edits" not in plain and "remarks" not in plain["editions"][0]["sections"][1]


def test_a_remark_goes_with_what_its_section_loses(edited: Issue) -> None:
    first = edited.editions[0].sections[0]
    hidden = {claim for paragraph in first.paragraphs for one in paragraph for claim in one.claims}
    claims = tuple(replace(one, marking=Tlp.RED) if one.id in hidden else one for one in edited.month.claims)
    closed = replace(edited, month=replace(edited.month, claims=claims))
    low = below(Package(issue=closed, organisation=""), Tlp.GREEN).issue
    assert all(not section.remarks for edition in low.editions for section in edition.sections)
    assert low.editing is not None and (low.revision, low.corrections) == (edited.revision, edited.corrections)


def test_diffs_lie_beside_an_edited_issue_only(edited: Issue, settings: Settings, tmp_path: Path) -> None:
    names = {path.name for path in deliver.write(replace(edited, editions=edited.editions[:1]), tmp_path, settings)}
    assert "edits.ja.diff" in names
    text = (tmp_path / "2031-05" / "edits.ja.diff").read_text(encoding="utf-8")
    assert text.startswith("--- machine/member.ja\n+++ signed/member.ja\n")
    assert "+Other words.\n" in text and "+dropped story s-gone: x\n" in text and ", on s" in text
    assert "evil[.]example[.]com" in text
    deliver.write(replace(made_issue(), editions=()), tmp_path, settings)
    assert not list((tmp_path / "2031-05").glob("*.diff"))
    assert edits_diff.diff(made_issue(), "ja") == ""
