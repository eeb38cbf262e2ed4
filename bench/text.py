"""Main text and fields of made documents against what a person takes from them, beside plainer ways, in one run.

Words are compared in their order (longest common runs), each kana, kanji and hangul counting as one. The documents
were used while the reader was written: expect less elsewhere. Peers: PDFium's own text for PDF, all tags stripped for
pages and mail, and trafilatura where it is installed.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
import time
from collections import defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher
from email.message import EmailMessage
from typing import Any

from geppo import config
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import read_text, readers
from tests.read.hard import FIELDS, cases, fetched

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3][\w.:/@\[\]\\-]*"
)
_KINDS = {".html": "page", ".eml": "mail", ".typ": "PDF", ".md": "Markdown, plain", ".txt": "Markdown, plain"}

Plain = Callable[[Fetched], str]
SETTINGS = config.load()


def words(text: str) -> list[str]:
    """Words without their closing marks; wide characters one by one."""
    return [word.rstrip(".:") for word in _WORD.findall(text)]


def scored(found: str, wanted: str) -> tuple[int, int, int]:
    """Words in common and in the same order, words found, words wanted."""
    one, other = words(found), words(wanted)
    same = sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return same, len(one), len(other)


def geppo(data: Fetched) -> str:
    """The reader measured here."""
    try:
        return read_text(data, SETTINGS).text
    except InputError:
        return ""


def _decoded(data: bytes) -> str:
    match = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", data[:2000])
    return data.decode(match.group(1).decode() if match else "utf-8", "replace")


def _stripped(text: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text)
    return html.unescape(re.sub(r"(?s)<[^>]*>", " ", text))


def _mail_text(data: bytes) -> str:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain", "html"))
    content = part.get_payload(decode=True) if isinstance(part, EmailMessage) else b""
    assert isinstance(content, bytes) and isinstance(part, EmailMessage)
    text = content.decode(part.get_content_charset() or "utf-8", "replace")
    return _stripped(text) if part.get_content_type() == "text/html" else text


def plain(data: Fetched) -> str:
    """All text of a file, without any choice."""
    if data.name.endswith(".pdf"):
        import pypdfium2

        with pypdfium2.PdfDocument(data.data) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    if data.name.endswith(".eml"):
        return _mail_text(data.data)
    return _stripped(_decoded(data.data)) if data.name.endswith(".html") else _decoded(data.data)


def _trafilatura() -> Plain | None:
    try:
        import trafilatura
    except ImportError:
        return None

    def extract(data: Fetched) -> str:
        if not data.name.endswith((".html", ".eml")):
            return ""
        page = data.data if data.name.endswith(".html") else f"<html><body>{_mail_text(data.data)}</body></html>"
        return trafilatura.extract(page, include_comments=False, include_tables=True) or ""

    return extract


def _fields(case: dict[str, Any]) -> dict[str, bool]:
    """Which of the fields that the case names are right. The author is not kept in the document yet."""
    data = fetched(case)
    try:
        page = next(one for one in readers() if one.can_read(data.data, data.name)).read(data, SETTINGS)
        document = read_text(data, SETTINGS)
    except InputError:
        return {name: False for name in FIELDS if name in case}
    found = {name: str(getattr(document, name, "")) for name in FIELDS}
    found["author"] = getattr(page, "author", "")
    return {name: found[name] == case[name] for name in FIELDS if name in case}


def _speed(chosen: list[dict[str, Any]], system: Plain) -> float:
    for case in chosen:
        system(fetched(case))
    size = sum(len(fetched(case).data) for case in chosen)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for case in chosen:
            system(fetched(case))
        best = min(best, time.perf_counter() - start)
    return size / best / 1e6


def _accuracy(systems: dict[str, Plain]) -> None:
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    kinds: dict[str, int] = defaultdict(int)
    for case in cases():
        kind = f"{_KINDS['.' + case['file'].rpartition('.')[2]]}: {case['kind']}"
        kinds[kind] += 1
        for name, system in systems.items():
            counts = scored(system(fetched(case)), case["text"])
            for row in (kind, "all"):
                totals[row, name] = [a + b for a, b in zip(totals[row, name], counts, strict=True)]
    print(f"\nmain text: precision / recall of words in order{'':<3}" + "".join(f"{name:>16}" for name in systems))
    for kind in [*sorted(kinds), "all"]:
        cells = []
        for name in systems:
            same, found, wanted = totals[kind, name]
            cells.append(f"{same / found:.3f} / {same / wanted:.3f}" if found else "–")
        print(f"{kind:<38}{kinds.get(kind, len(cases())):>10}  " + "".join(f"{cell:>16}" for cell in cells))


def main() -> None:
    """Print the tables."""
    systems: dict[str, Plain] = {"geppo": geppo, "all text": plain}
    peer = _trafilatura()
    if peer is not None:
        systems["trafilatura"] = peer
    _accuracy(systems)
    right: dict[str, list[bool]] = defaultdict(list)
    for case in cases():
        for name, good in _fields(case).items():
            right[name].append(good)
    print("\nfields right: " + ", ".join(f"{name} {sum(right[name])} of {len(right[name])}" for name in FIELDS))
    print("\nspeed, MB/s (best of three, one process)")
    for kind, endings in {"pages": (".html",), "mail": (".eml",), "PDF": (".typ",)}.items():
        chosen = [case for case in cases() if case["file"].endswith(endings)]
        rates = {name: _speed(chosen, system) for name, system in systems.items()}
        print(f"{kind:<10}" + "  ".join(f"{name} {rate:.2f}" for name, rate in rates.items() if rate < 1e4))
    if peer is None:
        print("trafilatura is not installed; `pip install trafilatura` puts it beside")


if __name__ == "__main__":
    main()
