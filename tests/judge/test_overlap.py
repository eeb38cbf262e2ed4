"""Overlap: the worked example in all its rows, the dependence rules, confidence by rule, and the pairs format."""

from __future__ import annotations

import json
import random
import tomllib
from bisect import bisect
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.errors import InputError
from geppo.judge.evidence import Counts, QuestionKind, Side
from geppo.judge.evidence._odds import Term, log_odds, spread
from geppo.judge.overlap import COOPERATION, SAME_CLUSTER, Judgement, Question, assess
from geppo.judge.pairs import MAX_LINE, MAX_VALUE, judge_pairs, read_pairs, read_side
from geppo.model.assessment import Band, Confidence

CASES = Path(__file__).parent.parent / "cases" / "overlap"


SETTINGS = config.load()
EXAMPLE = tomllib.loads((CASES / "worked-example.toml").read_text(encoding="utf-8"))
S1, S2 = EXAMPLE["places"]["S1"], EXAMPLE["places"]["S2"]
SAMPLE = {"type": "sha256", "value": "a" * 64}
CERTIFICATE = {"type": "certificate", "value": "c" * 64}
IP = {"type": "ip", "value": S1}
PARTS: dict[str, dict[str, Any]] = {
    "ip": IP,
    "path-on-it": {"type": "path", "value": "/pay/7/2", "server": S1},
    "url-on-it": {"type": "url", "value": f"http://{S1}/pay/7/2"},
    "sample": SAMPLE,
    "sample-on-it": {**SAMPLE, "server": S1},
    "certificate": CERTIFICATE,
    "certificate-on-it": {**CERTIFICATE, "server": S1},
    "certificate-elsewhere": {**CERTIFICATE, "server": S2},
}


def side(*artefacts: dict[str, Any], publisher: str = "", date: str = "2025-08-10") -> Side:
    return read_side({"date": date, "publisher": publisher, "artefacts": list(artefacts), "techniques": []}, "side")


def judged(a: Side, b: Side, question: Question = SAME_CLUSTER, background: Counts | None = None) -> Judgement:
    return assess(a, b, question=question, settings=SETTINGS, background=background or Counts())


def both(*artefacts: dict[str, Any], question: Question = SAME_CLUSTER) -> Judgement:
    return judged(side(*artefacts, publisher="A"), side(*artefacts, publisher="B"), question)


def _example_side(case: dict[str, Any], number: int) -> Side:
    artefacts = [dict(PARTS[name]) for name in case["shared"]]
    if "uses" in case:
        first, _, last = case["uses"][number].partition("/")
        artefacts[0].update(first_seen=first, last_seen=last)
    return side(*artefacts, publisher=("Left", "Right")[number])


@pytest.mark.parametrize("case", EXAMPLE["case"], ids=lambda case: case["name"])
def test_worked_example(case: dict[str, Any]) -> None:
    question = Question(kind=QuestionKind.COOPERATION, asked=True, sources=case.get("sources"))
    known = Counts(counts={("net24", S1.rpartition(".")[0]): case.get("block", 0)})
    found = judged(_example_side(case, 0), _example_side(case, 1), question, known)
    low, middle, high = case["expected"]
    assert found.likelihood.low == pytest.approx(low, abs=0.06)
    assert found.likelihood.point == pytest.approx(middle, abs=0.03)
    assert found.likelihood.high == pytest.approx(high, abs=0.06)
    assert str(found.word) == case["word"]
    assert str(found.confidence) == case["confidence"]


HANGING = [
    {"type": "path", "value": "/pay/7/2"},
    {"type": "path", "value": "/zq81kf/inbox/collect.php"},
    {"type": "filename", "value": "Qx7Lk2Vd.php"},
    {"type": "url", "value": f"http://{S1}/zq81kf/collect.php"},
    {"type": "host", "value": "pier.harbour.test"},
    {"type": "port", "value": 6102},
    SAMPLE,
    CERTIFICATE,
    {"type": "ssh-key", "value": "SHA256:q2Xb"},
    {"type": "account", "value": "mooring@harbour.test"},
    {"type": "tool", "value": "BilgeRat"},
]


