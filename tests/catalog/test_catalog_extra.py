"""Names of a month and of a document: looked for apart, they are found as if they were looked for together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.catalog import Catalog, Name
from geppo.catalog.extra import Extra
from geppo.catalog.folding import folded
from geppo.catalog.kept import BySize, ByTuple
from geppo.model.entity import Kind

_WORDS = st.sampled_from(["Fox", "Foxs", "Frost Fox", "FrostFox", "Fox 29", "霜狐", "霜狐・改", "狐", "UNC12", "Fro"])


@st.composite
def _names(draw: st.DrawFn, most: int) -> tuple[Name, ...]:
    made = []
    for _ in range(draw(st.integers(0, most))):
        name, form = draw(_WORDS), draw(_WORDS)
        kind = draw(st.sampled_from([Kind.INTRUSION_SET, Kind.MALWARE, Kind.IDENTITY]))
        identity = draw(st.sampled_from([f"new:{name}", f"org/{name}", "actor/one"]))
        made.append(Name(kind=kind, id=identity, name=name, forms=(name, form)))
    return tuple(made)


@settings(deadline=None)
@given(
    known=_names(6),
    own=_names(4),
    text=st.lists(_WORDS | st.sampled_from([" ", "-", "s ", "、", "fox"]), max_size=8).map("".join),
)
def test_apart_is_as_together(known: tuple[Name, ...], own: tuple[Name, ...], text: str) -> None:
    rules = Catalog.load().rules
    view = folded(text)
    apart = Extra(known, rules)
    together = Extra((*known, *own), rules)
    assert apart.with_own(apart.find(view), view, own) == together.find(view)


def test_a_match_with_own_names_is_that_of_all_names() -> None:
    catalog = Catalog.load()
    known = (Name(kind=Kind.MALWARE, id="new:velvetharrow", name="Velvet Harrow", forms=("Velvet Harrow",)),)
    own = (
        Name(kind=Kind.INTRUSION_SET, id="new:frostfox", name="Frost Fox", forms=("Frost Fox", "霜狐")),
        Name(kind=Kind.MALWARE, id="malware/harrow", name="Velvet Harrow"),
    )
    for text in ("Velvet Harrow and Frost Fox hit Chile.", "霜狐はVelvet Harrowを使う。" * 20):
        found = catalog.match(text, "en", known, own)
        assert found == catalog.match(text, "en", (*known, *own))
        assert {mention.id for mention in found} >= {"new:frostfox", "malware/harrow"}
        assert catalog.match(text, "en", known) != found


def test_what_is_made_of_a_months_names_is_made_once() -> None:
    made: list[tuple[Name, ...]] = []

    def make(names: tuple[Name, ...]) -> int:
        made.append(names)
        return len(made)

    kept = ByTuple(make, 2)
    one, two, three = ((Name(kind=Kind.TOOL, id=str(n), name=str(n)),) for n in range(3))
    assert [kept(one), kept(one), kept(two), kept(one)] == [1, 1, 2, 1]
    assert [kept(three), kept(one)] == [3, 4]
    assert made == [one, two, three, one]


def test_texts_are_kept_up_to_a_size() -> None:
    asked: list[str] = []

    def make(text: str) -> str:
        asked.append(text)
        return text.upper()

    kept = BySize(make, len, 10)
    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
        assert kept(text) == text.upper()
    assert asked == ["aaaa", "bbbb", "cccc", "bbbb"]
    kept("d" * 50)
    kept("aaaa")
    assert asked[-2:] == ["d" * 50, "aaaa"]
    kept("e" * 4)
    kept("aaaa")
    assert asked[-1] == "eeee"
    kept.clear()
    kept("aaaa")
    assert asked[-1] == "aaaa"
