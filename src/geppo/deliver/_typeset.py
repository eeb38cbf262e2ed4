"""Typst with our two fonts and nothing else: no system font, no package, no file beside the template."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from geppo.errors import UsageError

Form = Literal["pdf", "png"]
Standard = Literal["a-2a", "ua-1"]

GETA = "〓"
"""What a compositor sets where the type case lacks a character."""

_LONGEST_WORD = 22
_PART = 11
_MAY_BREAK = "\u200b"


def _font_files() -> tuple[Path, ...]:
    import noto_cjk_sans_jp_bold
    import noto_cjk_sans_jp_regular

    return (Path(noto_cjk_sans_jp_regular.FONT_PATH), Path(noto_cjk_sans_jp_bold.FONT_PATH))


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({file.parent for file in _font_files()}),
    )


@lru_cache(maxsize=1)
def _covered() -> tuple[tuple[int, int], ...]:
    """Ranges of code points that the regular font has, read from its character map (OpenType `cmap`, format 12)."""
    data = _font_files()[0].read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    for number in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * number)
        if struct.unpack_from(">H", data, start + offset) == (12,):
            (groups,) = struct.unpack_from(">I", data, start + offset + 12)
            rows = struct.iter_unpack(">III", data[start + offset + 16 : start + offset + 16 + 12 * groups])
            return tuple((first, last) for first, last, _ in rows)
    return ()


@lru_cache(maxsize=8192)
def _has(char: str) -> bool:
    code = ord(char)
    place = bisect_right(_covered(), (code, 0x110000)) - 1
    return place >= 0 and _covered()[place][0] <= code <= _covered()[place][1]


def covered(text: str) -> str:
    """`text` with 〓 for every character that our fonts lack: an archival PDF may hold none of these."""
    return "".join(char if char in "\n\t" or _has(char) else GETA for char in text)


def settable(text: str) -> str:
    """`text` as our fonts can set it: characters they lack become 〓, very long words get places to break."""
    out: list[str] = []
    run = 0
    for char in text:
        if run >= _LONGEST_WORD or (run >= _PART and char in "[/?&=_"):
            out.append(_MAY_BREAK)
            run = 0
        out.append(covered(char))
        latin = (char.isascii() and not char.isspace()) or "À" <= char <= "ӿ"
        run = run + 1 if latin and char != "-" else 0
    return "".join(out)


def compile_template(
    template: str,
    inputs: Mapping[str, str],
    moment: datetime,
    *,
    form: Form = "pdf",
    standards: tuple[Standard, ...] = (),
) -> bytes:
    """Set a template of ours with its data and return the first or only file made.

    `inputs` reach the template as strings and are never part of its source. `moment` is the date of creation, so that
    equal inputs give equal bytes. Raises UsageError without typst, RuntimeError (typst.TypstError) where the template
    breaks.
    """
    try:
        import typst
    except ImportError as error:
        raise UsageError(
            f"paper cannot be set here, typst is missing ({error}); install geppo's requirements"
        ) from error

    compiler = typst.Compiler(
        template.encode("utf-8"), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=dict(inputs)
    )
    made = compiler.compile(format=form, timestamp=moment, pdf_standards=list(standards), ppi=192.0)
    first = made[0] if isinstance(made, list) else made
    if not first:
        raise RuntimeError("typst made nothing; run `geppo doctor`")
    return bytes(first)