@given(chosen=st.lists(st.sampled_from(HANGING), max_size=8))
@settings(max_examples=100, deadline=None)
def test_one_server_counts_once(chosen: list[dict[str, Any]]) -> None:
    """Whatever is stated to stand on the shared server adds at most the range of one further item, and context."""
    on_it = [entry if entry["type"] == "url" else {**entry, "server": S1} for entry in chosen]
    found = both(IP, *on_it, question=COOPERATION)
    assert found.groups == 1
    assert found.confidence is Confidence.LOW
    assert found.likelihood.point <= 0.25


def test_path_without_a_stated_server_may_belong_to_the_shared_one() -> None:
    assert both(IP, {"type": "path", "value": "/zq81kf/inbox/x9.php"}).groups == 1


def test_path_on_other_servers_is_a_second_observation() -> None:
    path = {"type": "path", "value": "/zq81kf/inbox/x9.php"}
    a = side(IP, {**path, "server": "198.51.100.1"}, publisher="A")
    b = side(IP, {**path, "server": "203.0.113.1"}, publisher="B")
    found = judged(a, b)
    assert (found.groups, found.confidence, found.rule) == (2, Confidence.LOW, "network-only")


def test_host_and_path_follow_to_the_address() -> None:
    host = {"type": "host", "value": "pier.harbour.test", "server": S1}
    path = {"type": "path", "value": "/zq81kf/inbox/x9.php", "server": "pier.harbour.test"}
    assert both(IP, host, path).groups == 1


def test_second_address_counts_half_to_full() -> None:
    second = {"type": "ip", "value": S2}
    one, two = both(IP), both(IP, second)
    assert two.groups == 2
    weights = [row.weight for row in two.evidence if row.used]
    assert weights[1] == pytest.approx(0.75 * weights[0], abs=0.01)
    assert one.likelihood.point < two.likelihood.point <= SETTINGS.number("overlap.network-ceiling")


def test_implied_values_are_shown_and_not_counted() -> None:
    found = both({"type": "url", "value": "http://pier.harbour.test/zq81kf/x9.php"})
    used = [row for row in found.evidence if row.used]
    dropped = {row.kind: row.reason for row in found.evidence if not row.used}
    assert [row.kind for row in used] == ["url"]
    assert dropped.keys() == {"host", "domain", "path", "filename", "directory"}
    assert all(reason.startswith("implied by url http://pier") for reason in dropped.values())


def test_weights_add_up_to_the_median() -> None:
    found = both(IP, PARTS["path-on-it"], SAMPLE, question=COOPERATION)
    odds = (0.002 / 0.998 * 0.01 / 0.99) ** 0.5 * 2 ** sum(row.weight for row in found.evidence)
    assert found.likelihood.point == pytest.approx(odds / (1 + odds), abs=0.02)


def test_age_weakens_an_address_and_not_a_certificate() -> None:
    def at(artefact: dict[str, Any], date: str) -> float:
        return judged(side(artefact), side(artefact, date=date)).likelihood.point

    assert at(IP, "2025-08-10") > at(IP, "2026-08-10") > at(IP, "2030") > 0.0136
    assert at(CERTIFICATE, "2025-08-10") == at(CERTIFICATE, "2030")


def test_own_times_of_use_stand_before_the_date_of_the_report() -> None:
    old = {**IP, "first_seen": "2020-01-01", "last_seen": "2020-02-01"}
    late = judged(side(old), side(old, date="2025-08")).likelihood.point
    assert late == judged(side(old), side(old)).likelihood.point


def test_overlapping_use_speaks_for_and_disjoint_against() -> None:
    def use(first: str, last: str) -> Judgement:
        other = {**IP, "first_seen": first, "last_seen": last}
        return judged(side({**IP, "first_seen": "2025-07-01", "last_seen": "2025-07-28"}), side(other), COOPERATION)

    together, apart = use("2025-07-28", "2025-08-05"), use("2025-07-29", "2025-08-05")
    assert together.likelihood.point > 0.25 > 0.1 > apart.likelihood.point
    assert dict(apart.rivals)["re-let-server"] > dict(together.rivals)["re-let-server"]
    assert [(row.value, row.used) for row in apart.evidence if row.kind == "use"] == [("disjoint", True)]


