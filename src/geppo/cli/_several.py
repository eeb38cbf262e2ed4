"""Several documents in a terminal: one line each, then their values by verdict and the names that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.text import Text

from geppo.cli._intake import Several
from geppo.cli._marked import BETWEEN, fitted, paper, put, width_of
from geppo.deliver._marked import Marked, look, marked_words
from geppo.deliver._shown import visible
from geppo.model.report import Document

_SHARED = 2
"""Documents that must have a name for it to be shared."""


@dataclass(slots=True)
class _Seen:
    """A value or a name over all documents."""

    style: str
    type: str
    times: int = 0
    documents: int = 0


@dataclass(slots=True)
class _Sums:
    values: dict[str, dict[tuple[str, str], _Seen]] = field(default_factory=dict)
    names: dict[tuple[str, str], _Seen] = field(default_factory=dict)

    def add(self, marked: Marked) -> None:
        here: set[tuple[str, str, str]] = set()
        for value in marked.values:
            group = self.values.setdefault(value.verdict, {})
            seen = group.setdefault((value.type, value.value), _Seen(style=f"value-{value.tone}", type=value.type))
            seen.times += value.times
            key = (value.verdict, value.type, value.value)
            seen.documents += key not in here
            here.add(key)
        for name, kind, group_of in dict.fromkeys((one.name, one.kind, one.group) for one in marked.names):
            self.names.setdefault((kind, name), _Seen(style=f"name-{group_of}", type=kind)).documents += 1


def show(sheaf: Several, lang: str) -> None:
    """Print one line a document, then what they hold together."""
    console = paper()
    width = width_of(console)
    sums = _Sums()
    rows: list[tuple[Document, Marked]] = []
    for _, one in sheaf.read:
        marked = one.marked(lang)
        sums.add(marked)
        rows.append((one.reading.report.document, marked))
    put(_documents(rows, lang, width), console)
    put(_values(sums, lang, width), console)
    put(_names(sums, lang, width), console)


def _documents(rows: Sequence[tuple[Document, Marked]], lang: str, width: int) -> Iterator[Text]:
    ui, styles = marked_words(lang).ui, look().styles
    above = _above([document.name for document, _ in rows])
    heads = [ui("claims_label"), ui("names_label"), ui("values_label")]
    yield Text("  ".join([_padded(ui("col_date"), 10), "  ", *heads]), style=styles["accent"])
    for document, marked in rows:
        numbers = [len(marked.claims), len(marked.names), len(marked.values)]
        text = Text(f"{document.published.isoformat() if marked.dated else '':10}  {visible(document.language)[:2]:2}")
        for head, number in zip(heads, numbers, strict=True):
            text.append(f"  {number:{cell_len(head)}}")
        text.append(f"  {visible(document.name.removeprefix(above))}")
        text.append(f"  {marked.title}", style=styles["faint"])
        text.truncate(width, overflow="ellipsis")
        yield text


def _above(names: Sequence[str]) -> str:
    """The folder that all of them are in: it need not be printed on each line."""
    folders = [name.rpartition("/")[0] for name in names]
    common = min(folders, key=len)
    while common and not all(f"{folder}/".startswith(f"{common}/") for folder in folders):
        common = common.rpartition("/")[0]
    return f"{common}/" if common else ""


def _padded(text: str, room: int) -> str:
    return text + " " * (room - cell_len(text))


def _values(sums: _Sums, lang: str, width: int) -> Iterator[Text]:
    words, styles = marked_words(lang), look().styles
    order = [f"value-{tone}" for tone in ("bad", "open", "quiet")]
    groups = sorted(sums.values.items(), key=lambda item: order.index(next(iter(item[1].values())).style))
    for verdict, group in groups:
        room = max(cell_len(kind) for kind, _ in group)
        yield Text()
        yield Text(f"{verdict} · {len(group)}", style=styles[next(iter(group.values())).style])
        for (kind, value), seen in sorted(group.items(), key=lambda item: (item[0][0], -item[1].documents, item[0])):
            text = Text(value)
            if seen.documents > 1:
                text.append("  " + words.ui("in_documents", n=seen.documents), style=styles["faint"])
            yield from fitted(text, width, f"  {_padded(kind, room)}  ", " " * (room + 4))


def _names(sums: _Sums, lang: str, width: int) -> Iterator[Text]:
    """Names by how many documents have them."""
    words, styles = marked_words(lang), look().styles
    shared = [(key, seen) for key, seen in sums.names.items() if seen.documents >= _SHARED]
    if not shared:
        return
    yield Text()
    yield Text(words.ui("shared_names"), style=styles["title"])
    parts = []
    for (_, name), seen in sorted(shared, key=lambda item: (-item[1].documents, item[0])):
        parts.append(Text.assemble((name, styles[seen.style]), f"\u00a0{seen.documents}"))
    yield from fitted(Text(BETWEEN).join(parts), width, "  ")
