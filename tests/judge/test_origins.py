"""Origins: what counts as an origin and what repeats it, on made chains with names that no list holds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from geppo.config import Settings
from geppo.judge import month
from geppo.judge.citations import near_copies
from geppo.judge.origins import Trace, independent, merge_named
from geppo.model.entity import Kind, Term

LYNX = Term(kind=Kind.INTRUSION_SET, id="new:copper-lynx", name="Copper Lynx")
BRINE = Term(kind=Kind.MALWARE, id="new:brinewell", name="Brinewell")


def traced(made: Any, predicate: str) -> Trace:
    base = month.lay_base(list(made.reports.values()), made.claims, made.catalogue, made.settings)
    keys = [key for key in base.statements if key[0] == predicate]
    return base.attribution.of(keys[0])


def test_case(origins_case: Any, settings: Settings) -> None:
    made, expect = origins_case.make(settings), origins_case.expect
    trace = traced(made, expect["of"])
    if "roots" in expect:
        assert made.names_of(trace.roots) == sorted(expect["roots"])
    assert len(trace.roots) == expect.get("roots_any", len(trace.roots))
    assert len(trace.repeats) == expect["repeats"]
    if "story" in expect:
        first = next(iter(made.reports))
        assert made.names_of(made.story(made.judge(), first).origins) == sorted(expect["story"])


PUBLISHERS = ("Osterlund Labs", "Vantrell Security", "The Harbour Post", "霧灯ニュース", "새빛일보", "寒江实验室")
PAGES = st.lists(
    st.tuples(
        st.sampled_from(PUBLISHERS),
        st.integers(1, 28),
        st.booleans(),
        st.sampled_from(("", *PUBLISHERS, "Nowhere Insight", "researchers")),
        st.sampled_from(("uses", "targets")),
    ),
    min_size=1,
    max_size=7,
)


def chain(made: Any, pages: list[tuple[str, int, bool, str, str]]) -> None:
    for number, (publisher, date, own, voice, predicate) in enumerate(pages):
        name = made.report(f"p{number}", publisher, f"2030-05-{date:02d}", own=own, cites=[voice] if voice else [])
        made.claim(name, LYNX, predicate, BRINE, voices=[voice] if voice else [])


@given(pages=PAGES, late=st.sampled_from(PUBLISHERS), data=st.data())
@profile(max_examples=80, deadline=None)
def test_a_repeat_never_raises_the_number_of_origins(
    fresh: Any, pages: list[tuple[str, int, bool, str, str]], late: str, data: st.DataObject
) -> None:
    made = fresh()
    chain(made, pages)
    before = made.judge()
    credited, _, _, _, predicate = data.draw(st.sampled_from(pages))
    made.report("late", f"{late} Daily Mirror", "2030-05-29", cites=[credited])
    made.claim("late", LYNX, predicate, BRINE, voices=[credited])
    after = made.judge()
    assert most_origins(after) <= most_origins(before)
    assert traced_origins(after) <= traced_origins(before)


def most_origins(judged: Any) -> int:
    return max(len(story.origins) for story in judged.stories)


def traced_origins(judged: Any) -> int:
    return max((len(one.origins.roots) for one in judged.assessments if one.kind == "corroboration"), default=99)


@given(pages=PAGES, seed=st.randoms(use_true_random=False))
@profile(max_examples=40, deadline=None)
def test_order_of_input_never_matters(fresh: Any, pages: list[tuple[str, int, bool, str, str]], seed: Any) -> None:
    made = fresh()
    chain(made, pages)
    first = made.judge()
    reports = list(made.reports.items())
    seed.shuffle(reports)
    seed.shuffle(made.claims)
    made.reports = dict(reports)
    assert made.judge() == first


def test_near_copies_find_syndication_and_not_retelling(settings: Settings) -> None:
    body = " ".join(f"word{n} of the long report on the mesh" for n in range(30))
    other = " ".join(f"term{n} in a quite different note on it" for n in range(30))
    japanese = "".join(f"第{n}の機器は指令サーバと通信していたことが判明した。" for n in range(20))
    texts = [("a", body), ("b", f"{body} Read more on our site."), ("c", other)]
    texts += [("d", japanese), ("e", f"【転載】{japanese}"), ("f", "Too short to say.")]
    assert near_copies(texts, settings) == (("a", "b"), ("d", "e"))


def test_named_origins_that_shorten_each_other_are_one() -> None:
    names = ["named:vantrell security", "named:vantrell", "named:harrow post", "named:harrow"]
    assert merge_named(names) == ("named:harrow", "named:harrow post", "named:vantrell")


def test_quoted_house_beside_an_observer_counts_only_if_it_is_known_to_observe(made: Any) -> None:
    made.report("lab", "Osterlund Labs", own=True)
    graph = month.lay_base(list(made.reports.values()), [], made.catalogue, made.settings).graph
    lab = made.reports["lab"].id
    own = Trace(roots=(lab,), own=frozenset({lab}), repeats=(), root_of={lab: lab})
    quoted = Trace(roots=("named:vantrell",), own=frozenset(), repeats=(), root_of={})
    assert independent([own, quoted], graph)[0] == (lab,)
    assert independent([quoted], graph)[0] == ("named:vantrell",)
