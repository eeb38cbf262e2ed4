"""The transparent score on labelled pairs of reports, beside Jaccard and TF-IDF, split by time.

    python -m bench.pairs FILE.jsonl[.gz]

FILE has lines of `judge overlap --pairs` plus `label` (same, different) and `actor_b`. It is not shipped: labelled
lists have owners. For every year from the third on, the score is refitted on the years before it and tested on that
year; an actor counts for so many positives at most. Intervals: 95 %, bootstrap over the later report's actor.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from geppo import config
from geppo.cli._judge_files import lines
from geppo.judge.calibration import Resolved, auc, average_precision, base_brier, brier, error, table, yearly
from geppo.judge.pairs import judge_pairs

_DRAWS = 300
_SEED = 7
_EXACT = frozenset({"ip", "host", "domain", "url", "sha256", "sha1", "md5", "path", "filename"})
_FIRST_TESTED = 2


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(path) if line.strip()]


def _values(side: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((one["type"], str(one["value"])) for one in side["artefacts"] if one["type"] in _EXACT)


def _jaccard(pair: dict[str, Any]) -> float:
    a, b = _values(pair["a"]), _values(pair["b"])
    return len(a & b) / len(a | b) if a | b else 0.0


def _tfidf(pairs: Sequence[dict[str, Any]]) -> Callable[[dict[str, Any]], float]:
    """Cosine over exact values, rarity from the reports of the same file."""
    sides = {frozenset(_values(side)) for pair in pairs for side in (pair["a"], pair["b"])}
    held = Counter(value for side in sides for value in side)
    rarity = {value: math.log((1 + len(sides)) / (1 + count)) + 1 for value, count in held.items()}

    def score(pair: dict[str, Any]) -> float:
        a, b = _values(pair["a"]), _values(pair["b"])
        dot = math.fsum(rarity[value] ** 2 for value in a & b)
        norm = math.sqrt(math.fsum(rarity[v] ** 2 for v in a) * math.fsum(rarity[v] ** 2 for v in b))
        return dot / norm if norm else 0.0

    return score


def _interval(cases: Sequence[Resolved], measure: Callable[[Sequence[Resolved]], float]) -> tuple[float, float]:
    by_actor: dict[str, list[Resolved]] = defaultdict(list)
    for case in cases:
        by_actor[case.group].append(case)
    chance, actors = random.Random(_SEED), sorted(by_actor)
    drawn = sorted(
        value
        for _ in range(_DRAWS)
        if not math.isnan(value := measure([c for a in chance.choices(actors, k=len(actors)) for c in by_actor[a]]))
    )
    return drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn))]


def _cases(pairs: Sequence[dict[str, Any]], scores: Sequence[float]) -> list[Resolved]:
    return [
        Resolved(point=score, outcome=p["label"] == "same", group=p["actor_b"], year=int(p["b"]["date"][:4]))
        for p, score in zip(pairs, scores, strict=True)
    ]


def _print_ranking(label: str, cases: Sequence[Resolved]) -> None:
    low, high = _interval(cases, auc)
    least, most = _interval(cases, average_precision)
    print(
        f"{label:<34}{auc(cases):>7.3f} ({low:.2f}-{high:.2f}){average_precision(cases):>8.3f} ({least:.2f}-{most:.2f})"
    )


def main(path: Path) -> None:
    """Print the tables."""
    settings = config.load()
    pairs = _lines(path)
    stripped = [json.dumps({key: pair[key] for key in ("id", "a", "b")}) for pair in pairs]
    start = time.perf_counter()
    answers = list(judge_pairs(stripped, settings))
    took = time.perf_counter() - start
    silent = [not any(row["used"] for row in one["evidence"]) for one in answers]
    mute = [pair["label"] == "same" for pair, nothing in zip(pairs, silent, strict=True) if nothing]
    print(f"\n{len(pairs)} pairs in {took:.1f} s; silent (nothing that tells actors apart is shared): "
          f"{len(mute) / len(pairs):.1%}, {sum(mute)} of them same")  # fmt: skip
    speaking = [number for number, nothing in enumerate(silent) if not nothing]
    cap = settings.integer("overlap.calibration.actor_cap")
    core = [pairs[number] for number in speaking]
    points = [answers[number]["likelihood"]["point"] for number in speaking]
    print(f"\nof the {len(core)} pairs that share something, {sum(p['label'] == 'same' for p in core)} same")
    print(f"{'score':<34}{'AUC':>7}{'':>12}{'AP':>8}")
    _print_ranking("geppo", _cases(core, points))
    _print_ranking("Jaccard, exact values", _cases(core, [_jaccard(pair) for pair in core]))
    tfidf = _tfidf(pairs)
    _print_ranking("TF-IDF cosine, exact values", _cases(core, [tfidf(pair) for pair in core]))
    print("\nrefitted yearly on everything older")
    print(f"{'year':>6}{'pairs':>7}{'same':>7}{'Brier':>8}{'base':>8}{'ECE':>7}")
    tested = yearly(_cases(core, points), cap, _FIRST_TESTED)
    for year in sorted({case.year for case in tested}):
        now = [case for case in tested if case.year == year]
        share = sum(case.outcome for case in now) / len(now)
        print(f"{year:>6}{len(now):>7}{share:>7.0%}{brier(now):>8.3f}{base_brier(now):>8.3f}{error(now):>7.3f}")
    share, said, base = sum(case.outcome for case in tested) / len(tested), brier(tested), base_brier(tested)
    print(f"{'all':>6}{len(tested):>7}{share:>7.0%}{said:>8.3f}{base:>8.3f}{error(tested):>7.3f}"
          f"  ratio {said / base:.2f}, mark 0.90")  # fmt: skip
    for row in table(tested, settings.integer("overlap.calibration.least")):
        names = " + ".join(name.value for name in row.bands)
        print(f"  said {row.said:.2f}, came {row.came:.2f} ({row.cases}): {names}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("expected one file of labelled pairs: python -m bench.pairs FILE.jsonl[.gz]")
    main(Path(sys.argv[1]))
