"""One word, two things: a group called as a company is in short. Each document uses the word for one of them.

A page that prints the company's full name, or is its own, means the company; any other page that the month's names let
mean a group, a program or a network means that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geppo.catalog import Name
from geppo.catalog.kept import ByTuple
from geppo.model.entity import Kind
from geppo.model.report import Document

OPERATED = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.INFRASTRUCTURE})
"""Kinds whose names may be a company's short name too."""


def is_house_in_short(name: Name) -> bool:
    """True for a house whose legal form was taken off its name: only the short form is anything else's."""
    return name.kind is Kind.IDENTITY and len(name.forms) > 1 and name.name == name.forms[0]


def _at_home(name: Name, document: Document) -> bool:
    return name.name in document.text or name.name in document.publisher


def short_forms(names: Sequence[Name], document: Document) -> frozenset[str]:
    """Short forms of houses that a document prints without the full name anywhere."""
    return frozenset(
        form
        for name in names
        if name.kind is Kind.IDENTITY and len(name.forms) > 1 and not _at_home(name, document)
        for form in name.forms[1:]
        if form in document.text
    )


def without(names: Sequence[Name], forms: frozenset[str]) -> tuple[Name, ...]:
    """The names without some forms of houses."""
    if not forms:
        return tuple(names)
    return tuple(
        replace(name, forms=tuple(form for form in name.forms if form not in forms))
        if name.kind is Kind.IDENTITY and forms.intersection(name.forms)
        else name
        for name in names
    )


class _Shared:
    """What does not depend on the document: the words that are a house's in short and something else's name."""

    def __init__(self, names: tuple[Name, ...]) -> None:
        self.names = names
        houses = [name for name in names if name.kind is Kind.IDENTITY and len(name.forms) > 1]
        owned = {form for name in houses for form in name.forms[1:]}
        self.forms = {form for name in names if name.kind in OPERATED for form in name.forms if form in owned}
        self.houses = [name for name in houses if not self.forms.isdisjoint(name.forms)]
        self._used: dict[frozenset[str], tuple[Name, ...]] = {}

    def used(self, meant: frozenset[str]) -> tuple[Name, ...]:
        """The names where these words mean houses; the same tuple for all documents that mean the same by them."""
        if meant not in self._used:
            if len(self._used) >= MOST_WAYS:
                self._used.clear()
            self._used[meant] = tuple(
                replace(name, forms=tuple(form for form in name.forms if form not in meant))
                if name.kind in OPERATED and meant.intersection(name.forms)
                else name
                for name in without(self.names, frozenset(self.forms - meant))
                if name.kind not in OPERATED or set(name.forms) - meant
            )
        return self._used[meant]


MOST_WAYS = 64
"""Ways to use a month's names that are kept; words that are two things are few."""

_shared = ByTuple(_Shared, 4)


def for_document(names: Sequence[Name], document: Document) -> tuple[Name, ...]:
    """The names as a document uses them: of two that share a form only one keeps it."""
    names = tuple(names)
    shared = _shared(names)
    if not shared.forms:
        return names
    meant = {form for name in shared.houses if _at_home(name, document) for form in name.forms}
    return shared.used(frozenset(meant & shared.forms))