def test_boilerplate_needs_one_publisher() -> None:
    host = {"type": "host", "value": "pier.harbour.test"}
    often = Counts(repeats={("A", "host", "pier.harbour.test"): (3, 30)})
    seldom = Counts(repeats={("A", "host", "pier.harbour.test"): (3, 31)})
    left, right = side(host, publisher="A"), side(host, publisher="B")
    assert judged(left, left, background=often).word is None
    assert judged(left, left, background=seldom).groups == 1
    assert judged(left, right, background=often).groups == 1
    own = side({"type": "host", "value": "www.harbour-labs.com"}, publisher="Harbour Labs")
    assert judged(own, own).groups == 1
    own = side({"type": "host", "value": "www.harbourlabs.com"}, publisher="Harbour Labs")
    dropped = next(row for row in judged(own, own).evidence if row.kind == "host")
    assert dropped.reason.startswith("boilerplate: the publisher's own name")


def test_look_elsewhere_and_relations_move_the_prior_only() -> None:
    base = both(IP, question=COOPERATION).likelihood.point

    def asked(**parts: Any) -> Judgement:
        return both(IP, question=Question(kind=QuestionKind.COOPERATION, asked=True, **parts))

    assert asked(scanned=25).likelihood.point < base / 5
    assert asked(same_state=True).likelihood.point > 2 * base
    assert asked(relation=100.0).likelihood == asked(relation=3.0).likelihood
    assert asked(relation=3.0).context == ("relation:3",)
    assert asked(scanned=25).context == ("scanned:25",)
    with pytest.raises(ValueError, match="scanned"):
        asked(scanned=0)


def test_word_needs_a_narrow_range_or_a_question_asked_before() -> None:
    assert both(IP).word is None
    asked = Question(kind=QuestionKind.SAME_CLUSTER, asked=True)
    assert both(IP, question=asked).word is Band.ROUGHLY_EVEN
    assert both({"type": "host", "value": "pier.harbour.test"}).word is Band.LIKELY


def test_a_weak_trait_does_not_read_as_a_difference() -> None:
    a, b = side(IP), side({"type": "ip", "value": "192.0.2.9"}, date="2022")
    found = judged(a, b)
    assert found.groups == 1
    assert found.word is None


@pytest.mark.parametrize(
    ("artefacts", "publishers", "level", "rule"),
    [
        ([IP], ("A", "B"), Confidence.LOW, "network-only"),
        ([SAMPLE], ("A", "B"), Confidence.LOW, "one-group"),
        ([IP, SAMPLE], ("A", "A"), Confidence.LOW, "one-source"),
        ([IP, SAMPLE], ("A", ""), Confidence.LOW, "one-source"),
        ([SAMPLE, CERTIFICATE], ("A", "B"), Confidence.LOW, "one-corner"),
        ([IP, {"type": "tool", "value": "BilgeRat"}], ("A", "B"), Confidence.LOW, "wide-range"),
        ([IP, SAMPLE], ("A", "B"), Confidence.MODERATE, "two-groups"),
        ([IP, SAMPLE, {"type": "account", "value": "m@harbour.test"}], ("A", "B"), Confidence.HIGH, "three-groups"),
    ],
)
def test_confidence_by_rule(
    artefacts: list[dict[str, Any]], publishers: tuple[str, str], level: Confidence, rule: str
) -> None:
    left, right = (side(*artefacts, publisher=publisher) for publisher in publishers)
    asked = COOPERATION if rule == "wide-range" else SAME_CLUSTER
    found = judged(left, right, asked)
    assert (found.confidence, found.rule) == (level, rule)


