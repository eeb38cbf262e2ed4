"""PDF: reading order, joined lines, tables, and files that are made to do harm."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from datetime import UTC, datetime

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.config import Settings, load
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import read_text
from geppo.read.text._flow import _Known, glued
from tests.read.test_text import pdf

KNOWN = _Known(words=Counter(["cross-border", "subsystem"]), blanks=False)


def text_of(data: bytes, **values: int) -> str:
    """The text of a PDF."""
    found = Settings(known=load().known, values={name.replace("__", "."): value for name, value in values.items()})
    declared = (("published", "2026-03-01"),)
    return read_text(
        Fetched(source="desk", name="x.pdf", data=data, collected=datetime(2026, 4, 1, tzinfo=UTC), declared=declared),
        found,
    ).text


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("the opera-", "tions of", "the operations of"),
        ("in CVE-2026-", "10234, which", "in CVE-2026-10234, which"),
        ("called APT-C-", "36 by", "called APT-C-36 by"),
        ("a state-", "sponsored group", "a state-sponsored group"),
        ("a self-", "made tool", "a self-made tool"),
        ("command-and-", "control servers", "command-and-control servers"),
        ("in cross-", "border cases", "in cross-border cases"),
        ("a sub-", "system of", "a subsystem of"),
        ("the Sino-", "Russian treaty", "the Sino-Russian treaty"),
        ("at north-", "key[.]example now", "at north-key[.]example now"),
        ("hash 3f1c9a0b7d52e884", "6610cafe5d2b9e77 was", "hash 3f1c9a0b7d52e8846610cafe5d2b9e77 was"),
        ("hash 3f1c9a0b7d52e884-", "6610cafe5d2b9e77 was", "hash 3f1c9a0b7d52e8846610cafe5d2b9e77 was"),
        ("from hxxps://a[.]example/b/", "c.bin on", "from hxxps://a[.]example/b/c.bin on"),
        ("see https://a.example/b", "and more", "see https://a.example/b and more"),
        ("институтов марш-", "рутизаторы", "институтов маршрутизаторы"),
        ("что-", "то случилось", "что-то случилось"),
        ("通信先を", "調べた", "通信先を調べた"),
        ("調べた。", "Paper Lanternは", "調べた。Paper Lanternは"),
        ("조직의", "활동이", "조직의 활동이"),
        ("rarely instru-", "ment.[1] The", "rarely instrument.[1] The"),
    ],
)
def test_lines_are_joined_as_their_words_need(before: str, after: str, joined: str) -> None:
    assert glued(before, after, KNOWN) == joined


def words(*lines: tuple[int, int, str], size: int = 9) -> str:
    """A content stream that sets texts at places."""
    return "BT " + f"/F1 {size} Tf " + " ".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj" for x, y, text in lines) + " ET"


LEFT = [
    "The first column is drawn line by line,",
    "together with the second one, as some",
    "programs do. A reader that follows the",
    "file reads nonsense. The server was at",
    "192.0.2.41 until December and then it",
    "moved to another place.",
]
RIGHT = [
    "The second column goes on here. It holds",
    "its own sentences, which have nothing to",
    "do with the lines beside them. We saw",
    "wick[.]example in January, and nothing",
    "after that. The group is called Paper",
    "Lantern by those who found it.",
]


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other() -> None:
    rows = [(60, 780, "A title over both columns of the page, for once and all")]
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        rows += [(60, 750 - 12 * number, left), (310, 750 - 12 * number, right)]
    assert text_of(pdf(words(*rows))).split("\n\n") == [rows[0][2], " ".join(LEFT), " ".join(RIGHT)]


def test_cells_under_each_other_are_rows_and_not_columns() -> None:
    table = [
        ("Type", "Value", "Seen"),
        ("IPv4", "198[.]51[.]100[.]7", "in June"),
        ("Domain", "evil[.]example", "in July and again in August"),
        ("IPv4", "198[.]51[.]100[.]8", "in May"),
    ]
    cells = [
        (x, 700 - 14 * number, text)
        for number, row in enumerate(table)
        for x, text in zip((60, 160, 320), row, strict=True)
    ]
    text = text_of(pdf(words((60, 730, "What was seen on the wire by the three of us is in the table."), *cells)))
    assert text.endswith("\n".join(" | ".join(row) for row in table))


COUNT = ["one", "two", "three", "four"]


def test_running_heads_page_numbers_and_stamps_go() -> None:
    def page(number: int) -> str:
        body = f"Sentence number {COUNT[number - 1]} is only here."
        stamp = "BT /F1 40 Tf 0.7 0.7 -0.7 0.7 150 300 Tm (DRAFT) Tj ET "
        stamp += f"BT /F1 9 Tf 0 1 -1 0 20 300 Tm (side note {number}) Tj ET"
        return words((60, 810, "Quiet Reports"), (60, 600, body), (290, 30, f"- {number} -")) + stamp

    text = text_of(pdf(*[page(number) for number in range(1, 5)]))
    assert text.split("\n\n") == [f"Sentence number {word} is only here." for word in COUNT]


def test_code_keeps_its_lines() -> None:
    source = """#set document(date: none)
