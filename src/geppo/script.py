"""Scripts in which a language is written, and the one in which its data are.

Chinese is printed in traditional and in simplified characters. The data say everything once, in simplified ones; a text
is read as if it were written in them. One character stands for one, so that every place in the text stays what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from geppo import shipped


@cache
def _table(language: str) -> Mapping[int, str]:
    known = shipped.table("geppo", "script.toml").get(language, {})
    return {ord(one): other for one, other in zip(known.get("from", ""), known.get("to", ""), strict=True)}


def plain(text: str, language: str) -> str:
    """A text in the script of its language's data; the text itself where it is written in it already."""
    table = _table(language)
    if not table or text.isascii():
        return text
    made = text.translate(table)
    return text if made == text else made
