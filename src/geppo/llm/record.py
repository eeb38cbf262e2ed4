"""What became of each question, for `llm.json` beside an issue.

Text of a model stands here only where it was taken. A dropped one leaves its reason and its hash: it may be whatever a
document told the model to say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geppo import __version__

FILE = "llm.json"


class Reason(StrEnum):
    """Why a question was not asked, or its answer dropped; docs/llm.md says what each means."""

    UNREAD = "unread"
    MARKING = "marking"
    TOO_LONG = "too-long"
    ENDPOINT = "endpoint"
    NO_JSON = "no-json"
    SHAPE = "shape"
    SAME = "same"
    CHARACTERS = "characters"
    FORM = "form"
    WORDS = "words"
    NAMES = "names"
    NUMBERS = "numbers"
    DATES = "dates"
    HEDGES = "hedges"
    NEGATION = "negation"
    READ_BACK = "read-back"
    GATE = "gate"
    EDITION = "edition"
    MENTION = "mention"
    PREDICATE = "predicate"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One question and its outcome. `about` is a sentence's id, or `document:offset` for claims.

    `where` is the edition (`member.ja`) or `reading`; `text` the wording taken or the claims' ids; `answer` the
    SHA-256 of what the model said; `prompt` that of all that it was asked, empty where nothing was asked.
    """

    where: str
    about: str
    reason: Reason | None
    prompt: str = ""
    answer: str = ""
    text: str = ""


def digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal, lone surrogates and all."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render(model: str, proposals: Sequence[Proposal]) -> bytes:
    """The file: the model by its name, then all outcomes in the order of editions and sentences."""
    rows = [
        {
            "where": one.where,
            "about": one.about,
            "accepted": one.reason is None,
            "reason": one.reason.value if one.reason else "",
            "text": one.text if one.reason is None else "",
            "answer": one.answer,
            "prompt": one.prompt,
        }
        for one in proposals
    ]
    record = {"model": model, "geppo": __version__, "proposals": rows}
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
