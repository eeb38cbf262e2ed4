"""Bounces: which mail came back, who gets no more, and what a forged one can do (nothing)."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.deliver.bounce import read_bounce, take_bounces
from geppo.deliver.ledger import Ledger, Outcome, Reply, State
from geppo.errors import UsageError
from tests.deliver.office import NOW

CASES = Path(__file__).parents[1] / "cases" / "deliver" / "bounces"
FILES = sorted(CASES.iterdir())
SENT = Reply(outcome=Outcome.SENT, code=250, text="taken")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Four mails of an issue that were taken."""
    made = Ledger(tmp_path / "delivery.sqlite", lambda: NOW)
    _sent(made, "2031-05", "")
    return made


def _sent(ledger: Ledger, issue: str, mark: str) -> None:
    ledger.plan((f"<ID{n}{mark}>", "mail", issue, "member", "ja", f"Reader{n}@desk.example") for n in range(4))
    for n in range(4):
        ledger.intend(f"<ID{n}{mark}>", "mail")
        ledger.settle(f"<ID{n}{mark}>", "mail", State.SENT, SENT)


def _states(ledger: Ledger) -> list[State]:
    return [one.state for one in ledger.entries("2031-05")]


def test_a_folder_of_bounces(ledger: Ledger) -> None:
    done = take_bounces(CASES, ledger, 100_000, 2)
    assert {word: count for word, count in done.items() if count} == {
        "suppressed": 1, "bounced": 1, "delayed": 1, "foreign": 1, "unread": 3,
    }  # fmt: skip
    assert _states(ledger) == [State.BOUNCED, State.BOUNCED, State.SENT, State.SENT]
    assert ledger.suppressed() == {"reader0@desk.example": "2031-05 came back: 5.1.1 smtp; 550 no such user"}
    assert [event.detail for event in ledger.events("delayed")] == ["4.4.1 smtp; no answer"]


def test_reading_again_changes_nothing(ledger: Ledger) -> None:
    take_bounces(CASES, ledger, 100_000, 2)
    before = (_states(ledger), ledger.suppressed(), len(ledger.events("bounced")))
    assert take_bounces(CASES, ledger, 100_000, 2)["known"] == 2
    assert (_states(ledger), ledger.suppressed(), len(ledger.events("bounced"))) == before


def test_a_full_mailbox_two_months_in_a_row_is_suppressed(ledger: Ledger, tmp_path: Path) -> None:
    _sent(ledger, "2031-06", "b")
    folder = tmp_path / "in"
    folder.mkdir()
    text = (CASES / "full-mailbox.eml").read_text(encoding="utf-8")
    (folder / "may.eml").write_text(text, encoding="utf-8")
    assert take_bounces(folder, ledger, 100_000, 2)["bounced"] == 1 and not ledger.suppressed()
    (folder / "june.eml").write_text(text.replace("<ID1>", "<ID1b>"), encoding="utf-8")
    assert take_bounces(folder, ledger, 100_000, 2)["suppressed"] == 1
    assert list(ledger.suppressed()) == ["reader1@desk.example"]
    assert ledger.allow("Reader1@Desk.example") and not ledger.allow("reader1@desk.example")


def test_an_mbox_says_the_same_as_a_folder(ledger: Ledger, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "bounces.mbox")
    for file in FILES:
        box.add(file.read_bytes())
    box.close()
    done = take_bounces(tmp_path / "bounces.mbox", ledger, 100_000, 2)
    assert done["suppressed"] == done["bounced"] == done["delayed"] == done["foreign"] == 1 and done["unread"] == 3


def test_the_address_in_the_bounce_is_not_believed(ledger: Ledger) -> None:
    take_bounces(CASES, ledger, 100_000, 2)
    assert "somebody-else@desk.example" not in ledger.suppressed()


def test_too_large_and_not_there(ledger: Ledger, tmp_path: Path) -> None:
    assert take_bounces(CASES, ledger, 10, 2) == {"unread": len(FILES)}
    assert State.BOUNCED not in _states(ledger)
    with pytest.raises(UsageError, match="mbox or a folder"):
        take_bounces(tmp_path / "nothing", ledger, 10, 2)


@effort(deadline=None, max_examples=150)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_hostile_bytes_end_in_nothing_or_in_a_bounce(noise: bytes, place: int) -> None:
    data = (CASES / "unknown-user.eml").read_bytes()
    for one in read_bounce(data[:place] + noise + data[place:], "x"):
        assert one.message_id.startswith("<") and one.status[0] in "245" and "\n" not in one.diagnostic
    read_bounce(noise, "x")
