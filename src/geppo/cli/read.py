"""`geppo read`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from geppo.cli import EXIT_GAPS
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.cli._intake import One
    from geppo.model.claim import Claim
    from geppo.read.reading import Reading


def run(
    path: Annotated[list[str] | None, Parameter(allow_leading_hyphen=True, negative="")] = None,
    *,
    jsonl: bool = False,
    json_: bool = False,
    html: bool = False,
    out: Path | None = None,
    all_: bool = False,
    lang: str = "en",
) -> int:
    """Read a document: its text with values, names and hedged claims marked in place.

    Examples: `geppo read report.html`, `cat note.md | geppo read`, `geppo read report.pdf --html --out report.html`,
    `geppo read reports/`, `geppo read --jsonl < lines.jsonl`

    Parameters
    ----------
    path
        A file, or - for standard input (the default). Several files, or a folder, give one line a document and their
        values.
    jsonl
        Input is JSON lines {id, text, language?, published?}; each line is answered in order and flushed. A line
        that cannot be read is answered with {id, error}; the rest is read, and the exit code is 2.
    json_
        Print JSON instead of the view for people: one object, for several documents one a line.
    html
        Write a page instead of the view: it needs no script and asks for nothing from outside.
    out
        Where to write the page; by default standard output.
    all_
        Show sentences without findings, too.
    lang
        Language of the labels: en or ja. The text stays in its own.
    """
    paths = path or ["-"]
    _refuse(paths, jsonl=jsonl, json_=json_, html=html, out=out, lang=lang)
    if jsonl:
        from geppo.cli._lines import answer_lines

        return answer_lines(paths[0])
    if _many(paths):
        return _several(paths, lang, json_=json_)
    one = _one(paths[0])
    if json_:
        _print_json(answer(paths[0], one.reading))
    elif html:
        _page(one, out, lang)
    else:
        _show(one, lang, every=all_)
    return 0


def _refuse(paths: Sequence[str], *, jsonl: bool, json_: bool, html: bool, out: Path | None, lang: str) -> None:
    """Raise UsageError for words that do not go together."""
    for path in paths:
        if path.startswith("-") and path != "-" and not Path(path).exists():
            raise UsageError(f"read: no option {path}; `geppo read --help` lists them")
    if jsonl + json_ + html > 1:
        raise UsageError("read: give one of --json, --jsonl and --html")
    if jsonl and len(paths) > 1:
        raise UsageError("read: --jsonl reads one stream; give one file, or - for standard input")
    if html and _many(paths):
        raise UsageError("read: --html writes the page of one document; give one file")
    if out is not None and not html:
        raise UsageError("read: --out goes with --html")
    if lang not in ("en", "ja"):
        raise UsageError(f"read: --lang: expected en or ja, got {lang!r}")


def _many(paths: Sequence[str]) -> bool:
    try:
        return len(paths) > 1 or Path(paths[0]).is_dir()
    except OSError:
        return False


def answer(identifier: object, reading: Reading) -> dict[str, Any]:
    """A reading in the form of the command contract."""
    from geppo.read.behaviour import described

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
                "role": value.role.value,
                "detail": dict(value.detail),
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
        "techniques": [
            {"id": one.id, "name": one.name, "how": one.how, "cue": one.cue, "start": one.start, "end": one.end}
            for one in described(reading.report)
        ],
        "claims": [said for claim in reading.claims for said in _claims(claim)],
    }


def _sides(claim: Claim) -> list[tuple[str | None, str | None]]:
    """Subject and object by the vocabulary: parties sign a treaty, somebody (None where unsaid) leaks data.

    Inside, a treaty and leaked data are subjects, since all that is said of them is kept together.
    """
    from geppo.model.claim import Predicate

    if claim.object is None and claim.predicate in (Predicate.SIGNS, Predicate.RATIFIES, Predicate.LEAKS):
        role = "by" if claim.predicate is Predicate.LEAKS else "party"
        named: list[str | None] = [term.name for name, term in claim.qualifiers if name == role]
        return [(name, claim.subject.name) for name in named or [None]]
    return [(claim.subject.name, claim.object.name if claim.object else None)]


def _claims(claim: Claim) -> Iterator[dict[str, Any]]:
    for subject, object_ in _sides(claim):
        yield _claim(claim, subject, object_)


def _claim(claim: Claim, subject: str | None, object_: str | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "subject": subject,
        "predicate": claim.predicate.value,
        "object": object_,
        "hedge": claim.hedge.rung.value,
        "negated": claim.turned,
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


def json_line(said: dict[str, Any]) -> str:
    """An answer as one line of JSON; what no UTF-8 can hold is escaped."""
    text = json.dumps(said, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(said)
    return text


def _print_json(said: dict[str, Any]) -> None:
    print(json_line(said), flush=True)


def _one(path: str) -> One:
    from geppo.cli._intake import one

    return one(path)


def _several(paths: Sequence[str], lang: str, *, json_: bool) -> int:
    from geppo.cli._intake import several
    from geppo.deliver._shown import visible

    sheaf = several(paths)
    if json_:
        for path, one in sheaf.read:
            _print_json(answer(path, one.reading))
        for gap in sheaf.faults:
            _print_json({"id": gap.source, "error": gap.message})
    else:
        from geppo.cli._several import show

        show(sheaf, lang)
    for gap in sheaf.gaps:
        print(visible(f"geppo: read: {gap.source}: {gap.message}"), file=sys.stderr)
    return EXIT_GAPS if sheaf.faults else 0


def _show(one: One, lang: str, *, every: bool) -> None:
    from geppo.cli._marked import paper, show

    show(one.marked(lang), paper(), every=every)


def _page(one: One, out: Path | None, lang: str) -> None:
    from geppo.deliver._marked_page import render

    data = render(one.marked(lang))
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UsageError(f"read: --out {out}: {error.strerror}; expected a file that can be written") from error
    print(out)