#set page(width: 10cm, height: 12cm)
The rule below was written by the two of us on a train, and it has found the loader on every desk so far.
```
rule lantern {
  condition: true
}
```
It may be shared with everybody who has a printer.
"""
    assert "\n\nrule lantern {\n  condition: true\n}\n\nIt may" in text_of(bytes(typst.compile(source.encode())))


def test_one_short_line_is_no_head() -> None:
    assert text_of(pdf(words((60, 780, "Hello to the only page.")))) == "Hello to the only page."


FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGES = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 >>", FONT]
PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> {} >> >>"
)


def bomb(depth: int) -> bytes:
    """A page whose drawing is ten drawings of ten drawings …"""
    objects = [*PAGES, PAGE.format("/XObject << /X0 6 0 R >>"), "<< /Length 7 >>\nstream\n/X0 Do \nendstream"]
    for number in range(depth):
        last = number == depth - 1
        stream = "BT /F1 12 Tf 60 780 Td (boom) Tj ET" if last else f"/X{number + 1} Do " * 10
        inner = "" if last else f"/XObject << /X{number + 1} {number + 7} 0 R >>"
        head = f"/Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> {inner} >>"
        objects.append(f"<< /Type /XObject {head} /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return built(objects)


def built(objects: list[str]) -> bytes:
    """A file without a table of its objects; readers rebuild it."""
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n%%EOF\n".encode("latin-1")


def test_a_bomb_costs_neither_memory_nor_time_and_the_next_file_is_read() -> None:
    start = time.monotonic()
    with pytest.raises(InputError) as error:
        text_of(bomb(12), text__pdf__memory=400)
    assert error.value.kind in {"unreadable", "too-large"}
    assert time.monotonic() - start < 20
    assert text_of(pdf(words((60, 780, "Hello to the only page.")))) == "Hello to the only page."


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n" + b"\x00" * 100_000, "unreadable"),
        (b"%PDF-1.7\n" + b"1 0 obj << /A [ " * 20_000, "unreadable"),
        (built(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]), "unreadable"),
        (built(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 900 >>"]), "too-large"),
        (
            pdf("BT /F1 1 Tf 1 0 0 1 10 10 Tm " + "(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 2_600 + "ET"),
            "too-large",
        ),
        (pdf(""), "empty"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as error:
        text_of(data)
    assert error.value.kind == kind
    assert "x.pdf" in str(error.value)


def test_a_page_of_very_many_pieces_is_read_in_the_order_of_the_file() -> None:
    cells = [(10 + number % 40 * 14, 820 - number // 40 * 10, f"c{number}") for number in range(200)]
    text = text_of(pdf(words(*cells, size=4)), text__pdf__pieces=100)
    assert [word for word in text.split() if word.startswith("c")] == [f"c{number}" for number in range(200)]


VALID = pdf(words((60, 780, "Hello to the only page."), (60, 700, "It has two lines.")))


@given(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=8), st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_damaged_file_gives_text_or_a_refusal(place: int, noise: bytes, cut: bool) -> None:
    data = VALID[:place] + noise + (b"" if cut else VALID[place + len(noise) :])
    try:
        assert text_of(data)
    except InputError as error:
        assert error.kind


def test_compressed_nothing_is_nothing() -> None:
    stream = zlib.compress(b"BT /F1 12 Tf 60 780 Td (Hello to you) Tj ET" + b" " * 3_000_000, 9).decode("latin-1")
    objects = [*PAGES, PAGE.format("")]
    objects.append(f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n{stream}\nendstream")
    assert text_of(built(objects)) == "Hello to you"
