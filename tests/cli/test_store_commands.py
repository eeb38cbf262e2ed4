"""Commands of the store: search, verify, export, migrate, correct, catalog, doctor."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from geppo.cli import _catalog, collect, correct, doctor, export, init, migrate, search, verify
from geppo.errors import UsageError

_PAGE = """---
publisher: Example CERT
title: {title}
url: https://cert.example/{name}
published: 2026-04-0{day}
language: {language}
---
{text}
"""
_PAGES = (
    ("one", 2, "ja", "注意喚起", "日本政府は、Blue Reef による攻撃を確認した。中継ネットワークが使われた。"),
    ("two", 5, "en", "Blue Reef", "The group Blue Reef uses a relay network against government agencies."),
)


@pytest.fixture
def work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace with two documents."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, day, language, title, text in _PAGES:
        page = _PAGE.format(name=name, day=day, language=language, title=title, text=text)
        (pages / f"{name}.md").write_text(page, encoding="utf-8")
    init.run(tmp_path / "w")
    assert collect.run(path=[pages], workspace=tmp_path / "w") == 0
    capsys.readouterr()
    return tmp_path / "w"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was printed since."""
    return lambda: capsys.readouterr().out


def test_search_marks_the_hit(work: Path, said: Callable[[], str]) -> None:
    assert search.run("政府", workspace=work) == 0
    shown = said()
    assert "2026-04-02  Example CERT: 注意喚起" in shown
    assert "日本[政府]は" in shown
    search.run("GOVERNMENT", language="en", json_=True, workspace=work)
    (row,) = map(json.loads, said().splitlines())
    assert row["text"][row["start"] : row["end"]] == "government"
    for day in ("2026-04-03", "2026-04-05"):
        search.run("Blue Reef", since=day, json_=True, workspace=work)
        assert len(said().splitlines()) == 1
    search.run("Blue Reef", as_of="2020-01-01", workspace=work)
    assert said() == ""
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        search.run("x", since="April", workspace=work)


