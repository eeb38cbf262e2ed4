"""Made months through the whole pipeline: what the printed editions say that no page says, and how they read.

`python -m bench.months [--months 30] [--seed N] [--show] [--keep DIR]`. Months come in pairs: two that follow each
other share a workspace and its stories. Each goes through `geppo init`, `collect` and `month` as a user would run them;
what is measured is the printed Markdown, against the generator's truth, by regular expressions that know nothing of
geppo. A `name` is in no page of the month, an `uncited` one in none of the pages that its sentence cites.
`--show` prints every finding and 200 joined pairs of sentences, to be checked by hand.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bench.months_checked import Checker, Finding, Printed, Style, printed, style
from bench.months_made import MadeMonth, make_months
from bench.months_words import World

LANGUAGES, EDITIONS = ("ja", "en"), ("member", "public")
KINDS = (
    "name",
    "uncited",
    "number",
    "denied as said",
    "said as denied",
    "hedge lost",
    "grade",
    "roles",
    "no such pair",
)
PAIRS_SHOWN = 200
LONG = 120
"""Characters from which a Japanese sentence is too long."""


@dataclass(slots=True)
class Totals:
    """What was measured over all months."""

    pages: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    findings: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)
    sentences: Counter[tuple[str, str]] = field(default_factory=Counter)
    compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    styles: dict[tuple[str, str], list[Style]] = field(default_factory=dict)
    excerpt: dict[str, list[int]] = field(default_factory=lambda: {"ja": [], "en": []})
    recall: dict[str, list[int]] = field(default_factory=lambda: {edition: [0, 0, 0, 0] for edition in EDITIONS})


def _geppo(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "geppo", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def run_pair(seed: int, first: date, totals: Totals, keep: Path | None) -> None:
    """Two months in one workspace, each collected when it is over; kept in a folder of that name if asked for."""
    world, months = make_months(seed, first)
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep / str(seed) if keep else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / "workspace"
        _geppo("init", str(place))
        for number, month in enumerate(months):
            files = folder / month.period
            files.mkdir(exist_ok=True)
            for page in month.pages:
                (files / page.name).write_text(page.data, encoding="utf-8")
            _geppo("collect", "--workspace", str(place), "--path", str(files))
            start = time.perf_counter()
            code, told = _geppo(
                "month", month.period, "--workspace", str(place), "--lang", "ja,en", "--edition", "member,public"
            )
            totals.seconds.append(time.perf_counter() - start)
            totals.codes[code] += 1
            totals.pages.append(len(month.pages))
            if code not in (0, 3):
                totals.errors.append(f"{seed} {month.period}: exit {code}: {told[-300:]}")
                continue
            measure(place / "out" / month.period, world, months[: number + 1], totals)


def measure(folder: Path, world: World, months: list[MadeMonth], totals: Totals) -> None:
    """Take one printed issue into the totals."""
    pages = [page for month in months for page in month.pages]
    checker = Checker(world, months)
    for language in LANGUAGES:
        for edition in EDITIONS:
            text = (folder / f"{edition}.{language}.md").read_text(encoding="utf-8")
            sentences = printed(text, language, pages)
            key = (edition, language)
            totals.sentences[key] += len(sentences)
            totals.compared[key] += sum(checker.compared(one, language) for one in sentences)
            found = [finding for one in sentences for finding in checker.findings(one, language)]
            totals.findings.setdefault(key, []).extend(found)
            totals.styles.setdefault(key, []).append(style(sentences, language, checker, world))
            if edition == "public":
                totals.excerpt[language].append(_length(sentences, language))
            if language == "en":
                _recalled(edition, sentences, months[-1], world, checker, totals)


def _length(sentences: list[Printed], language: str) -> int:
    text = [one.text for one in sentences if one.place == "text"]
    return sum(len(one) if language == "ja" else len(one.split()) for one in text)


def _recalled(
    edition: str, sentences: list[Printed], month: MadeMonth, world: World, checker: Checker, totals: Totals
) -> None:
    """Whether the month's most told story, and its five most told, are named in the text."""
    named = {key for one in sentences if one.place == "text" for key in checker.named(one.text, "en")}
    found = [main in named for main, _ in month.top]
    row = totals.recall[edition]
    totals.recall[edition] = [row[0] + found[0], row[1] + 1, row[2] + sum(found), row[3] + len(found)]


