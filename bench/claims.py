"""Claims against the facts that a person noted for two made months (tests/cases/months).

A fact counts as found where a claim of the same document has its predicate and polarity in its sentence. A claim
counts as right where a fact of its sentence has its predicate and polarity; a claim in a sentence without any noted
fact is not judged, since the notes are not exhaustive. These months were used while the rules were written: expect
less elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geppo import config
from geppo.catalog import Catalog
from geppo.collect import Entry, collect
from geppo.model.claim import STRENGTH, Claim, Rung
from geppo.model.report import Document, Fetched
from geppo.pipeline import read_documents
from geppo.read.text import read_text

MONTHS = Path(__file__).parent.parent / "tests" / "cases" / "months"


def documents(folder: Path) -> tuple[Document, ...]:
    """The documents of a made month."""
    settings = config.load()
    now = datetime(2026, 6, 1, tzinfo=UTC)
    entry = Entry(kind="folder", name=folder.name, place=str(folder))
    return tuple(read_text(one, settings) for one in collect([entry], settings, now) if isinstance(one, Fetched))


def _plain(text: str) -> str:
    return "".join(text.split())


def score(month: str, *, verbose: bool = False) -> dict[str, Counter[str]]:
    """Counts by language: facts, found, judged claims, right claims, hedges compared and equal or one rung off."""
    made = documents(MONTHS / month / "documents")
    claims: dict[str, list[Claim]] = defaultdict(list)
    language = {document.name.rpartition("/")[2].removesuffix(".md"): document.language for document in made}
    stem = {document.sha256: document.name.rpartition("/")[2].removesuffix(".md") for document in made}
    for claim in read_documents(made, Catalog.load()).claims:
        claims[stem[claim.report]].append(claim)
    facts: list[dict[str, Any]] = json.loads((MONTHS / month / "truth.json").read_text(encoding="utf-8"))["facts"]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    noted: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        row = table[language[fact["document"]]]
        row["facts"] += 1
        sentence = _plain(fact["sentence"])
        noted[fact["document"]].add(sentence)
        here = [claim for claim in claims[fact["document"]] if _near(_plain(claim.passage.text), sentence)]
        wanted, denied = _as_claim(fact)
        same = [c for c in here if c.predicate.value == wanted and c.negated == denied]
        if same:
            row["found"] += 1
            row["hedges"] += 1
            rung = Rung(fact["hedge"].replace(" ", "-"))
            row["near"] += any(abs(STRENGTH[c.hedge.rung] - STRENGTH[rung]) <= 1 for c in same)
        elif verbose:
            print("MISS", fact["document"], fact["predicate"], fact["negated"], fact["subject"], "|", fact["object"])
            print("    ", fact["sentence"][:160])
    for document, row_claims in claims.items():
        for claim in row_claims:
            mine = [
                fact
                for fact in facts
                if fact["document"] == document and _near(_plain(claim.passage.text), _plain(fact["sentence"]))
            ]
            if not mine:
                continue
            row = table[language[document]]
            row["judged"] += 1
            right = any(_as_claim(fact) == (claim.predicate.value, claim.negated) for fact in mine)
            row["right"] += right
            flipped = any(_as_claim(fact) == (claim.predicate.value, not claim.negated) for fact in mine)
            row["flipped"] += flipped and not right
            if verbose and not right:
                print("EXTRA", document, claim.rule, claim.subject.name, claim.negated, claim.predicate.value,
                      claim.object.name if claim.object else "")  # fmt: skip
    return table


def _as_claim(fact: dict[str, Any]) -> tuple[str, bool]:
    """The notes have "does not pay" as a predicate of its own."""
    if fact["predicate"] == "does-not-pay":
        return "pays", True
    return fact["predicate"], bool(fact["negated"])


def _near(one: str, other: str) -> bool:
    return one in other or other in one


def main(*, verbose: bool = False) -> None:
    """Print the table."""
    print("claims against noted facts (made months)")
    print(f"{'month':<8}{'lang':<6}{'facts':>6}{'found':>7}{'recall':>8}{'judged':>8}{'right':>7}{'prec.':>7}"
          f"{'hedge±1':>9}{'flipped':>9}")  # fmt: skip
    for month in sorted(path.name for path in MONTHS.iterdir() if path.is_dir()):
        for language, row in sorted(score(month, verbose=verbose).items()):
            recall = row["found"] / max(1, row["facts"])
            precision = row["right"] / max(1, row["judged"])
            hedge = row["near"] / max(1, row["hedges"])
            print(f"{month:<8}{language:<6}{row['facts']:>6}{row['found']:>7}{recall:>8.2f}{row['judged']:>8}"
                  f"{row['right']:>7}{precision:>7.2f}{hedge:>9.2f}{row['flipped']:>9}")  # fmt: skip


if __name__ == "__main__":
    import sys

    main(verbose="-v" in sys.argv)