def test_verify_names_the_damaged_document(work: Path, said: Callable[[], str]) -> None:
    assert verify.run(workspace=work) == 0
    assert "2 archived files" in said()
    with closing(sqlite3.connect(work / "geppo.sqlite")) as connection:
        data = bytearray(connection.execute("SELECT data FROM archive WHERE seq = 2").fetchone()[0])
        data[len(data) // 2] ^= 4
        connection.execute("UPDATE archive SET data = ? WHERE seq = 2", (bytes(data),))
        connection.commit()
    assert verify.run(workspace=work) == 1
    assert "two.md" in said()


def test_export_and_migrate_bring_the_same_store(work: Path, tmp_path: Path, said: Callable[[], str]) -> None:
    assert export.run(archive=tmp_path / "a.tar", workspace=work) == 0
    init.run(tmp_path / "v")
    assert migrate.run(str(tmp_path / "a.tar"), str(tmp_path / "v")) == 0
    assert verify.run(workspace=tmp_path / "v") == 0
    export.run(archive=tmp_path / "b.tar", workspace=tmp_path / "v")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    said()
    assert migrate.run(str(tmp_path / "a.tar"), str(tmp_path / "new" / "home")) == 0
    assert f"copied to {tmp_path / 'new' / 'home' / 'geppo.sqlite'}" in said()
    assert (tmp_path / "new" / "home" / "geppo.toml").is_file() and verify.run(workspace=tmp_path / "new" / "home") == 0
    assert migrate.run(str(tmp_path / "a.tar"), str(tmp_path / "alone.sqlite")) == 0
    assert (tmp_path / "alone.sqlite").is_file()
    for source, target in (("nothing", "x"), (str(work), str(tmp_path / "v")), (str(work), "x.tar")):
        with pytest.raises(UsageError, match="migrate: "):
            migrate.run(source, target)
    with pytest.raises(UsageError, match="say what"):
        export.run(workspace=work)


def test_a_workspace_on_postgres(work: Path, tmp_path: Path, postgres: str, said: Callable[[], str]) -> None:
    from tests.knowledge.servers import fresh

    address = fresh(postgres)
    assert migrate.run(str(work), address) == 0
    (work / "geppo.toml").write_text(f'[store]\nurl = "{address}"\n', encoding="utf-8")
    (work / "geppo.sqlite").unlink()
    said()
    assert search.run("政府", json_=True, workspace=work) == 0
    assert len(said().splitlines()) == 1
    assert doctor._store(work).startswith("postgresql, version 2")
    (work / "geppo.toml").write_text('[store]\nurl = "mysql://x"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="postgresql://"):
        search.run("政府", workspace=work)


def test_correct_and_withdraw(work: Path, said: Callable[[], str]) -> None:
    search.run("政府", json_=True, workspace=work)
    key = json.loads(said())["id"]
    correct.run(key[:12], author="mk", reason="typing error", publisher="Other CERT", workspace=work)
    search.run("政府", publisher="other", json_=True, workspace=work)
    assert json.loads(said().splitlines()[-1])["id"] == key
    correct.run(key[:12], author="mk", reason="forged", withdraw=True, workspace=work)
    said()
    search.run("政府", workspace=work)
    assert said() == ""
    assert verify.run(workspace=work) == 0
    for prefix in ("", "zz", key):
        with pytest.raises(UsageError, match="expected one"):
            correct.run(prefix, author="mk", reason="x", withdraw=True, workspace=work)
    with pytest.raises(UsageError, match="either"):
        correct.run(key, author="mk", reason="x", workspace=work)


def test_catalog_edits_are_kept_applied_and_taken_back(work: Path, said: Callable[[], str]) -> None:
    from geppo.catalog import Catalog
    from geppo.cli import _place

    def meant(as_of: str | None = None) -> str:
        place = _place.open_workspace(work)
        found = _place.catalog(place, _place.moment(as_of)).match("Quiet Otter Nine attacked.", "en")
        place.store.close()
        return found[0].id if found else ""

    who = {"author": "mk", "reason": "named in the report", "workspace": work}
    alias = {"namer": "Vendor", "source": "https://v.example/1", "date": "2026-04-02"}
    _catalog.add_alias("Quiet Otter Nine", means="actor/jewelbug", **alias, **who)  # type: ignore[arg-type]
    identity = said().partition(":")[0]
    assert meant() == "actor/jewelbug"
    assert meant("2020-01-01") == ""
    assert not Catalog.load().match("Quiet Otter Nine attacked.", "en"), "the packaged base stays as it is"
    _catalog.undo(identity, **who)  # type: ignore[arg-type]
    assert meant() == ""
    _catalog.add_publisher("org/quiet-press", name="Quiet Press", kind="press", **who)  # type: ignore[arg-type]
    _catalog.grade("org/quiet-press", grade="B", **who)  # type: ignore[arg-type]
    source = (
        '[[source]]\nname = "{0}"\nkind = "feed"\nurl = "https://q.example/{0}"\npublisher = "{0}"\nreliability = "D"\n'
    )
    (work / "sources.toml").write_text(source.format("Quiet Press") + source.format("Loud Press"), encoding="utf-8")
    place = _place.open_workspace(work)
    edited = _place.catalog(place, _place.moment(None))
    place.store.close()
    assert edited.grade("Loud Press") == "D"
    publisher = edited.publisher("Quiet Press")
    assert publisher is not None
    assert (publisher.kind, edited.grade("Quiet Press")) == ("press", "B")
    said()
    _catalog.show(json_=True, workspace=work)
    assert [json.loads(line)["in_force"] for line in said().splitlines()] == [False, False, True, True]
    wrong: tuple[tuple[Callable[..., int], str, dict[str, str]], ...] = (
        (_catalog.add_alias, "X", {"means": "actor/nobody-at-all", **alias}),
        (_catalog.add_alias, "X", {"means": "actor/jewelbug", "namer": "V", "source": "s"}),
        (_catalog.add_publisher, "press", {"name": "P", "kind": "press"}),
        (_catalog.grade, "org/quiet-press", {"grade": "Z"}),
        (_catalog.undo, "e0", {}),
        (_catalog.undo, "", {}),
    )
    for action, subject, values in wrong:
        with pytest.raises(UsageError, match="catalog"):
            action(subject, **values, **who)
    with pytest.raises(UsageError, match="--author"):
        _catalog.undo(identity, author=" ", reason="x", workspace=work)


def test_doctor_tells_the_state(work: Path) -> None:
    told = doctor._store(work)
    assert told.startswith("sqlite, version 2, ")
    assert "2 archive" in told


def test_collecting_a_file_again_leaves_no_gap(work: Path, tmp_path: Path, said: Callable[[], str]) -> None:
    assert collect.run(path=[tmp_path / "pages"], workspace=work) == 0
    assert "0 new documents, 2 known already, 0 not taken" in said()
    copy = tmp_path / "copy.md"
    copy.write_bytes((tmp_path / "pages" / "one.md").read_bytes())
    collect.run(path=[copy], workspace=work)
    assert "0 new documents, 1 known already, 1 not taken" in said()