def test_techniques_change_nothing() -> None:
    raw = {"date": "2025-08", "publisher": "A", "artefacts": [IP]}
    plain, more = read_side(raw, "a"), read_side({**raw, "techniques": ["T1090.003", "t1566"]}, "a")
    assert judged(more, more).likelihood == judged(plain, plain).likelihood
    assert judged(more, more).confidence == judged(plain, plain).confidence


def test_what_would_change_it() -> None:
    found = both(IP, question=COOPERATION)
    keys = [key for key, _ in found.would_change]
    shifts = [abs(shift) for _, shift in found.would_change]
    assert shifts == sorted(shifts, reverse=True)
    assert set(keys) == {
        "sample-on-both-sides",
        "certificate-on-another-server",
        "operator-account",
        "overlapping-log-ins",
        "disjoint-use",
        "provider-block-shared",
    }
    shift = dict(found.would_change)
    assert shift["sample-on-both-sides"] == pytest.approx(0.70, abs=0.05)
    assert shift["provider-block-shared"] == pytest.approx(-0.11, abs=0.03)
    assert shift["disjoint-use"] < 0
    assert "sample-on-both-sides" not in dict(both(IP, SAMPLE).would_change)


def test_shares_are_certain_and_rivals_leave_the_leading_one_out() -> None:
    found = both(IP, question=COOPERATION)
    assert sum(share for _, share in found.shares) == pytest.approx(1.0, abs=0.005)
    inside = sum(share for name, share in found.shares if name in ("same-operators", "cooperation"))
    assert inside == pytest.approx(found.likelihood.point, abs=0.005)
    assert next(iter(found.rivals))[0] == "re-let-server"
    assert "cooperation" not in dict(found.rivals)
    assert "same-operators" not in dict(both(IP).rivals)
    assert len(found.heaviest) == 1


# --- pairs ---------------------------------------------------------------------------------------------------------


def line(a: dict[str, Any], b: dict[str, Any], pair_id: str = "p") -> str:
    return json.dumps({"id": pair_id, "a": a, "b": b})


