"""`geppo deliver` and `geppo schedule` as commands: what they print, write and return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geppo.cli import deliver, schedule
from geppo.errors import UsageError
from tests.deliver.office import read, workspace

EARLY, DUE, LATE = "2031-06-01T00:00Z", "2031-06-02T06:01+09:00", "2031-06-30T00:00Z"
READERS = """
[[subscriber]]
address = "member@desk.example"
name = "会員"
language = "ja"
edition = "member"
clearance = "TLP:GREEN"
timezone = "Asia/Tokyo"
[[subscriber]]
address = "york@desk.example"
language = "en"
edition = "member"
clearance = "TLP:GREEN"
timezone = "America/New_York"
[[subscriber]]
address = "open@desk.example"
language = "ja"
edition = "member"
timezone = "Asia/Tokyo"
[[subscriber]]
address = "gone@desk.example"
language = "ja"
timezone = "Asia/Tokyo"
active = false
[[subscriber]]
address = "wrong"
language = "ja"
timezone = "Asia/Tokyo"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with five readers and two folders as channels."""
    root = workspace(tmp_path / "w", 1, [])
    (root / "subscribers.toml").write_text(READERS, encoding="utf-8")
    for name in ("mail", "share"):
        (root / name).mkdir()
    (root / "channels.toml").write_text(
        f'[[channel]]\nname = "mail"\nkind = "folder"\nholds = "mail"\npath = "{root}/mail"\n'
        'editions = "member,public"\nclearance = "TLP:GREEN"\n'
        f'[[channel]]\nname = "stix"\nkind = "folder"\nholds = "bundle"\npath = "{root}/share"\neditions = "member"\n',
        encoding="utf-8",
    )
    return root


def _lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    shown = capsys.readouterr()
    return shown.out.splitlines(), shown.err


def test_preview_says_who_and_why_and_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in place.rglob("*"))
    assert deliver.run("2031-05", preview=True, now=DUE, workspace=place) == 3
    out, err = _lines(capsys)
    rows = {line.split()[3]: line.split() for line in out if "@desk" in line}
    assert [rows[f"{who}@desk.example"][0] for who in ("member", "york", "open", "gone")] == [
        "send", "later", "never", "never",
    ]  # fmt: skip
    reasons = {who: " ".join(row[4:]) for who, row in rows.items()}
    assert reasons["open@desk.example"] == "TLP:GREEN is above the reader's TLP:CLEAR"
    assert reasons["gone@desk.example"] == "not active" and reasons["york@desk.example"] == "not due yet"
    assert rows["york@desk.example"][2] == "2031-06-02T10:01:00+00:00"
    assert "subscriber 5: address" in err
    assert sorted(path.name for path in place.rglob("*")) == before


def test_dry_run_builds_and_checks_and_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in place.rglob("*"))
    assert deliver.run("2031-05", dry_run=True, now=LATE, workspace=place) == 3
    out, _ = _lines(capsys)
    assert sum("would send" in line for line in out) == 3
    assert sorted(path.name for path in place.rglob("*")) == before


def test_each_in_their_own_morning_and_nothing_twice(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for now in (EARLY, DUE, DUE, LATE, LATE):
        deliver.run("2031-05", now=now, workspace=place)
        counts.append(len(list((place / "mail").iterdir())))
    assert counts == [0, 1, 1, 2, 2]
    got = sorted(str(read(file.read_bytes())["To"].addresses[0].addr_spec) for file in (place / "mail").iterdir())
    assert got == ["member@desk.example", "york@desk.example"]
    bundle = json.loads((place / "share" / "2031-05" / "bundle.stix.json").read_text(encoding="utf-8"))
    labels = {one["name"] for one in bundle["objects"] if one["type"] == "marking-definition"}
    assert labels == {"TLP:CLEAR"}, "the channel's clearance is the careful default"
    assert "public.ja.html" in (place / "out" / "feed.atom").read_text(encoding="utf-8")


def test_the_feed_waits_for_the_public_excerpt(place: Path) -> None:
    deliver.run("2031-05", now=DUE, workspace=place)
    assert "<entry" not in (place / "out" / "feed.atom").read_text(encoding="utf-8")


def test_a_public_excerpt_above_its_ceiling_goes_nowhere(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "geppo.toml").write_text("[settings]\n", encoding="utf-8")
    (place / "subscribers.toml").write_text(
        READERS + '[[subscriber]]\naddress = "p@desk.example"\nlanguage = "ja"\nclearance = "TLP:RED"\n'
        'timezone = "Asia/Tokyo"\n',
        encoding="utf-8",
    )
    deliver.run("2031-05", preview=True, now=LATE, workspace=place)
    out, _ = _lines(capsys)
    line = next(line for line in out if "p@desk.example" in line)
    assert line.split()[0] == "never" and "TLP:GREEN is above TLP:CLEAR, the ceiling of every public edition" in line
    deliver.run("2031-05", now=LATE, workspace=place)
    assert "<entry" not in (place / "out" / "feed.atom").read_text(encoding="utf-8")


def test_leaving_the_list(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver.run("2031-05", now=DUE, workspace=place)
    (file,) = (place / "mail").iterdir()
    mark = str(read(file.read_bytes())["List-Unsubscribe"]).rpartition("unsubscribe%20")[2].rstrip(">")
    _lines(capsys)
    assert deliver.run(unsubscribe=mark, workspace=place) == 0
    assert deliver.run(suppress="york@desk.example", workspace=place) == 0
    deliver.run("2031-05", now=LATE, workspace=place)
    assert len(list((place / "mail").iterdir())) == 1
    assert deliver.run(allow="york@desk.example", workspace=place) == 0
    deliver.run("2031-05", now=LATE, workspace=place)
    assert len(list((place / "mail").iterdir())) == 2
    assert "member@desk.example: unsubscribed" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no reader has this"):
        deliver.run(unsubscribe="x" * 24, workspace=place)
    with pytest.raises(UsageError, match="change nothing"):
        deliver.run(suppress="a@desk.example", preview=True, workspace=place)


def test_without_an_issue_it_takes_last_month(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deliver.run(now=DUE, workspace=place, preview=True) == 3
    assert "2031-05 by mail" in capsys.readouterr().out
    assert deliver.run(now="2031-07-31T21:00Z", workspace=place) == 0
    assert "2031-07 is not written yet" in capsys.readouterr().err
    with pytest.raises(UsageError, match="has been due since 2031-07-31T21:01:00"):
        deliver.run(now="2031-07-31T21:01Z", workspace=place)


def test_a_correction_answers_the_mail_it_corrects(place: Path) -> None:
    from geppo.config import load
    from geppo.deliver import edition_json, stix
    from geppo.deliver import email as mail
    from tests.deliver.test_feed_docx_corrections import _again

    deliver.run("2031-05", now=LATE, workspace=place, channel="mail")
    first = {str(read(file.read_bytes())["Message-ID"]) for file in (place / "mail").iterdir()}
    issue, folder = _again(), place / "out" / "2031-05.2"
    folder.mkdir()
    (folder / edition_json.FILE).write_bytes(edition_json.render_issue(issue))
    (folder / stix.FILE).write_bytes(stix.render_issue(issue, load()))
    for one in issue.editions:
        (folder / f"{one.kind.value}.{one.language}.eml").write_bytes(mail.render(issue, one, load()))
    deliver.run("2031-05.2", now=LATE, workspace=place, channel="mail")
    second = [read(file.read_bytes()) for file in (place / "mail").iterdir()]
    answers = {str(one["In-Reply-To"]) for one in second if one["In-Reply-To"]}
    assert len(first) == 2 and answers == first


def test_wrong_use(place: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no channel 'fax'"):
        deliver.run("2031-05", channel="fax", workspace=place)
    with pytest.raises(UsageError, match="--now"):
        deliver.run("2031-05", now="tomorrow", workspace=place)
    with pytest.raises(UsageError, match="2031-06"):
        deliver.run("2031-06", workspace=place)
    (place / "channels.toml").write_text('[[channel]]\npassword = "swordfish\n', encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        deliver.run("2031-05", workspace=place)
    assert "swordfish" not in str(caught.value)


def test_a_mail_file_of_another_issue_is_not_sent(place: Path) -> None:
    folder = place / "out" / "2031-05"
    (folder / "member.ja.eml").write_bytes((folder / "public.en.eml").read_bytes())
    with pytest.raises(UsageError, match="not of the same issue"):
        deliver.run("2031-05", now=LATE, workspace=place)
    assert not list((place / "mail").iterdir())


def test_schedule_prints_units_and_days(place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert schedule.run(workspace=place) == 0
    out = capsys.readouterr().out
    assert "06:01:00 Asia/Tokyo" in out and "06:01:00 America/New_York" in out and "01,16,31,46 * 1-14,28-31" in out
    assert f"--workspace {place.resolve()}" in out
    assert schedule.run(workspace=place, out=tmp_path) == 0
    assert (tmp_path / "geppo-deliver.timer").read_text(encoding="utf-8") in out
    capsys.readouterr()
    assert schedule.run(period="2031-05", workspace=place) == 0
    shown = capsys.readouterr()
    assert (
        "member  2031-06-02T06:01:00+09:00  Asia/Tokyo" in shown.out and "no holidays are known for 2031" in shown.err
    )
    with pytest.raises(UsageError):
        schedule.run(period="May", workspace=place)
