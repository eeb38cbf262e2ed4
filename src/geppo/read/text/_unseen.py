"""What does not show: hidden elements, and hidden parts of the raw HTML inside a Markdown text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from geppo import linear
from geppo.read.text._words import words

_SCRIPTED = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg"})
_ATTRIBUTE = linear.compile(r"(?s)([A-Za-z][A-Za-z0-9_:-]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_LONGEST_TAG = 2_000
_MOST_RULES = 50_000
_MOST_SELECTORS = 500
_SHOWN_WIDE = (":block", ":flex", ":grid", ":inline", ":inline-block", ":table", ":contents")
_WHITE = frozenset({"white", "#fff", "#ffffff", "transparent", "rgb(255,255,255)", "rgba(255,255,255,1)"})
_SELECTOR = linear.compile(r"[a-z0-9]*([.#])([A-Za-z_][A-Za-z0-9_-]*)")


def attributes_hide(attributes: Mapping[str, str]) -> bool:
    """True for `hidden`, `aria-hidden`, a hiding style or a class that style frameworks hide with."""
    if "hidden" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    classes = attributes.get("class", "").lower().split()
    if not words("classes").isdisjoint(classes) and not any(name.endswith(_SHOWN_WIDE) for name in classes):
        return True
    style = attributes.get("style", "")
    return bool(style) and style_hides(style)


def style_hides(style: str) -> bool:
    """True for a declaration list that leaves nothing to see: no box, no size, no ink, or a place off the page."""
    rules = _declarations(style)
    if rules.get("display") == "none" or rules.get("visibility") in {"hidden", "collapse"}:
        return True
    if _zero(rules.get("opacity", "1")) or _small(rules.get("font-size", "")):
        return True
    if rules.get("overflow", "") in {"hidden", "clip"} and any(
        _zero(rules.get(side, "1")) or rules.get(side) == "1px"
        for side in ("width", "height", "max-height", "max-width")
    ):
        return True
    if _far(rules.get("text-indent", "")) or any(
        _far(rules.get(side, "")) for side in ("left", "top", "right", "margin-left")
    ):
        return True
    if rules.get("clip", "").startswith("rect(0") or rules.get("clip-path", "") in {
        "inset(50%)",
        "inset(100%)",
        "circle(0)",
    }:
        return True
    if "scale(0" in rules.get("transform", "").replace("scale(0.", ""):
        return True
    ground = rules.get("background", "") + rules.get("background-color", "")
    return rules.get("color", "") in _WHITE and (not ground or ground in _WHITE)


def _declarations(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in style.lower().split(";")[:100]:
        name, _, value = declaration.partition(":")
        found[name.strip()] = "".join(value.replace("!important", "").split())
    return found


def _number(value: str) -> float | None:
    digits = value.rstrip("abcdefghijklmnopqrstuvwxyz%")
    try:
        return float(digits)
    except ValueError:
        return None


def _zero(value: str) -> bool:
    return _number(value) == 0


def _small(value: str) -> bool:
    """Zero in any unit, or at most two pixels or points."""
    number = _number(value)
    return number is not None and (number == 0 or (number <= 2 and value.endswith(("px", "pt"))))


def _far(value: str) -> bool:
    """At least 900 units to the left or above."""
    number = _number(value)
    return number is not None and number <= -900


def hidden_selectors(sheet: str) -> frozenset[str]:
    """Single classes (`.x`) and ids (`#x`) that a style sheet of the page hides."""
    found: set[str] = set()
    for rule in sheet.split("}")[:_MOST_RULES]:
        head, _, body = rule.rpartition("{")
        if "@" in head or not style_hides(body):
            continue
        for selector in head.split(",")[:_MOST_SELECTORS]:
            single = _SELECTOR.fullmatch(selector.strip())
            if single:
                found.add(single.group(1) + single.group(2))
    return frozenset(found)


def without_unseen(text: str) -> str:
    """Markdown without comments, scripts and elements hidden by attribute or style; code spans stay as they are.

    A hidden element that is left open hides the rest, as in a browser; a script left open is taken for a word.
    """
    if "<" not in text:
        return text
    low = text.lower()
    low = low if len(low) == len(text) else text
    fences = _fences(text)
    parts: list[str] = []
    done = place = 0
    unclosed: set[str] = set()
    while (place := text.find("<", place)) >= 0:
        end = -1 if _in_code(text, place, fences) else _unseen_end(text, low, place, unclosed)
        if end < 0:
            place += 1
            continue
        parts.append(text[done:place])
        done = place = end
    return "".join(parts) + text[done:]


def _fences(text: str) -> list[int]:
    """Starts of lines that open or close a code block."""
    found = [0] if text.startswith("```") else []
    place = text.find("\n```")
    while place >= 0:
        found.append(place + 1)
        place = text.find("\n```", place + 1)
    return found


def _in_code(text: str, place: int, fences: list[int]) -> bool:
    if bisect_right(fences, place) % 2:
        return True
    line = text.rfind("\n", max(0, place - _LONGEST_TAG), place) + 1
    return text.count("`", max(line, place - _LONGEST_TAG), place) % 2 == 1


def _unseen_end(text: str, low: str, place: int, unclosed: set[str]) -> int:
    """Where the unseen thing that opens at `place` ends, or -1 where what opens there shows.

    `unclosed` remembers the scripts that nothing closes from here on, so that no tail is searched twice.
    """
    if text.startswith("<!--", place):
        end = text.find("-->", place + 4)
        return end + 3 if end >= 0 else len(text)
    bracket = text.find(">", place, place + _LONGEST_TAG)
    if bracket < 0 or not low[place + 1 : place + 2].isalpha():
        return -1
    inner = text[place + 1 : bracket]
    attributes = {match.group(1).lower(): (match.group(2) or "").strip("\"'") for match in _ATTRIBUTE.finditer(inner)}
    name = next(iter(attributes), "")
    if name in _SCRIPTED:
        if name not in unclosed and low.find(f"</{name}", bracket) < 0:
            unclosed.add(name)
        return -1 if name in unclosed else _after_element(low, name, bracket + 1)
    attributes.pop(name, None)
    return _after_element(low, name, bracket + 1) if attributes_hide(attributes) else -1


def _after_element(low: str, name: str, place: int) -> int:
    """Where the element that opened before `place` ends; elements of its name inside it are counted."""
    depth = 1
    while depth:
        close = low.find(f"</{name}", place)
        if close < 0:
            return len(low)
        depth += low.count(f"<{name}", place, close) - 1
        bracket = low.find(">", close)
        place = bracket + 1 if bracket >= 0 else len(low)
    return place
