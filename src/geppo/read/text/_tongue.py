"""The language of a text: declared, else by its script, else by a library.

The library comes last, because it calls titles of kanji alone Chinese or Cantonese and short titles anything.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from geppo import linear, shipped

_SAMPLE = 20_000
_CODE = linear.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def language_of(text: str, declared: str = "", *, sure: bool = False) -> str:
    """An ISO 639 code. A declaration by a template (`sure` false) yields to a script that contradicts it."""
    code = declared.strip().lower().replace("_", "-").partition("-")[0] if _CODE.fullmatch(declared.strip()) else ""
    if code and sure:
        return code
    script = by_script(text)
    if script and code not in _same_script(script):
        return script
    return code or _by_library(text)


def _same_script(script: str) -> tuple[str, ...]:
    """Codes that a page may declare although the script test gives `script`."""
    return {
        "ru": ("ru", "uk", "be", "bg", "sr", "kk", "mk"),
        "zh": ("zh", "ja"),
        "ja": ("ja",),
        "ko": ("ko",),
        "uk": ("uk",),
    }[script]


def by_script(text: str) -> str:
    """ja for kana, ko for hangul, ru or uk for Cyrillic, zh for kanji alone; "" for other scripts."""
    kana = hangul = cyrillic = han = latin = 0
    for char in text[:_SAMPLE]:
        if char <= "\x7f":
            latin += char.isalpha()
        elif "\u3041" <= char <= "\u30fa":
            kana += 1
        elif "\uac00" <= char <= "\ud7a3":
            hangul += 1
        elif "\u0400" <= char <= "\u04ff":
            cyrillic += 1
        elif "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf":
            han += 1
    most = max(hangul, cyrillic, kana + han)
    if most * 5 < latin or most < 2:
        return ""
    if kana + han >= max(hangul, cyrillic):
        return "ja" if kana * 20 >= han or kana > 20 else "zh"
    if hangul >= cyrillic:
        return "ko"
    return "uk" if any(char in _table()["ukrainian"] for char in text[:_SAMPLE]) else "ru"


@cache
def _table() -> dict[str, Any]:
    return shipped.table(__package__, "languages.toml")


@cache
def _identifier() -> Any:
    library = importlib.import_module("py3langid.langid")
    identifier = library.LanguageIdentifier.from_model_file(library.MODEL_FILE)
    identifier.set_languages(_table()["latin"])
    return identifier


def _plainly_english(sample: str) -> bool:
    """True where small words that only English has are a good part of it: the library takes half a second to load."""
    words = sample.lower().split()
    found = [word for word in words if word in _english()]
    several = "the" in found or len(set(found)) >= ENGLISH_KINDS
    return several and len(found) >= ENGLISH_SHARE * len(words)


@cache
def _english() -> frozenset[str]:
    return frozenset(_table()["english"])


ENGLISH_KINDS = 3
"""Different small words; one alone may be a name or a word of another language (Dutch "of")."""

ENGLISH_SHARE = 0.08
"""Of all words. English prose has about a quarter of them, a list of values with a few English words less than this."""


def _by_library(text: str) -> str:
    """English where there is next to nothing to judge by."""
    sample = text[:4_000].strip()
    if len(sample) < 20 or _plainly_english(sample):
        return "en"
    return str(_identifier().classify(sample)[0])
