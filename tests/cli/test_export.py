"""`geppo export`: files of each format from a workspace, deterministic, below the ceiling."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo.cli import _place
from geppo.cli._export_formats import export, marking
from geppo.errors import UsageError
from geppo.exchange.csv import COLUMNS
from geppo.model.marking import Tlp
from geppo.pipeline import collect_paths

PAGE = """---
publisher: Tidewater Labs
title: GLASSWEIR and its controller
url: https://tidewater.example/{n}
published: 2031-05-0{n}
language: en
---
We assess that the espionage group Marsh Osprey uses the malware SALTREED against ministries in Japan.
The command-and-control server was hxxp://198.51.100[.]2{n}/gate, seen on 2 May 2031.
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two pages."""
    home = tmp_path_factory.mktemp("export")
    pages = home / "pages"
    pages.mkdir()
    for n in (3, 4):
        (pages / f"{n}.md").write_text(PAGE.format(n=n), encoding="utf-8")
    _place.make(home / "work")
    place = _place.open_workspace(home / "work")
    collect_paths([pages], place.store, place.settings, datetime(2031, 6, 1, tzinfo=UTC))
    place.store.close()
    return home / "work"


AS_OF = "2031-06-03"


def test_each_format_from_a_workspace(work: Path, tmp_path: Path) -> None:
    (bundle,) = export("2031-05", "stix", profile="opencti", as_of=AS_OF, out=tmp_path, workspace=work)
    objects = json.loads(bundle.read_bytes())["objects"]
    assert bundle.name == "bundle.opencti.stix.json"
    assert {"report", "indicator", "url", "relationship"} <= {one["type"] for one in objects}
    (table,) = export("2031-05", "csv", as_of=AS_OF, out=tmp_path, workspace=work)
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert {row["value"] for row in rows if row["to_ids"] == "1"} == {
        "http://198.51.100.23/gate",
        "http://198.51.100.24/gate",
    }
    assert rows[0]["source_url"].startswith("https://tidewater.example/") and rows[0]["tlp"] == "tlp:clear"


def test_a_feed_is_the_same_when_written_again(work: Path, tmp_path: Path) -> None:
    files = export("2031-05", "misp", as_of=AS_OF, out=tmp_path, workspace=work)
    assert {path.name for path in files} >= {"manifest.json", "hashes.csv"} and len(files) == 3
    first = {path: path.read_bytes() for path in files}
    export("2031-05", "misp", as_of=AS_OF, out=tmp_path, workspace=work)
    assert {path: path.read_bytes() for path in files} == first == {p: p.read_bytes() for p in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"month": "2031-5", "form": "stix"}, "YYYY-MM"),
        ({"month": "2031-05", "form": "xml"}, "stix, misp, csv"),
        ({"month": "2031-05", "form": "stix", "profile": "other"}, "misp, opencti, strict"),
        ({"month": "2031-05", "form": "stix", "ceiling": "TLP:BLUE"}, "TLP:AMBER\\+STRICT"),
    ],
)
def test_wrong_use_is_told(words: dict[str, str], said: str, work: Path) -> None:
    with pytest.raises(UsageError, match=said):
        export(
            words["month"],
            words["form"],
            workspace=work,
            ceiling=words.get("ceiling"),
            profile=words.get("profile", "strict"),
        )


def test_labels_of_markings() -> None:
    assert marking("clear") is marking("TLP:CLEAR") is Tlp.CLEAR and marking("amber+strict") is Tlp.AMBER_STRICT


def test_csv_cells_are_no_formulas() -> None:
    from dataclasses import replace

    from geppo.exchange.csv import to_csv
    from tests.exchange.made import made_package, seen

    package = made_package()
    report = replace(package.reports[0], observables=(seen("filename", "=cmd|' /C calc'!A0", "malicious"),))
    rows = list(csv.reader(io.StringIO(to_csv(replace(package, reports=(report,))).decode(), newline="")))
    assert rows[1][0] == "'=cmd|' /C calc'!A0" and len(rows) == 2
