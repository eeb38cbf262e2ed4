"""Values in texts: own lines in five languages, near-misses, and properties that hold for any text."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.model.observable import ObservableType, Role, Verdict
from geppo.read.extract.observables import find

CASES = Path(__file__).parents[1] / "cases" / "observables"


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.toml"))
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("case", []), start=1)
    ]


@pytest.mark.parametrize("case", _cases())
def test_a_line_gives_exactly_its_values(case: dict[str, Any]) -> None:
    found = find(case["text"], publisher_domain=case.get("publisher", ""), language=case.get("language", "en"))
    assert [f"{one.type} {one.value} {one.verdict}" for one in found] == case["found"]
    for words in case.get("reason", []):
        assert any(word in one.reason for word in words.split("|") for one in found)
    details = {f"{one.value} {name}={value}" for one in found for name, value in one.detail}
    details |= {f"{one.value} -" for one in found if not one.detail}
    assert set(case.get("detail", [])) <= details


ALPHABET = st.sampled_from(
    [
        *"aZ09.:/\\@-_[](){}<>|`'\"?#&=%,; \n\t。「」（）．か漢한дéİß–１Ａ\x00\u200b\u00ad\u0301\u3099",
        *("[.]", "(dot)", "hxxp://", "https://", "[:]", "[at]", "рф", "com", "example", "zip", "exe", "198.51.100.7"),
        *("CVE-2025-", "T1059", "::", "2001:db8", "0x", "d41d8cd98f00b204e9800998ecf8427f", "legitimate", "C2"),
        *(
            "C:\\",
            "HKLM\\",
            "%TEMP%\\",
            "\\\\srv\\x",
            "mutex ",
            "ミューテックス",
            "User-Agent: ",
            "Mozilla/5.0 (",
            "Telegram ",
        ),
        *(
            "@name_1",
            "t.me/",
            ".onion",
            ":8080",
            "/24",
            "JA3: ",
            "serial number ",
            "certificate ",
            "0a:1b:2c:3d:4e:5f:60:71",
        ),
        *("3072:", "t13d1516h2_8daaf6152771_", "compromised ", "被害組織の", "for example "),
    ]
)


@given(st.lists(ALPHABET, max_size=40).map("".join) | st.text(max_size=80))
@settings(max_examples=400, deadline=None)
def test_offsets_stay_inside_the_text_and_in_order(text: str) -> None:
    found = find(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.reason and one.value == one.value.strip()
        assert one.type in ObservableType and one.verdict in Verdict and one.role in Role
        assert list(one.detail) == sorted(one.detail) and len(dict(one.detail)) == len(one.detail)


@given(
    st.sampled_from(
        ["198.51.100.7", "node7.example.net", "https://node7.example.net/a", "CVE-2025-12345", "ops@node7.example.net"]
    ),
    st.sampled_from(["「{}」", "は{}を", "，{}，", "адрес «{}».", "는 {}로", "`{}`", "({})", "see {}.", "{}"]),
    st.text(alphabet="かな漢字한글 \n", max_size=20),
)
@settings(max_examples=150, deadline=None)
def test_the_surface_is_the_value_as_written(value: str, frame: str, around: str) -> None:
    text = around + frame.format(value) + around
    (one,) = find(text)
    assert text[one.start : one.end] == value == one.value
    assert not one.defanged


@given(
    st.lists(
        st.sampled_from(["198.51.100.7", "198.51.100.8", "node7.example.net", "d41d8cd98f00b204e9800998ecf8427f"]),
        max_size=8,
    )
)
@settings(max_examples=50, deadline=None)
def test_a_defanged_value_reads_like_the_plain_one(values: list[str]) -> None:
    plain, marked = "\n".join(values), "\n".join(values).replace(".", "[.]")
    assert [one.value for one in find(plain)] == [one.value for one in find(marked)] == values


HOSTILE = {
    "brackets": "[" * 100_000,
    "marks": "[.]" * 50_000,
    "labels": "a." * 50_000,
    "numbers": "1." * 50_000,
    "schemes": "http://" * 15_000,
    "addresses": "http://a.bb/" * 8_000,
    "mails": "a@" * 50_000,
    "colons": "a:" * 50_000,
    "slashes": "/a" * 50_000,
    "digits": "ab" * 50_000,
    "soft": "\u200b" * 100_000,
    "combining": "e\u0301\u0323" * 30_000,
    "one run of marks": "e" + "\u0301\u0323" * 50_000,
    "dashes": "CVE–" * 25_000,
    "one line": "legitimate a.com, " * 5_000,
    "headings": "# c2\n" * 20_000,
    "drives": "C:\\" * 40_000,
    "folders": "C:\\a" + "\\a" * 50_000,
    "names with blanks": "C:\\a b " * 20_000,
    "hives": "HKLM\\a " * 20_000,
    "servers": "\\\\abc\\d" * 20_000,
    "variables": "%TEMP%\\" * 20_000,
    "mutexes": "mutex " * 20_000,
    "mutex list": "mutex:\n" + "- a1\n" * 20_000,
    "mutex lists": "mutex\na1\n" * 12_000,
    "quotes": "mutex '" * 20_000,
    "agents": "User-Agent: " * 12_000,
    "comments": "Mozilla/5.0 (" * 12_000,
    "products": "a/1 " * 30_000,
    "handles": "telegram @abcde " * 8_000,
    "fuzzy": "3:abc:" * 20_000,
    "serials": "serial number 0a " * 8_000,
    "pairs with colons": "0a:" * 40_000,
    "handshakes": "t13d1516h2_" * 12_000,
    "victims": "compromised site a.com, " * 5_000,
    "one list": "203.0.113.7, " * 8_000,
    "roles": "c2 download payload proxy scan " * 4_000,
    "labels of hashes": "JA3 certificate imphash d41d8cd98f00b204e9800998ecf8427f, " * 2_000,
    "wide brackets": "（" * 100_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_takes_linear_time(name: str) -> None:
    find("warm")
    start = time.process_time()
    find(HOSTILE[name])
    assert time.process_time() - start < 3.0