def _table(totals: Totals) -> None:
    seconds = sorted(totals.seconds)
    print(f"\nmade months: {len(totals.pages)}, {sum(totals.pages)} pages ({min(totals.pages)} to {max(totals.pages)})")
    codes = dict(sorted(totals.codes.items()))
    print(f"exit codes {codes}; seconds a month: median {seconds[len(seconds) // 2]:.1f}, most {seconds[-1]:.1f}")
    for error in totals.errors:
        print(f"  {error}")
    columns = [(edition, language) for language in LANGUAGES for edition in EDITIONS]
    print(f"{'':<34}" + "".join(f"{f'{edition} {language}':>13}" for edition, language in columns))

    def row(name: str, cells: list[str]) -> None:
        print(f"{name:<34}" + "".join(f"{cell:>13}" for cell in cells))

    row("sentences, headings and leads", [str(totals.sentences[key]) for key in columns])
    row("  held against a statement", [str(totals.compared[key]) for key in columns])
    for kind in KINDS:
        counts = [sum(one.what == kind for one in totals.findings.get(key, [])) for key in columns]
        row(f"  {kind}", [str(count) for count in counts])
    styles = {key: totals.styles.get(key, []) for key in columns}
    lengths = {key: [length for one in found for length in one.lengths] or [0] for key, found in styles.items()}
    row("length (ja characters, en words)", [f"{sum(one) / len(one):.1f}" for one in lengths.values()])
    row("  longest", [str(max(one)) for one in lengths.values()])
    row(
        f"  share over {LONG} characters (ja)",
        [f"{sum(n > LONG for n in one) / len(one):.3f}" if key[1] == "ja" else "" for key, one in lengths.items()],
    )
    row(
        "distinct shapes / sentences",
        [
            _share([len(set(one.shapes)) for one in found], [len(one.shapes) for one in found])
            for found in styles.values()
        ],
    )
    row(
        "longest run of one shape",
        [str(max((one.longest_run for one in found), default=0)) for found in styles.values()],
    )
    row(
        "sentences behind a connective",
        [
            _share([sum(map(bool, one.connectives)) for one in found], [len(one.connectives) for one in found])
            for found in styles.values()
        ],
    )
    row("  the commonest connective", [_commonest(found) for found in styles.values()])
    print("public excerpt, length: " + "; ".join(_excerpt(totals, language) for language in LANGUAGES))
    for edition, (top, months, found, stories) in totals.recall.items():
        print(
            f"{edition}: the most told story is in {top} of {months} months; of the five most told {found} of {stories}"
        )
    for key in columns:
        for what in ("openings", "endings"):
            total = sum((getattr(one, what) for one in styles[key]), Counter[str]())
            print(f"{key[0]} {key[1]} {what}: " + " | ".join(f"{text} {count}" for text, count in total.most_common(5)))


def _share(parts: list[int], wholes: list[int]) -> str:
    return f"{sum(parts) / max(1, sum(wholes)):.3f}"


def _commonest(found: list[Style]) -> str:
    words = Counter(word for one in found for word in one.connectives if word)
    if not words:
        return "–"
    word, count = words.most_common(1)[0]
    return f"{word[:6]} {count / max(1, sum(len(one.connectives) for one in found)):.2f}"


def _excerpt(totals: Totals, language: str) -> str:
    low, high, unit = {"ja": (1400, 1800, "characters"), "en": (450, 600, "words")}[language]
    found = sorted(totals.excerpt[language]) or [0]
    within = sum(low <= one <= high for one in found)
    middle, count = found[len(found) // 2], len(found)
    return f"{language} {found[0]}–{found[-1]} {unit}, median {middle}, {within} of {count} in {low}–{high}"


def _shown(totals: Totals, seed: int) -> None:
    for key, found in sorted(totals.findings.items()):
        for one in found:
            print(
                json.dumps(
                    {"edition": " ".join(key), "what": one.what, "detail": one.detail, "sentence": one.sentence},
                    ensure_ascii=False,
                )
            )
    pairs = [
        (language, *pair)
        for (edition, language), found in sorted(totals.styles.items())
        if edition == "member"
        for one in found
        for pair in one.pairs
    ]
    random.Random(seed).shuffle(pairs)
    for language, word, before, after in pairs[:PAIRS_SHOWN]:
        print(
            json.dumps({"language": language, "connective": word, "before": before, "after": after}, ensure_ascii=False)
        )


def main() -> None:
    """Run the months and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=30, help="how many months (made in pairs)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first pair")
    parser.add_argument("--show", action="store_true", help="print every finding, and joined pairs of sentences")
    parser.add_argument("--keep", type=Path, help="keep documents and issues here, in a folder a seed")
    asked = parser.parse_args()
    totals = Totals()
    for number in range((asked.months + 1) // 2):
        run_pair(asked.seed + number, date(2025, 1 + 2 * (number % 5), 1), totals, asked.keep)
        print(f"pair {number + 1} of {(asked.months + 1) // 2}", file=sys.stderr, flush=True)
    if asked.show:
        _shown(totals, asked.seed)
    _table(totals)


if __name__ == "__main__":
    main()
