"""One reader's mail: any name and address gives a sound head, the same id each time, and no trace of anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo import config
from geppo.config import Settings
from geppo.deliver import email as mail
from geppo.deliver._shown import visible
from geppo.deliver.letter import Exit, Template, check, letter, message_id, owner, token
from geppo.deliver.subscribers import Subscriber, roll
from geppo.errors import InputError, UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp
from tests.deliver.office import read, small_issue

EXIT = Exit(url="https://brief.example/leave?t=", mail="leave@brief.example", key=b"k" * 32)
READER = Subscriber(
    address="reader@desk.example",
    name="",
    language="en",
    edition=EditionKind.PUBLIC,
    clearance=Tlp.GREEN,
    role="",
    timezone="Asia/Tokyo",
    active=True,
)
DATA = mail.render(small_issue(), small_issue().editions[-1], config.load())
TEMPLATE = Template.read(DATA, "public.en.eml")
ODD = st.text(alphabet="ab Z\\\"'<>()[]:;@,.=?_-é語｡🛰\u0301", max_size=40) | st.text(max_size=120)
LOCAL = st.text(alphabet="abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64)


@effort(deadline=None, max_examples=120)
@given(ODD, LOCAL)
def test_any_name_and_address_gives_a_sound_head(name: str, local: str) -> None:
    row = {"address": local + "@desk.example", "name": name, "language": "en", "timezone": "Asia/Tokyo"}
    made = roll([("x", row)])
    if not made.subscribers:
        assert made.problems
        return
    (reader,) = made.subscribers
    id_ = message_id("2031-05", "public", "en", reader.address, TEMPLATE.domain)
    data = letter(TEMPLATE, reader, id_, EXIT)
    assert check(data) == ()
    message = read(data)
    assert [one.addr_spec for one in message["To"].addresses] == [reader.address]
    shown = message["To"].addresses[0].display_name
    assert "".join(shown.split()) == "".join(reader.name.split()), "blanks may fold, nothing else"
    assert message.keys().count("To") == 1 and message["Bcc"] is None
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 200


def test_names_are_checked_for_what_does_not_show() -> None:
    assert visible("A\u200bB") == "AB"
    assert roll([("x", {"address": "a@b.example", "name": "A\u200bB"})]).problems


def test_the_id_depends_on_issue_edition_language_and_reader_only() -> None:
    one = message_id("2031-05", "public", "en", "reader@desk.example", "brief.example")
    assert one == message_id("2031-05", "public", "en", "Reader@Desk.example", "brief.example")
    others = {
        message_id("2031-05.2", "public", "en", "reader@desk.example", "brief.example"),
        message_id("2031-05", "member", "en", "reader@desk.example", "brief.example"),
        message_id("2031-05", "public", "ja", "reader@desk.example", "brief.example"),
        message_id("2031-05", "public", "en", "reader2@desk.example", "brief.example"),
    }
    assert len(others) == 4 and one not in others
    assert one.startswith("<2031-05.public.en.") and one.endswith("@brief.example>") and "reader" not in one


def test_head_of_a_letter() -> None:
    data = letter(
        TEMPLATE, replace(READER, name="山田 花子"), "<id@brief.example>", EXIT, ["<a@b.example>", "<c@b.example>"]
    )
    message = read(data)
    assert message["To"].addresses[0].display_name == "山田 花子"
    assert message["In-Reply-To"] == "<c@b.example>"
    assert message["References"].split() == ["<a@b.example>", "<c@b.example>"]
    assert message["List-Id"] == "<geppo.localhost.invalid>"
    assert data.endswith(TEMPLATE.body) and DATA.endswith(TEMPLATE.body)
    plain = read(letter(TEMPLATE, READER, "<id@brief.example>", EXIT))
    assert plain["In-Reply-To"] is None and plain["References"] is None


def test_the_same_bytes_each_time() -> None:
    assert letter(TEMPLATE, READER, "<i@b.example>", EXIT) == letter(TEMPLATE, READER, "<i@b.example>", EXIT)


def test_one_click_needs_an_https_address() -> None:
    only_mail = read(letter(TEMPLATE, READER, "<id@brief.example>", replace(EXIT, url="")))
    assert only_mail["List-Unsubscribe-Post"] is None
    assert only_mail["List-Unsubscribe"].startswith("<mailto:leave@brief.example?subject=unsubscribe%20")


def test_a_token_tells_one_reader_to_who_has_the_key() -> None:
    readers = [replace(READER, address=f"r{n}@desk.example") for n in range(5)]
    mark = token("R3@desk.example", EXIT.key)
    assert owner(mark, readers, EXIT.key) == readers[3]
    assert owner(mark, readers, b"another key, another list") is None
    assert owner("", readers, EXIT.key) is None and owner("é", readers, EXIT.key) is None
    assert "r3" not in mark.lower().replace("_", "") or len(mark) == 24


def _with(**values: str) -> Settings:
    return replace(config.load(), values={f"deliver.{name}": value for name, value in values.items()})


@pytest.mark.parametrize(
    "url", ["http://brief.example/", "brief.example", "https://brief.example/ x", "https://a/>,<b"]
)
def test_addresses_of_the_way_out(url: str) -> None:
    with pytest.raises(UsageError, match="unsubscribe_url"):
        Exit.of(_with(unsubscribe_url=url), b"k")
    with pytest.raises(UsageError, match="unsubscribe_mail"):
        Exit.of(_with(unsubscribe_mail="nobody"), b"k")
    assert Exit.of(_with(mail_from="Desk <desk@brief.example>"), b"k").mail == "desk@brief.example"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"MIME-Version: 1.0\r\n", b"", "MIME-Version"),
        (b"\r\nDate: ", b"\r\nDate: Tue, 03 Jun 2031 06:01:00 +0000\r\nDate: ", "Date"),
        (b"multipart/alternative", b"text/plain", "multipart/alternative"),
        (b"\r\n\r\n", b"\r\nX: " + b"x" * 1000 + b"\r\n\r\n", "998"),
        (b"geppo <", "月報 <".encode(), "not ASCII"),
        (b"\r\nSubject", b"\nSubject", "CR LF"),
        (b'charset="utf-8"', b'charset="no-such"', "cannot be decoded"),
    ],
)
def test_a_mail_that_is_unsound_is_not_sent(old: bytes, new: bytes, words: str) -> None:
    broken = DATA.replace(old, new, 1)
    assert broken != DATA and any(words in problem for problem in check(broken))
    with pytest.raises(InputError, match=r"public\.en\.eml"):
        Template.read(broken, "public.en.eml")


def test_the_mail_file_belongs_to_its_issue() -> None:
    issue = small_issue()
    assert TEMPLATE.matches(issue.month.as_of, issue.editions[-1].subject, "TLP:GREEN")
    assert not TEMPLATE.matches(datetime(2031, 6, 4, tzinfo=UTC), issue.editions[-1].subject, "TLP:GREEN")
    assert not TEMPLATE.matches(issue.month.as_of, "Another subject", "TLP:GREEN")
    assert not TEMPLATE.matches(issue.month.as_of, issue.editions[-1].subject, "TLP:CLEAR")
    assert not TEMPLATE.matches(issue.month.as_of, issue.editions[-1].subject, "TLP:AMBER")
