"""A link between two groups for a person to read: an executive part, and behind it the reckoning."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from geppo.deliver import defang
from geppo.deliver._words import Words, words
from geppo.model.assessment import Assessment, Evidence, Likelihood

GAUGE = 60
"""Characters of the gauge, for 0 to 100 %."""

EDGES = (5, 20, 45, 55, 80, 95)
"""Edges of the ICD 203 bands in per cent."""

BAR = 30
"""Characters of the longest bar of a table."""


def gauge(likelihood: Likelihood) -> tuple[str, str]:
    """The range as a bar with the point in it, over the edges of the seven bands."""

    def place(share: float) -> int:
        return min(GAUGE - 1, max(0, round(share * GAUGE)))

    low, point, high = place(likelihood.low), place(likelihood.point), place(likelihood.high)
    line = "".join(
        "●" if at == point else "━" if low <= at <= high else "·" if at in {place(e / 100) for e in EDGES} else "─"
        for at in range(GAUGE)
    )
    scale = [" "] * (GAUGE + 4)
    for edge in EDGES:
        text = str(edge)
        scale[place(edge / 100) : place(edge / 100) + len(text)] = list(text)
    return f"0 ┝{line}┥ 100 %", "   " + "".join(scale).rstrip()


def executive(one: Assessment, language: str) -> list[str]:
    """One sentence, one gauge, why not more, what would change it. Likelihood and confidence stand apart."""
    said, likelihood = words(language), one.likelihood
    a, b = (term.name for term in one.subjects[:2])
    if likelihood is None or one.confidence is None:
        return [_form(said, "silent", a=a, b=b)]
    word = one.get("word")
    text = said.of("band", word) if word != "insufficient" else _form(said, "insufficient")
    lines = [
        _form(said, "headline", a=a, b=b, word=text, point=f"{likelihood.point:.0%}", low=f"{likelihood.low:.0%}",
              high=f"{likelihood.high:.0%}"),
        *gauge(likelihood),
        _form(said, "confidence", level=said.of("confidence", one.confidence.value)),
        _form(said, "why", reason=said.of("why", one.get("rule")), groups=one.get("groups") or "0",
              origins=len(one.origins.roots), repeats=len(one.origins.repeats)),
    ]  # fmt: skip
    moves = [
        _form(said, "move", what=said.of("change", name), to=f"{min(0.99, max(0.01, likelihood.point + shift)):.0%}")
        for name, shift in one.would_change[:3]
    ]
    if moves:
        lines.append(_form(said, "change", moves=said.mark("list").join(moves)))
    return [defang(line) for line in lines]


def _form(said: Words, key: str, **values: object) -> str:
    return said.groups["judgement"][key].format(**values)


def analyst(one: Assessment, language: str) -> list[str]:
    """The waterfall in bits, the hypotheses, both sides' use over time, the source's own words, the context."""
    said = words(language)
    parts = [_waterfall(one, said), _hypotheses(one, said), _timeline(one, said), _beside(one, said)]
    return [defang(line) for part in parts for line in part]


def _bits(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _table(rows: Sequence[tuple[str, float, str]], unit: str) -> Iterator[str]:
    widest = max((width(label) for label, _, _ in rows), default=0)
    most = max((abs(value) for _, value, _ in rows), default=1.0) or 1.0
    for label, value, note in rows:
        bar = ("█" if value >= 0 else "░") * round(abs(value) / most * BAR)
        number = f"{value:+.2f}" if unit == "bits" else f"{value:.0%}"
        yield f"  {label}{' ' * (widest - width(label))} {number:>7}  {bar}{f'  {note}' if note else ''}".rstrip()


def width(text: str) -> int:
    """Columns of a text on a terminal: full-width signs take two (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _row_name(row: Evidence, said: Words) -> str:
    return f"{said.of('evidence', row.kind)} {shown(row.kind, row.value)}".strip()


def shown(kind: str, value: str) -> str:
    """A value as it may stand on a screen: a host of any ending is defanged, since its kind is known."""
    safe = defang(value)
    return safe.replace(".", "[.]") if safe == value and kind in _CLICKABLE else safe


_CLICKABLE = frozenset({"host", "domain", "url", "ip"})


def _reason(text: str, said: Words) -> str:
    for start, form in said.groups.get("reason_about", {}).items():
        if text.startswith(f"{start} "):
            kind, _, value = text.removeprefix(f"{start} ").partition(" ")
            return form.format(what=f"{said.of('evidence', kind)} {shown(kind, value)}".strip())
    return said.of("reason", text) if text else ""


def _waterfall(one: Assessment, said: Words) -> Iterator[str]:
    """Bits from the prior to the median; they add up because a weight is the middle of its range."""
    if one.likelihood is None:
        return
    used = [row for row in one.evidence if row.used]
    end = _bits(one.likelihood.point)
    prior = end - math.fsum(row.weight for row in used)
    yield ""
    yield _form(said, "waterfall")
    rows = [(_form(said, "prior"), prior, "")]
    rows += [(_row_name(row, said), row.weight, _reason(row.reason, said)) for row in used]
    rows.append((_form(said, "median"), end, f"{one.likelihood.point:.0%}"))
    yield from _table(rows, "bits")
    for row in one.evidence:
        if not row.used:
            yield f"  {_form(said, 'unused')} {_row_name(row, said)}{said.mark('colon')}{_reason(row.reason, said)}"


def _hypotheses(one: Assessment, said: Words) -> Iterator[str]:
    if not one.rivals:
        return
    yield ""
    yield _form(said, "hypotheses")
    rest = max(0.0, 1.0 - math.fsum(share for _, share in one.rivals))
    known = {name for name, _ in one.rivals}
    leading = next((name for name in ("cooperation", "same-operators") if name not in known), "cooperation")
    shares = sorted([(leading, rest), *one.rivals], key=lambda pair: (-pair[1], pair[0]))
    yield from _table([(said.of("hypothesis", name), share, "") for name, share in shares], "share")


def _timeline(one: Assessment, said: Words) -> Iterator[str]:
    """A row of months a side; `?` where nobody says when."""
    spans = [_span(one.get("a_use")), _span(one.get("b_use"))]
    known = [span for span in spans if span]
    if not known:
        return
    first, last = min(_month(span[0]) for span in known), max(_month(span[1]) for span in known)
    names = [term.name for term in one.subjects[:2]]
    widest = max(map(width, names))
    yield ""
    yield _form(said, "timeline", first=_year_month(first), last=_year_month(last))
    for name, span in zip(names, spans, strict=False):
        row = "?"
        if span:
            row = "".join("█" if _month(span[0]) <= at <= _month(span[1]) else "·" for at in range(first, last + 1))
            row += f"  {span[0].isoformat()} – {span[1].isoformat()}"
        yield f"  {name}{' ' * (widest - width(name))}  {row}"


def _span(text: str) -> tuple[date, date] | None:
    first, _, last = text.partition("/")
    return (date.fromisoformat(first), date.fromisoformat(last or first)) if first else None


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _year_month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _beside(one: Assessment, said: Words) -> Iterator[str]:
    yield ""
    if source := one.get("source"):
        grade = one.get("source_grade")
        own = [said.of("rung", one.get("source_rung"))]
        own += [_form(said, "graded", grade=said.of("grade", grade))] if grade else []
        yield _form(said, "source", source=source, own=said.mark("comma").join(part for part in own if part))
    if one.get("agreement"):
        dates = [one.get(name) or "–" for name in ("signed", "ratified", "in_force")]
        yield _form(said, "context", name=one.get("agreement_name"), signed=dates[0], ratified=dates[1], force=dates[2])