def answer(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    (found,) = judge_pairs([line(a, b)], SETTINGS)
    return found


@pytest.mark.parametrize("case", tomllib.loads((CASES / "errors.toml").read_text(encoding="utf-8"))["case"])
def test_refused_lines_name_the_field(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        list(read_pairs([case["line"]]))
    for name in case["names"]:
        assert name in str(caught.value)


def test_errors_name_the_line() -> None:
    good = line({}, {})
    with pytest.raises(InputError, match="line 4: a"):
        list(read_pairs([good, "\n", good, line({"x": 1}, {})]))


def test_limits() -> None:
    with pytest.raises(InputError, match="at most"):
        list(read_pairs(['{"id": "' + "x" * MAX_LINE + '"}']))
    with pytest.raises(InputError, match="at most"):
        list(read_pairs([line({"publisher": "x" * (MAX_VALUE + 1)}, {})]))
    with pytest.raises(InputError, match="line 1"):
        list(read_pairs(["[" * 200_000]))


def test_form_of_an_answer() -> None:
    shown = {"date": "2025-08", "publisher": "A", "artefacts": [IP], "techniques": []}
    found = answer(shown, {**shown, "publisher": "B"})
    assert found["id"] == "p"
    assert found["likelihood"].keys() == {"low", "point", "high"}
    assert found["evidence"][0].keys() == {"kind", "value", "group", "weight", "used", "reason"}
    assert found["confidence"] == "low"
    assert 0.4 < found["likelihood"]["point"] <= 0.55


EMPTY: list[dict[str, Any]] = [{}, {"date": "2025", "publisher": "A", "artefacts": [], "techniques": []}]


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("other", [*EMPTY, {"date": "2025-08", "artefacts": [IP]}])
def test_an_empty_side_is_no_evidence(empty: dict[str, Any], other: dict[str, Any]) -> None:
    for found in (answer(empty, other), answer(other, empty)):
        assert found["word"] == "insufficient"
        assert found["confidence"] == "low"
        assert found["likelihood"]["point"] == pytest.approx(1 / 73, abs=0.0005)
        assert [(row["used"], row["reason"]) for row in found["evidence"]] == [
            (False, "no evidence: a side is empty; no sign of difference")
        ]


def test_sharing_nothing_is_no_evidence_either() -> None:
    found = answer({"artefacts": [IP]}, {"artefacts": [SAMPLE]})
    assert found["word"] == "insufficient"
    assert found["evidence"][0]["reason"].startswith("no evidence: nothing that tells actors apart")


NETWORK = st.sampled_from(
    [
        IP,
        {"type": "ip", "value": S2},
        {"type": "ip", "value": "192.0.2.200"},
        {"type": "host", "value": "pier.harbour.test"},
        {"type": "host", "value": "a.ddns.net", "server": S1},
        {"type": "domain", "value": "harbour.test"},
        {"type": "url", "value": f"http://{S1}/zq81kf/x9.php"},
        {"type": "url", "value": "http://pier.harbour.test/zq81kf/x9.php"},
        {"type": "path", "value": "/zq81kf/x9.php", "server": "203.0.113.7"},
        {"type": "path", "value": "/zq81kf/inbox/y4.php", "server": S2},
        {"type": "filename", "value": "Qx7Lk2Vd.php"},
        {"type": "asn", "value": 64500},
        {"type": "port", "value": 6102},
        {"type": "jarm", "value": "0a"},
        {"type": "ja4x", "value": "0b"},
        {**IP, "first_seen": "2025-07-01", "last_seen": "2025-07-28"},
        {**IP, "first_seen": "2025-07-20", "last_seen": "2025-09"},
    ]
)
ANY = st.one_of(
    NETWORK,
    st.sampled_from(
        [
            SAMPLE,
            CERTIFICATE,
            {**CERTIFICATE, "server": S2},
            {"type": "account", "value": "m@harbour.test"},
            {"type": "tool", "value": "BilgeRat"},
            {"type": "ssh-key", "value": "SHA256:x"},
            {"type": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e"},
        ]
    ),
)


def sides(artefacts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "date": st.sampled_from(["2023", "2025-06", "2025-08-01"]),
            "publisher": st.sampled_from(["", "A", "B"]),
            "artefacts": st.lists(artefacts, max_size=7),
            "techniques": st.lists(st.sampled_from(["T1090", "T1566.001"]), max_size=2),
        }
    )


@given(a=sides(ANY), b=sides(ANY), seed=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_order_never_changes_the_answer(a: dict[str, Any], b: dict[str, Any], seed: int) -> None:
    mixed = {**a, "artefacts": random.Random(seed).sample(a["artefacts"] * 2, 2 * len(a["artefacts"]))}
    assert answer(a, b) == answer(b, a) == answer(b, mixed)


@given(a=sides(NETWORK), b=sides(NETWORK))
@settings(max_examples=150, deadline=None)
def test_network_only_is_never_above_low(a: dict[str, Any], b: dict[str, Any]) -> None:
    found = answer(a, b)
    assert found["confidence"] == "low"
    assert 0.01 <= found["likelihood"]["low"] <= found["likelihood"]["point"] < 0.95
    assert found["word"] != "almost certain"


@given(
    ranges=st.lists(st.tuples(st.floats(-3, 3), st.floats(0.2, 4), st.booleans()), min_size=1, max_size=7),
)
@settings(max_examples=15, deadline=None)
def test_the_lattice_agrees_with_random_draws(ranges: list[tuple[float, float, bool]]) -> None:
    terms = [Term(low=low, high=low + width, weights=(0.5, 1.0) if half else (1.0, 1.0)) for low, width, half in ranges]
    rnd = random.Random(1)
    sums = sorted(
        sum(rnd.uniform(term.low, term.high) * rnd.uniform(*term.weights) for term in terms) for _ in range(4000)
    )
    found = spread(terms)
    below = [bisect(sums, log_odds(probability)) / len(sums) for probability in (found.low, found.middle, found.high)]
    for share, expected in zip(below, (0.05, 0.5, 0.95), strict=True):
        assert share == pytest.approx(expected, abs=0.05)
