"""Claims against gold sentences in five languages (tests/cases/gold), written without sight of the rules for them.

A gold claim is found where a claim of its text has its predicate and polarity and speaks of the same subject and
object: the same printed words, or a mention at their place that stands for the same thing. An empty subject or object
asks for nothing. Claims that a second reader might not make (`optional`) count neither way; every other claim beyond
the gold is wrong. Half of the sentences (`set = "open"`) were looked at while rules were mended, the other half
(`held`) was not. `met` are constructions met in public reporting, in words and names of our own: they were written
while rules were mended for them and say nothing of other texts (tests/read/test_gold.py keeps them read).

`python -m bench.gold --blind` prints the table of tests/cases/gold_blind, texts in the manner of reports that were
written before any run on them. Their errors are never shown: a rule that is mended for one of them spoils the set.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from geppo.catalog import Catalog, Name
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.pipeline import loose_document
from geppo.read.names import slug
from geppo.read.reading import Reading, new_names, read_document

GOLD = Path(__file__).parent.parent / "tests" / "cases" / "gold"
BLIND = GOLD.parent / "gold_blind"
PUBLISHED = date(2026, 3, 15)
KINDS = {
    "actor": Kind.INTRUSION_SET,
    "malware": Kind.MALWARE,
    "tool": Kind.TOOL,
    "campaign": Kind.CAMPAIGN,
    "network": Kind.INFRASTRUCTURE,
    "org": Kind.IDENTITY,
    "product": Kind.PRODUCT,
}
_OBJECT_UNSAID = frozenset({Predicate.DENIES, Predicate.LEAKS, Predicate.SIGNS, Predicate.RATIFIES})
"""Where a claim may have one argument only: who denies, what leaks, what is signed (its parties are qualifiers)."""

_BOTH_WAYS = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})


def cases(language: str, folder: Path = GOLD) -> list[dict[str, Any]]:
    """The gold sentences of a language."""
    return list(tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))["case"])


def read(case: dict[str, Any], language: str, catalog: Catalog) -> Reading:
    """A case read as a document of a month that knows its names."""
    document = loose_document(case["text"], language, PUBLISHED)
    known = tuple(
        Name(kind=KINDS[kind], id=f"new:{slug(name)}", name=name, forms=(name,))
        for kind, name in case.get("known", ())
    )  # fmt: skip
    return read_document(document, catalog, (*known, *new_names(document, catalog, known)))


class Places:
    """What the mentions of a text stand for, asked by the words at their place."""

    def __init__(self, reading: Reading, catalog: Catalog) -> None:
        self._text = reading.report.document.text
        self._spans = [
            (mention.start, mention.end, catalog.canonical(mention.id) or f"new:{slug(mention.name)}")
            for mention in reading.report.mentions
        ]

    def same(self, term: Term | None, words: str) -> bool:
        """True where a term is what the words name."""
        if not words:
            return True
        if term is None:
            return False
        one, other = slug(term.name), slug(words)
        if one == other or (min(len(one), len(other)) > 3 and (one in other or other in one)):
            return True
        at = self._text.find(words)
        while at >= 0:
            if any(term.id == identity for start, end, identity in self._spans if start < at + len(words) and at < end):
                return True
            at = self._text.find(words, at + 1)
        return False


def agrees(claim: Claim, gold: dict[str, Any], places: Places, *, polarity: bool = True) -> bool:
    """True where a claim is the gold claim."""
    if claim.predicate.value != gold["predicate"] or (polarity and claim.turned != gold.get("negated", False)):
        return False
    pair = (gold.get("subject", ""), gold.get("object", ""))
    ways = [pair, pair[::-1]] if claim.predicate in _BOTH_WAYS else [pair]
    if claim.object is None and claim.predicate in _OBJECT_UNSAID:
        return places.same(claim.subject, pair[0]) or places.same(claim.subject, pair[1])
    return any(
        places.same(claim.subject, one)
        and (places.same(claim.object, other) or (claim.count is not None and places.same(claim.count.unit, other)))
        for one, other in ways
    )


def judge(case: dict[str, Any], reading: Reading, catalog: Catalog) -> Iterator[tuple[str, Any]]:
    """(verdict, gold or claim) for one case: found, missed, wrong, flipped, doubled; and hedge, count where found."""
    places = Places(reading, catalog)
    left = list(case["claims"])
    for claim in reading.claims:
        same = [gold for gold in left if agrees(claim, gold, places)]
        same.sort(key=lambda gold: (gold.get("optional", False), gold["hedge"] != claim.hedge.rung.value))
        if same:
            gold = same[0]
            left.remove(gold)
            if not gold.get("optional"):
                yield "found", gold
                yield "hedge" if gold["hedge"] == claim.hedge.rung.value else "hedge-wrong", (gold, claim)
        elif any(agrees(claim, gold, places) for gold in case["claims"]):
            continue
        elif any(agrees(claim, gold, places, polarity=False) for gold in case["claims"]):
            yield "positive" if not claim.turned else "negative", claim
            yield "wrong", claim
        else:
            yield "wrong", claim
    for gold in left:
        if not gold.get("optional"):
            yield "missed", gold


def _line(claim: Claim) -> str:
    polarity = "not " if claim.negated else ""
    object_ = claim.object.name if claim.object else ""
    return f"{claim.subject.name} {polarity}{claim.predicate.value} {object_} {claim.rule}"


def table(*, verbose: str = "", folder: Path = GOLD) -> dict[tuple[str, str], Counter[str]]:
    """Verdict counts by language and half. With `verbose` (a language) its cases are shown with their errors, except
    the held and the blind ones.
    """
    catalog = Catalog.load()
    rows: dict[tuple[str, str], Counter[str]] = {}
    for path in sorted(folder.glob("*.toml")):
        for case in cases(path.stem, folder):
            row = rows.setdefault((path.stem, case["set"]), Counter())
            row["cases"] += 1
            said = list(judge(case, read(case, path.stem, catalog), catalog))
            row.update(verdict for verdict, _ in said)
            if verbose == path.stem and case["set"] not in ("held", "blind"):
                _show(case, said)
    return rows


def _show(case: dict[str, Any], said: list[tuple[str, Any]]) -> None:
    errors = [(verdict, what) for verdict, what in said if verdict in ("missed", "wrong", "positive", "hedge-wrong")]
    if errors:
        print(f"\n{case['id']} {case['text']}")
    for verdict, what in errors:
        if verdict == "hedge-wrong":
            print(f"    hedge {what[0]['hedge']}, read {what[1].hedge.rung.value}: {_line(what[1])}")
        elif isinstance(what, Claim):
            print(f"    {verdict} {_line(what)}")
        else:
            gold = f"{what.get('subject', '')} {'not ' if what.get('negated') else ''}{what['predicate']}"
            print(f"    missed {gold} {what.get('object', '')} [{what['hedge']}]")


def main(*, verbose: str = "", folder: Path = GOLD) -> None:
    """Print the table."""
    rows = table(verbose=verbose, folder=folder)
    print("\nclaims against gold sentences")
    print(f"{'lang':<6}{'half':<7}{'cases':>6}{'claims':>8}{'found':>7}{'recall':>8}{'wrong':>7}{'prec.':>7}"
          f"{'hedge':>7}{'negated read as positive':>26}")  # fmt: skip
    for (language, half), row in sorted(rows.items()):
        found, gold = row["found"], row["found"] + row["missed"]
        hedges = row["hedge"] + row["hedge-wrong"]
        recall, precision = found / max(1, gold), found / max(1, found + row["wrong"])
        print(f"{language:<6}{half:<7}{row['cases']:>6}{gold:>8}{found:>7}{recall:>8.2f}{row['wrong']:>7}"
              f"{precision:>7.2f}{row['hedge'] / max(1, hedges):>7.2f}{row['positive']:>26}")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:] == ["--blind"]:
        main(folder=BLIND)
    else:
        main(verbose=sys.argv[1] if len(sys.argv) > 1 else "")
