"""`geppo read`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from geppo.errors import GeppoError, InputError, UsageError

if TYPE_CHECKING:
    from geppo.model.claim import Claim
    from geppo.read.reading import Reading


def run(
    path: Annotated[str, Parameter(allow_leading_hyphen=True)] = "-", *, jsonl: bool = False, json_: bool = False
) -> int:
    """Read one document: observables with verdicts, names, and hedged claims with their places.

    Examples: `geppo read report.html`, `cat note.md | geppo read`, `geppo read --jsonl < lines.jsonl`

    Parameters
    ----------
    path
        A file, or - for standard input.
    jsonl
        Input is JSON lines {id, text, language?, published?}; each line is answered in order and flushed. A line
        that cannot be read is answered with {id, error}; the rest is read, and the exit code is 2.
    json_
        Print one JSON object instead of the view for people.
    """
    if jsonl:
        return _lines(path)
    reading = _file(path)
    if json_:
        print(json.dumps(answer(path, reading), ensure_ascii=False))
    else:
        _show(reading)
    return 0


def answer(identifier: object, reading: Reading) -> dict[str, Any]:
    """A reading in the form of the command contract."""
    return {
        "id": identifier,
        "language": reading.report.document.language,
        "observables": [
            {
                "type": value.type.value,
                "value": value.value,
                "start": value.start,
                "end": value.end,
                "defanged": value.defanged,
                "verdict": value.verdict.value,
                "reason": value.reason,
            }
            for value in reading.report.observables
        ],
        "mentions": [
            {
                "kind": mention.kind.value,
                "id": mention.id,
                "name": mention.name,
                "surface": mention.surface,
                "start": mention.start,
                "end": mention.end,
            }
            for mention in reading.report.mentions
        ],
        "claims": [_claim(claim) for claim in reading.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    out: dict[str, Any] = {
        "subject": claim.subject.name,
        "predicate": claim.predicate.value,
        "object": claim.object.name if claim.object else None,
        "hedge": claim.hedge.rung.value,
        "negated": claim.negated,
        "when": claim.when.iso() if claim.when else None,
        "start": claim.passage.start,
        "end": claim.passage.end,
    }
    if claim.hedge.text:
        out["hedge_text"] = claim.hedge.text
    if claim.hedge.grade:
        out["grade"] = claim.hedge.grade.value
    if claim.voices:
        out["voices"] = list(claim.voices)
    if claim.count:
        out["count"] = {
            "value": claim.count.value,
            "bound": claim.count.bound.value,
            "unit": claim.count.unit.name,
        }
    if claim.qualifiers:
        out["qualifiers"] = {role: term.name for role, term in claim.qualifiers}
    return out


def _lines(path: str) -> int:
    from geppo.catalog import Catalog
    from geppo.pipeline import loose_document
    from geppo.read.reading import new_names, read_document
    from geppo.read.text._tongue import language_of

    catalog = Catalog.load()
    failed = False
    for number, line in enumerate(_stream(path), start=1):
        if not line.strip():
            continue
        identifier: object = str(number)
        try:
            row = _row(line)
            identifier = row.get("id", identifier)
            language = str(row.get("language") or language_of(row["text"]))
            document = loose_document(row["text"], language, _published(row))
            said = answer(identifier, read_document(document, catalog, new_names(document, catalog)))
        except (GeppoError, ValueError) as error:
            failed = True
            said = {"id": identifier, "error": f"line {number}: {error}"}
        print(json.dumps(said, ensure_ascii=False), flush=True)
    return 2 if failed else 0


def _row(line: str) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError('expected an object with "id" and "text", both of them text')
    return row


def _published(row: dict[str, Any]) -> date:
    given = row.get("published")
    return date.fromisoformat(str(given)[:10]) if given else datetime.now(UTC).date()


def _stream(path: str) -> Iterator[str]:
    if path == "-":
        yield from iter(sys.stdin.readline, "")
        return
    with Path(path).open(encoding="utf-8") as stream:
        yield from stream


def _file(path: str) -> Reading:
    from geppo import config
    from geppo.catalog import Catalog
    from geppo.model.report import Fetched
    from geppo.read.reading import new_names, read_document
    from geppo.read.text import read_text

    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"read: {path}: {error.strerror}") from error
    now = datetime.now(UTC)
    name = "standard input" if path == "-" else Path(path).name
    fetched = Fetched(
        source="read", name=name, data=data, collected=now, declared=(("published", now.date().isoformat()),)
    )
    try:
        document = read_text(fetched, config.load())
    except InputError as error:
        raise UsageError(f"read: {name}: {error}") from error
    catalog = Catalog.load()
    return read_document(document, catalog, new_names(document, catalog))


def _show(reading: Reading) -> None:
    from rich.console import Console
    from rich.markup import escape

    from geppo.deliver import defang

    console = Console(soft_wrap=True, highlight=False)
    document = reading.report.document
    console.print(
        f"[bold]{escape(document.title or document.name)}[/] · {escape(document.publisher)} · {document.language}"
    )
    for claim in reading.claims:
        grade = f", {claim.hedge.grade.value} confidence" if claim.hedge.grade else ""
        passage = " ".join(claim.passage.text.split())
        console.print(f"[bold]{escape(_said(claim))}[/]  {claim.hedge.rung.value}{grade}")
        console.print(f"    {claim.passage.start}-{claim.passage.end} “{escape(passage)}”", style="dim")
    names = {(m.kind.value, m.name): m for m in reading.report.mentions}
    console.print("[bold]names[/] " + escape(", ".join(f"{name} ({kind})" for kind, name in names)))
    for value in reading.report.observables:
        shown = defang(value.value)
        console.print(escape(f"{value.type.value:9} {shown}  {value.verdict.value}: {value.reason}"))


def _said(claim: Claim) -> str:
    polarity = "not " if claim.negated else ""
    object_ = f" → {claim.object.name}" if claim.object else ""
    count = f" [{claim.count.bound.value} {claim.count.value:g} {claim.count.unit.name}]" if claim.count else ""
    when = f" ({claim.when.iso()})" if claim.when else ""
    voice = f"{' > '.join(claim.voices)}: " if claim.voices else ""
    return f"{voice}{claim.subject.name} {polarity}{claim.predicate.value}{object_}{count}{when}"
