"""The edits file: read strictly, and grown without touching what a person wrote."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo.deliver.issue_toml import appended, edits_file, merged, parse_edits, read_edits
from geppo.errors import UsageError
from geppo.model.edits import Drop, Edits, Pin, Remark, Rephrase
from tests.deliver.conftest import CASES

WRONG = tomllib.loads((CASES / "issue_edits.toml").read_text(encoding="utf-8"))["wrong"]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["says"])
def test_a_wrong_file_says_what_was_expected(row: dict[str, str]) -> None:
    with pytest.raises(UsageError) as found:
        parse_edits(row["text"], "issues/2026-04/issue.toml")
    assert str(found.value).startswith("issues/2026-04/issue.toml: ") and row["says"] in str(found.value)


_LINES = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp", "Cf"]), min_size=1, max_size=30).filter(
    lambda text: " ".join(text.split()) == text
)
_NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


@st.composite
def edits(draw: st.DrawFn) -> Edits:
    """Any edits that a file may hold."""
    stories = draw(st.lists(_NAMES, unique=True, max_size=6))
    third = len(stories) // 3
    claims = tuple(draw(st.lists(_NAMES, unique=True, max_size=2)))
    text = draw(_LINES)
    place = draw(st.sampled_from(["section", "sentence"]))
    return Edits(
        pins=tuple(Pin(story=one, by=draw(_LINES), claims=claims) for one in stories[:third]),
        drops=tuple(Drop(story=one, reason=draw(_LINES)) for one in stories[third : 2 * third]),
        order=tuple(stories[2 * third :]),
        rephrases=tuple(
            Rephrase(sentence=one, language="ja", text=text, was=draw(_LINES), by="H. Y.", rests=claims)
            for one in claims
        ),
        remarks=(
            Remark(
                language="en", text=text, by="H. Y.", day=date(2026, 5, 2), edition="member", own=(text[:1],),
                **{place: "s1"},
            ),
        ),
    )  # fmt: skip


@given(edits())
def test_what_is_written_is_read(given_edits: Edits) -> None:
    assert parse_edits(appended("", given_edits, "x"), "x") == merged(Edits(), given_edits)


OLD = """# Reviewed by both of us.
order = [
  "s-2",
  "s-1",
] # the treaty first

[[drop]]
story = "s-9"
reason = "told in March" # ask again
"""


def test_a_file_grows_and_keeps_what_a_person_wrote() -> None:
    new = Edits(pins=(Pin(story="s-3"),), drops=(Drop(story="s-4", reason="x"),))
    grown = appended(OLD, new, "x")
    assert grown.startswith(OLD) and parse_edits(grown, "x") == merged(parse_edits(OLD, "x"), new)
    turned = appended(OLD, Edits(order=("s-1", "s-2")), "x")
    assert turned.startswith('# Reviewed by both of us.\norder = ["s-1", "s-2"]\n\n[[drop]]')
    assert turned.endswith('reason = "told in March" # ask again\n')
    without = appended('[[pin]]\nstory = "s-1"\n', Edits(order=("s-1",)), "x")
    assert without == 'order = ["s-1"]\n\n[[pin]]\nstory = "s-1"\n'


def test_a_story_that_is_dropped_leaves_the_order() -> None:
    grown = appended(OLD, Edits(drops=(Drop(story="s-1", reason="x"),)), "x")
    assert parse_edits(grown, "x").order == ("s-2",)


def test_an_order_of_fewer_stories_keeps_the_rest_behind() -> None:
    grown = appended(OLD, Edits(order=("s-1", "s-3")), "x")
    assert parse_edits(grown, "x").order == ("s-1", "s-3", "s-2")


def test_a_file_that_cannot_grow_is_left_alone() -> None:
    odd = 'order=["s-1",\n"s-2" # ]\n]\n'
    assert parse_edits(odd, "x").order == ("s-1", "s-2")
    with pytest.raises(UsageError, match=r"put order = \[…\] on lines of its own|expected TOML"):
        appended(odd, Edits(order=("s-2", "s-1")), "x")


def test_a_second_issue_takes_the_edits_of_the_first_unless_it_has_its_own(tmp_path: Path) -> None:
    assert read_edits(tmp_path, "2026-04") == Edits()
    for name, story in (("2026-04", "s-1"), ("2026-04.3", "s-2")):
        file = edits_file(tmp_path, name)
        file.parent.mkdir(parents=True)
        file.write_text(f'[[pin]]\nstory = "{story}"\n', encoding="utf-8")
    found = {name: read_edits(tmp_path, name).pins[0].story for name in ("2026-04", "2026-04.2", "2026-04.3")}
    assert found == {"2026-04": "s-1", "2026-04.2": "s-1", "2026-04.3": "s-2"}


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = edits_file(tmp_path, "2026-04")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        read_edits(tmp_path, "2026-04")
    file.write_bytes(b"#" * 2_000_001)
    with pytest.raises(UsageError, match="larger than"):
        read_edits(tmp_path, "2026-04")
