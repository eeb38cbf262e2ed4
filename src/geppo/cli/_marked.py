"""A marked document in a terminal: the text with its marks, claims under their sentences, values by verdict at the end.

Texts come ready from `geppo.deliver`: without control characters, defanged. They are set as plain characters, never as
markup. Without colour the marks are signs: ⟨name⟩, value ‹verdict›.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import re2
from rich.cells import cell_len, get_character_cell_size, split_graphemes
from rich.console import Console
from rich.text import Text

from geppo.deliver._marked import Line, Look, Marked, Piece, Said, Value, look

_NARROWEST, _LEAST_ROOM = 20, 10
_TAG = re2.compile(r"‹[^‹›]{1,24}›")
"""What stays on one line: a tag of ours, unless it is long."""
_WIDE = 2
_HANGUL = range(0xAC00, 0xD7A4)
BETWEEN = "\u00a0· "
_TEXT = "  "
_CLAIM = "    "


class _Paper(Console):
    def on_broken_pipe(self) -> None:
        """`geppo read FILE | head` is no fault."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0)


def paper() -> Console:
    """The console that answers go to. Colour only on a terminal and without NO_COLOR."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    console = _Paper(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if console.no_color or not console.is_terminal:
        console = _Paper(highlight=False, markup=False, emoji=False, soft_wrap=True, color_system=None)
    return console


def show(marked: Marked, console: Console, *, every: bool) -> None:
    """Print a marked document. Sentences without findings are folded unless `every` is set."""
    put(_View(marked, width_of(console), plain=console.color_system is None, every=every).rows(), console)


def cuts(text: str, width: int, look_: Look) -> list[int]:
    """Where `text` is broken to fit into `width` cells.

    Lines end at blanks, or between characters of which one is wide (not hangul), but for the marks that may not begin
    or end a line. A run that is longer than a line is broken where the line ends.
    """
    if cell_len(text) <= width:
        return []
    kept = {place for tag in _TAG.finditer(text) for place in range(tag.start() + 1, tag.end())}
    signs, _ = split_graphemes(text)
    out: list[int] = []
    first = at = cells = chance = 0
    while at < len(signs):
        start, end, size = signs[at]
        if at > first and start not in kept and _may_break(text[start - 1], text[start], look_):
            chance = at
        if cells + size > width and at > first and text[start:end] != " ":
            first = at = chance if chance > first else at
            out.append(signs[first][0])
            cells, chance = 0, first
            continue
        cells += size
        at += 1
    return out


def fitted(text: Text, width: int, first: str | Text = "", rest: str | None = None) -> Iterator[Text]:
    """A text as lines of a width, with what stands before the first line and before the others.

    Where that leaves too little room, it stands on lines of its own.
    """
    rest = str(first) if rest is None else rest
    room = width - max(cell_len(str(first)), cell_len(rest))
    if room < _LEAST_ROOM:
        yield from fitted(Text(str(first).strip()), width)
        first = rest = _TEXT
        room = width - cell_len(_TEXT)
    for number, part in enumerate(text.divide(cuts(text.plain, room, look()))):
        part.rstrip()
        yield Text.assemble(rest if number else first, part)


def put(rows: Iterable[Text], console: Console) -> None:
    """Print lines that fit already."""
    for row in rows:
        console.print(row, no_wrap=True, overflow="ignore", crop=False)


def width_of(console: Console) -> int:
    """The width to set for."""
    return max(console.width, _NARROWEST)


def _may_break(before: str, after: str, look_: Look) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    if before.isascii() and after.isascii():
        return False
    wide = any(get_character_cell_size(char) == _WIDE and ord(char) not in _HANGUL for char in (before, after))
    joined = after in look_.not_first or before in look_.not_last or not get_character_cell_size(after)
    return wide and not joined


class _View:
    """Lines of a marked document for a width."""

    def __init__(self, marked: Marked, width: int, *, plain: bool, every: bool) -> None:
        self._marked, self._width, self._plain, self._every = marked, width, plain, every
        self._look = look()
        self._words = marked.words

    def rows(self) -> Iterator[Text]:
        yield from self._head()
        yield from self._body()
        yield from self._values()
        yield from self._names()
        yield from self._methods()

    def _style(self, name: str) -> str:
        return self._look.styles.get(name, "")

    def _set(self, text: Text, first: str | Text = "", rest: str | None = None) -> Iterator[Text]:
        return fitted(text, self._width, first, rest)

    def _faint(self, text: str) -> Text:
        return Text(text, style=self._style("faint"))

    def _head(self) -> Iterator[Text]:
        marked, ui = self._marked, self._words.ui
        yield from self._set(Text(marked.title, style=self._style("title")))
        facts = [marked.publisher, marked.published, marked.language_name, marked.file]
        facts += [ui("note_mark")] if marked.note else []
        facts += [marked.marking] if marked.marking_class != "clear" else []
        yield from self._set(Text(BETWEEN.join(facts)))
        rows = list(self._counts())
        room = max(cell_len(label) for label, _ in rows) + 2
        for label, counts in rows:
            blank = " " * (room - cell_len(label))
            yield from self._set(Text(counts), Text(label + blank, style=self._style("accent")), " " * room)
        legend = self._legend()
        yield from self._set(legend) if legend else ()

    def _counts(self) -> Iterator[tuple[str, str]]:
        marked, ui, comma = self._marked, self._words.ui, self._words.mark("comma")
        claims = len(marked.claims)
        counts = [ui("claims_of", claims=claims, lines=marked.claim_lines, sentences=len(marked.lines))]
        for key, number in (("n_negated", marked.negated), ("n_hedged", marked.hedged)):
            counts += [ui(key, n=number)] if number else []
        yield ui("claims_label"), comma.join(counts) if claims else ui("none" if marked.readable else "unreadable")
        for label, kinds in (
            ("names_label", Counter(named.kind for named in marked.names)),
            ("values_label", Counter(value.type for value in marked.values)),
        ):
            yield ui(label), comma.join(f"{kind} {number}" for kind, number in kinds.most_common()) or ui("none")

    def _legend(self) -> Text:
        """What the signs mean, for those that this text has."""
        ui, marked = self._words.ui, self._marked
        if self._plain:
            signs = [f"⟨{ui('col_name')}⟩"] if marked.names else []
            signs += [f"{ui('col_value')} ‹{ui('col_verdict')}›"] if marked.values else []
            return Text(BETWEEN.join(signs))
        groups = [(self._words.of("group", one), f"name-{one}") for one in marked.groups]
        tones = [(self._words.of("tone", one), f"value-{one}") for one in marked.tones]
        hedges = [(ui("hedges"), "hedge")] if marked.hedged else []
        return Text(BETWEEN).join(Text(said, style=self._style(name)) for said, name in (*groups, *tones, *hedges))

    def _body(self) -> Iterator[Text]:
        waiting: list[Line] = []
        for line in self._marked.lines:
            if not self._every and not line.found:
                waiting.append(line)
                continue
            yield from self._passed(waiting)
            waiting = []
            yield from self._line(line)
        yield from self._folded(len(waiting))

    def _passed(self, lines: Sequence[Line]) -> Iterator[Text]:
        """Sentences without findings before one that is shown; the heading that it stands under stays."""
        at = next((place for place in reversed(range(len(lines))) if lines[place].heading), None)
        if at is None:
            yield from self._folded(len(lines))
            return
        yield from self._folded(at)
        yield from self._line(lines[at])
        yield from self._folded(len(lines) - at - 1)

    def _folded(self, count: int) -> Iterator[Text]:
        if count:
            yield Text()
            form = "folded_one" if count == 1 else "folded"
            yield from self._set(self._faint(f"… {self._words.ui(form, n=count)}"), _TEXT)

    def _line(self, line: Line) -> Iterator[Text]:
        if line.breaks > 1 or line.heading:
            yield Text()
        style = self._style("heading") if line.heading else "" if line.found else self._style("faint")
        text = Text(style=style).append_text(self._parts(line.pieces))
        for sign in line.doubts:
            text.append(f" ‹{sign}›", style=self._style("hedge"))
        if line.negated:
            text.append(f" ‹{self._words.ui('negated')}›", style=self._style("negated"))
        yield from self._set(text, _TEXT)
        for claim in line.claims:
            yield from self._claim(claim)

    def _parts(self, pieces: Iterable[Piece], *, within: bool = False) -> Text:
        """Pieces with their marks; a value inside another has no tag of its own."""
        out = Text()
        for piece in pieces:
            mark = piece.mark
            if mark is None:
                out.append(piece.text)
                continue
            inner = self._parts(piece.inner, within=within or mark.layer == "value")
            inner.stylize_before(self._style("hedge" if mark.layer == "hedge" else f"{mark.layer}-{mark.group}"))
            signs = ("⟨", "⟩") if mark.layer == "name" and self._plain else ("", "")
            out.append(signs[0]).append_text(inner).append(signs[1])
            if mark.tag and piece.ends and not within:
                out.append(f" ‹{mark.tag}›", style=f"{self._style(f'value-{mark.group}')} not bold")
        return out

    def _claim(self, claim: Said) -> Iterator[Text]:
        accent = self._style("accent")
        text = Text(claim.subject, style="")
        text.append(" → ", style=accent)
        text.append(claim.predicate, style=self._style("negated") if claim.negated else accent)
        if claim.object:
            text.append(" → ", style=accent).append(claim.object)
        text.append(f" [{self._words.mark('list').join(self._terms_of(claim))}]", style=self._style("faint"))
        yield from self._set(text, _CLAIM + "└ ", _CLAIM + "  ")

    def _terms_of(self, claim: Said) -> Iterator[str]:
        """How sure, who, when and what else: what stands in the brackets of a claim."""
        ui, colon = self._words.ui, self._words.mark("colon")
        yield claim.hedge + (f" “{claim.hedge_text}”" if claim.hedge_text else "")
        if claim.grade:
            yield f"{ui('grade')}{colon}{claim.grade}"
        if claim.speaker:
            yield f"{ui('speaker')}{colon}{claim.speaker}{self._words.bracketed(ui('via', outer=claim.via))}"
        for name, value in claim.extras:
            yield f"{name}{colon}{value}"

    def _values(self) -> Iterator[Text]:
        """Values by verdict, then by reason: what stands for the same reason stands together."""
        if not self._marked.values:
            return
        room = max(cell_len(value.type) for value in self._marked.values)
        yield Text()
        yield Text(self._words.ui("values"), style=self._style("title"))
        for verdict, group in self._marked.by_verdict().items():
            yield from self._set(Text(f"{verdict} · {len(group)}", style=self._style(f"value-{group[0].tone}")))
            for reason in dict.fromkeys(value.reason for value in group):
                yield from self._set(self._faint(reason), _TEXT)
                for value in (one for one in group if one.reason == reason):
                    yield from self._value(value, room)

    def _value(self, value: Value, room: int) -> Iterator[Text]:
        text = Text(value.value)
        notes = [self._words.ui("times", n=value.times)] if value.times > 1 else []
        notes += value.notes
        text.append("".join(f"  {note}" for note in notes), style=self._style("faint"))
        blank = " " * (room - cell_len(value.type))
        yield from self._set(text, f"{_CLAIM}{value.type}{blank}  ", _CLAIM + " " * (room + 2))

    def _names(self) -> Iterator[Text]:
        """Names by kind, each with how often it stands in the text."""
        names = self._marked.names
        if not names:
            return
        ui, words = self._words.ui, self._words
        kinds = dict.fromkeys(named.kind for named in names)
        room = max(cell_len(kind) for kind in kinds)
        yield Text()
        yield Text(ui("names"), style=self._style("title"))
        for kind in kinds:
            text = Text()
            for named in (one for one in names if one.kind == kind):
                text.append(self._words.mark("list") if text else "")
                text.append(named.name, style=self._style(f"name-{named.group}"))
                notes = [words.mark("comma").join(named.printed)] if named.printed else []
                notes += [] if named.known else [ui("new_name")]
                said = words.bracketed(words.mark("list").join(notes)) if notes else ""
                said += " " + ui("times", n=named.times) if named.times > 1 else ""
                text.append(said, style=self._style("faint"))
            yield from self._set(text, f"{_TEXT}{kind}{' ' * (room - cell_len(kind))}  ", " " * (room + 4))

    def _methods(self) -> Iterator[Text]:
        """Techniques, each with the words that show it."""
        methods = self._marked.methods
        if not methods:
            return
        room = max(cell_len(one.id) for one in methods)
        yield Text()
        yield Text(self._words.ui("methods"), style=self._style("title"))
        for one in methods:
            text = Text(one.name, style=self._style("name-weakness"))
            words = self._words.mark("comma").join(f"“{said}”" for said in one.words)
            text.append(f"  {words}" if words else "", style=self._style("faint"))
            yield from self._set(text, f"{_TEXT}{one.id}{' ' * (room - cell_len(one.id))}  ", " " * (room + 4))
