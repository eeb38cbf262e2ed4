"""Typst with our two fonts and nothing else: no system font, no package, no file beside the template."""

from __future__ import annotations

import re
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
_LONG = re.compile(rf"[!-,.-~À-ӿ]{{{_PART},}}")
"""A run of Latin or Cyrillic letters, figures and signs; a hyphen is a place to break already."""


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


class _Cast(dict[int, str | int]):
    """What is set for a code point, for `str.translate`: itself, or 〓 where the font lacks it; looked up once each."""

    def __missing__(self, code: int) -> str | int:
        place = bisect_right(_covered(), (code, 0x110000)) - 1
        has = chr(code) in "\n\t" or (place >= 0 and _covered()[place][0] <= code <= _covered()[place][1])
        self[code] = code if has else GETA
        return self[code]


_CAST = _Cast()


def covered(text: str) -> str:
    """`text` with 〓 for every character that our fonts lack: an archival PDF may hold none of these."""
    return text.translate(_CAST)


def _breakable(word: re.Match[str]) -> str:
    """A long word with places to break: before the signs where addresses are broken, and where it is too long."""
    out: list[str] = []
    run = 0
    for char in word[0]:
        if run >= _LONGEST_WORD or (run >= _PART and char in "[/?&=_"):
            out.append(_MAY_BREAK)
            run = 0
        out.append(char)
        run += 1
    return "".join(out)


def settable(text: str) -> str:
    """`text` as our fonts can set it: characters they lack become 〓, very long words get places to break."""
    return _LONG.sub(_breakable, covered(text))


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
