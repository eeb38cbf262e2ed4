"""What a reader takes out of one file, before defaults are filled in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Fields as the file itself gives them; empty where it says nothing.

    `published` is a date as printed (ISO first). `language_sure` says that a person declared the language, so that the
    script test may not overrule it. `note` marks a note of ours that retells a page.
    """

    text: str
    media_type: str
    title: str = ""
    author: str = ""
    publisher: str = ""
    url: str = ""
    language: str = ""
    language_sure: bool = False
    published: str = ""
    links: tuple[str, ...] = ()
    note: bool = False
    marking: str = ""
