"""Networks in our own records in an issue: the section, table, picture, what changed, made records called so."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from geppo import config
from geppo.catalog import Catalog
from geppo.config import Settings
from geppo.deliver.edition_json import render_issue
from geppo.knowledge.place import open_store
from geppo.model.edition import Edition, EditionKind, Issue
from geppo.model.relay import NetworkClass
from geppo.model.time import Period
from geppo.pipeline import collect_paths, run_month
from geppo.relay.report import note
from geppo.relay.track import Month, Tracked

PERIOD = Period.parse("2026-03")
AS_OF = datetime(2026, 4, 5, tzinfo=UTC)
MADE = {"en": "made records", "ja": "試験用の模擬記録"}


def _row(month: int, addresses: int, trend: str) -> Month:
    return Month(
        month=date(2026, month, 1), network="n", addresses=addresses, services=addresses, new=70, gone=50, stayed=1,
        size=addresses, low=addresses - 31, high=addresses + 31, method="addresses seen, Poisson interval", trend=trend,
        fresh=1.0,
    )  # fmt: skip


def _track(name: str, *rows: Month, kind: NetworkClass = NetworkClass.ORB) -> Tracked:
    return Tracked(
        name=name, kind=kind, months=rows, born=rows[0].month, died=None, joined=(), parted=(), life=None,
        half_life=29.0, half_life_origin="start value",
    )  # fmt: skip


TRACKS = {
    "within": [_track("net-ab1d1234", _row(2, 402, ""), _row(3, 409, "no change beyond the interval"))],
    "grew": [_track("net-ab1d1234", _row(2, 402, ""), _row(3, 809, "grew"))],
    "shrank": [_track("net-ab1d1234", _row(2, 802, ""), _row(3, 309, "shrank"))],
    "born": [_track("net-ab1d1234", _row(3, 409, ""))],
    "gone": [_track("net-ab1d1234", _row(3, 409, "")), _track("net-ee1e1234", _row(2, 444, ""))],
}
SAID = {
    "within": ("402 to 409 lies within", "402 から 409 への変化は区間の内"),
    "grew": ("it grew from 402 to 809", "402 から 809 へ区間を超えて増え"),
    "shrank": ("it shrank from 802 to 309", "802 から 309 へ区間を超えて減り"),
    "born": ("did not hold Relaynet-AB1D", "にはありませんでした"),
    "gone": ("Relaynet-EE1E", "Relaynet-EE1E"),
}


def _issue(folder: Path, text: str, organisation: str = "") -> Issue:
    (folder / "own.md").write_text(text, encoding="utf-8")
    settings = config.load()
    if organisation:
        settings = Settings(known=settings.known, values={"deliver.organisation": organisation})
    with closing(open_store(folder / "store.sqlite")) as store:
        collect_paths([folder / "own.md"], store, settings, AS_OF)
        kinds = (EditionKind.MEMBER, EditionKind.PUBLIC)
        return run_month(store, PERIOD, as_of=AS_OF, settings=settings, catalog=Catalog.load(), kinds=kinds)


def _own(edition: Edition) -> list[str]:
    return [
        sentence.text
        for section in edition.sections
        if section.id == "own-networks"
        for paragraph in section.paragraphs
        for sentence in paragraph
    ]


@pytest.mark.parametrize("made", [True, False], ids=["made", "observed"])
@pytest.mark.parametrize("name", TRACKS)
def test_what_changed_is_told_in_both_languages(name: str, made: bool, tmp_path: Path) -> None:
    text = note(TRACKS[name], PERIOD, "Northgate CSIRT", made=made)
    issue = _issue(tmp_path, text, "Northgate CSIRT")
    for edition in issue.editions:
        if edition.kind is not EditionKind.MEMBER:
            assert not _own(edition)
            continue
        assert [section.id for section in edition.sections] == ["own-networks"]
        table = next(one for one in edition.tables if one.id == "networks")
        said = " ".join(_own(edition)) if name != "gone" else " ".join(" ".join(row.cells) for row in table.rows)
        assert SAID[name][edition.language == "ja"] in said
        telling = [one.text for one in edition.sentences() if "Relaynet" in one.text]
        telling += [row.cells[0] for row in table.rows]
        telling += [bar.group for one in edition.figures if one.id == "networks" for bar in one.body.bars]  # type: ignore[union-attr]
        assert len(telling) > 3
        assert [one for one in telling if (MADE[edition.language] in one.lower()) is not made] == []


def test_rows_stand_in_edition_json_as_the_note_has_them(tmp_path: Path) -> None:
    issue = _issue(tmp_path, note(TRACKS["within"], PERIOD, "x", made=True))
    data = json.loads(render_issue(issue))
    (network,) = data["networks"]
    assert network["track"] == "net-ab1d1234" and network["made"] is True
    assert [row["month"] for row in network["rows"]] == ["2026-02", "2026-03"]
    assert network["rows"][1]["text"].startswith("- 2026-03: 409 addresses (378 to 440, poisson), 70 new, 50 gone")


@pytest.mark.parametrize(
    ("signed", "head"),
    [
        pytest.param("Another House", "", id="another house's note"),
        pytest.param("Northgate CSIRT", "url: https://northgate.example/own\n", id="a page that claims to be ours"),
    ],
)
def test_what_others_publish_in_our_form_is_not_ours(signed: str, head: str, tmp_path: Path) -> None:
    text = note(TRACKS["within"], PERIOD, signed).replace("language: en\n", f"language: en\n{head}", 1)
    issue = _issue(tmp_path, text, "Northgate CSIRT")
    assert issue.month.networks == ()
    assert not any(_own(edition) for edition in issue.editions)
