"""What a change of the reader changed: the claims of one body of texts as two states of the code read them.

    python -m bench.readings COMMIT            the claims of COMMIT against those of the files as they are
    python -m bench.readings COMMIT OTHER      of two commits
    python -m bench.readings --save FILE       writes what the files as they are read, one claim a line
    python -m bench.readings FILE              such a file against the files as they are

`--in FOLDER` reads the documents of a folder, too; `--only en,ru` prints these languages alone. The texts are always
those of the working tree: the gold sentences of tests/cases/gold that may be looked at (`open` and `met`; `held` and
`blind` ones are never read here), the sentences of tests/cases/read, the made months and the pages of
tests/cases/text. Each is read by itself, with the names that it introduces.

A claim is the same where it stands in the same sentence with the same predicate, subject and object. Printed by group:
`polarity` and `hedge` of such claims that are another now; `arguments`, a claim of a sentence that is gone where one of
its predicate has come; `lost` and `gained`, what is left; `other`, another date or count. A commit is read in a process
of its own from `git archive`, so that its own rules and compiled tables are used. Needs git for commits only.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import claims, gold
from geppo.catalog import Catalog
from geppo.model.claim import Claim
from geppo.model.report import Document
from geppo.pipeline import loose_document
from geppo.read.reading import Reading, new_names, read_document

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
FOLDERS = (
    CASES / "months" / "harbor" / "documents",
    CASES / "months" / "kanto" / "documents",
    CASES / "text" / "pages",
    CASES / "text" / "hard",
)
SHOWN = ("open", "met")
"""Halves of the gold sentences that may be looked at."""

GROUPS = ("polarity", "hedge", "arguments", "lost", "gained", "other")

Row = dict[str, Any]
Change = tuple[str, Row | None, Row | None]


def _read(document: Document, catalog: Catalog) -> Reading:
    return read_document(document, catalog, new_names(document, catalog))


def readings(folders: Iterable[Path] = ()) -> Iterator[tuple[str, str, Reading]]:
    """Name, language and reading of each text."""
    catalog = Catalog.load()
    for path in sorted((CASES / "gold").glob("*.toml")):
        for case in gold.cases(path.stem):
            if case["set"] in SHOWN:
                yield case["id"], path.stem, gold.read(case, path.stem, catalog)
    for path in sorted((CASES / "read").glob("*.toml")):
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"]):
            document = loose_document(case["text"], path.stem, gold.PUBLISHED)
            yield f"read-{path.stem}-{number}", path.stem, _read(document, catalog)
    for folder in (*FOLDERS, *folders):
        for document in sorted(claims.documents(folder), key=lambda document: document.name):
            yield f"{folder.name}/{Path(document.name).name}", document.language, _read(document, catalog)


def _row(name: str, language: str, claim: Claim) -> Row:
    return {
        "text": name,
        "language": language,
        "place": claim.passage.start,
        "sentence": " ".join(claim.passage.text.split()),
        "predicate": claim.predicate.value,
        "subject": claim.subject.name,
        "object": claim.object.name if claim.object else "",
        "negated": claim.turned,
        "hedge": claim.hedge.rung.value,
        "when": claim.when.iso() if claim.when else "",
        "count": f"{claim.count.value:g} {claim.count.unit.name}" if claim.count else "",
        "rule": claim.rule,
    }


def rows(folders: Iterable[Path] = ()) -> list[Row]:
    """Every claim of every text as a row of plain values."""
    return [_row(name, language, claim) for name, language, one in readings(folders) for claim in one.claims]


def _by(keys: Sequence[str], found: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    table: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in found:
        table[tuple(row[key] for key in keys)].append(row)
    return table


def changes(before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    """(group, row before, row after), for each claim that is another one after."""
    same = ("text", "place", "predicate", "subject", "object")
    old, new = _by(same, before), _by(same, after)
    gone: list[Row] = []
    come: list[Row] = []
    for key in {**old, **new}:
        ones, others = old.get(key, []), new.get(key, [])
        for one, other in zip(ones, others, strict=False):
            group = next(
                (g for g, k in (("polarity", "negated"), ("hedge", "hedge"), ("other", "when"), ("other", "count"))
                 if one[k] != other[k]), "")  # fmt: skip
            if group:
                yield group, one, other
        gone += ones[len(others) :]
        come += others[len(ones) :]
    near = ("text", "place", "predicate")
    old, new = _by(near, gone), _by(near, come)
    for key in {**old, **new}:
        ones, others = old.get(key, []), new.get(key, [])
        for one, other in zip(ones, others, strict=False):
            yield "arguments", one, other
        yield from (("lost", row, None) for row in ones[len(others) :])
        yield from (("gained", None, row) for row in others[len(ones) :])


def _line(row: Row) -> str:
    more = " ".join(filter(None, (row["hedge"], row["when"], row["count"])))
    polarity = "not " if row["negated"] else ""
    return f"{row['subject']} {polarity}{row['predicate']} {row['object']} [{more}] {row['rule']}"


def show(found: Iterable[Change], languages: Sequence[str] = ()) -> int:
    """Print the changes by group and return how many there are."""
    listed = [one for one in found if not languages or (one[1] or one[2] or {})["language"] in languages]
    for group in GROUPS:
        inside = [(one, other) for name, one, other in listed if name == group]
        if inside:
            print(f"\n{group}: {len(inside)}")
        for one, other in inside:
            row = one or other or {}
            print(f"  {row['text']}: {row['sentence'][:300]}")
            print("".join(f"    {sign} {_line(side)}\n" for sign, side in (("-", one), ("+", other)) if side), end="")
    print(f"\n{len(listed)} changes")
    return len(listed)


def of(source: str, folders: Sequence[Path] = ()) -> list[Row]:
    """The rows of a saved file or of a commit. Raises CalledProcessError for what is neither."""
    if Path(source).is_file():
        return [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", source, "src"], check=True, capture_output=True
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
        saved = Path(folder) / "rows.jsonl"
        more = [word for one in folders for word in ("--in", str(one))]
        subprocess.run(
            [sys.executable, "-m", "bench.readings", "--save", str(saved), *more],
            check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(Path(folder) / "src")},
        )  # fmt: skip
        return of(str(saved))


def main(words: Sequence[str]) -> None:
    """Save or compare, as the module's text says."""
    sources: list[str] = []
    options: dict[str, list[str]] = defaultdict(list)
    rest = iter(words)
    for word in rest:
        (options[word].append(next(rest)) if word.startswith("--") else sources.append(word))
    folders = [Path(one).resolve() for one in options["--in"]]
    if options["--save"]:
        lines = (json.dumps(row, ensure_ascii=False) for row in rows(folders))
        Path(options["--save"][0]).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    elif len(sources) in (1, 2):
        after = of(sources[1], folders) if len(sources) > 1 else rows(folders)
        show(changes(of(sources[0], folders), after), [c for one in options["--only"] for c in one.split(",")])
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
