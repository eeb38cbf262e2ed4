"""Feeds that were made to cost the parser endless time, and feeds that have to come through as they are."""

from __future__ import annotations

import time

import pytest

from geppo.collect._feeds import items
from geppo.collect._http import Page
from geppo.collect._tamed import tamed
from geppo.errors import InputError

_HEAD = b'<?xml version="1.0" encoding="utf-8"?>'
_OPEN = b'<rss version="2.0"><channel><title>D</title><item><title>x</title><link>https://a.example/1</link>'
_END = b"</item></channel></rss>"
_LONG = 100_000
HOSTILE = {
    "a declaration without end": b'<?xml version="1.0" encoding="' + b'"' * _LONG,
    "marks behind a word like the declaration's": _HEAD + _OPEN + b'<a>encoding="' + b'"' * _LONG + b"</a>" + _END,
    "an author of one word": _HEAD + _OPEN + b"<author>" + b"a" * _LONG + b"</author>" + _END,
    "an author of dots": _HEAD + _OPEN + b"<author>a@" + b"a." * (_LONG // 2) + b"</author>" + _END,
    "blank lines before the feed": _HEAD + b"\n" * _LONG + _OPEN + _END,
    "entities without end": _HEAD + b"<!DOCTYPE rss [" + b"\n <!ENTITY" * (_LONG // 10) + _OPEN + _END,
}


def read(data: bytes) -> list[str]:
    return [one.url for one in items(Page(url="https://a.example/feed", data=data, headers={}), "en")]


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_made_to_take_long_takes_none(what: str) -> None:
    """Untamed each takes 25 seconds and more."""
    start = time.process_time()
    try:
        assert read(HOSTILE[what]) == ["https://a.example/1"]
    except InputError as error:
        assert error.kind == "not-a-feed" and what == "a declaration without end"
    assert time.process_time() - start < 2


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n \n"])
def test_a_sound_feed_comes_through(mark: bytes) -> None:
    token = b"C" * 900
    text = "発行者の記事".encode() * 300
    link = b"<link>https://a.example/" + token + b"</link>"
    data = mark + _HEAD + _OPEN.replace(b"<link>https://a.example/1</link>", link) + b"<description>" + text
    found = items(Page(url="https://a.example/feed", data=data + b"</description>" + _END, headers={}), "ja")
    assert [one.url for one in found] == ["https://a.example/" + token.decode()] and found[0].html == text.decode()


def test_a_run_is_cut_and_what_stands_behind_it_stays() -> None:
    data = b"<a>" + b"x" * 5000 + b"</a><b>" + b"y" * 1024 + b"</b>" + b"z" * 2000
    assert tamed(data) == b"\n<a>" + b"x" * 1024 + b"</a><b>" + b"y" * 1024 + b"</b>" + b"z" * 1024


def test_a_wide_feed_is_read_up_to_a_size() -> None:
    wide = ('<?xml version="1.0" encoding="utf-16"?>' + (_OPEN + _END).decode()).encode("utf-16")
    assert read(wide) == ["https://a.example/1"]
    with pytest.raises(InputError, match="UTF-8"):
        read(wide + " ".encode("utf-16-le") * 100_001)
