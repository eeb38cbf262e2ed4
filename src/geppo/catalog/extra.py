"""Names that no list holds: those of a month, made ready once, and the few that a document adds."""

from __future__ import annotations

from geppo.catalog.folding import Folded
from geppo.catalog.forms import Form, extra_forms
from geppo.catalog.hits import Hit
from geppo.catalog.matching import Finder
from geppo.catalog.names import Name
from geppo.catalog.rules import Rules

NEW = "new:"
"""How the id of a name begins that stands for nothing in the catalogue."""


class Extra:
    """An automaton over the names of a month."""

    def __init__(self, names: tuple[Name, ...], rules: Rules) -> None:
        self._rules = rules
        forms = list(extra_forms(names))
        self._finder = Finder(forms, rules)
        self._new = {(form.kind, form.pattern): form.id.startswith(NEW) for form in forms}

    def find(self, view: Folded) -> list[Hit]:
        """Every mention of a name of the month."""
        return self._finder.find(view)

    def with_own(self, hits: list[Hit], view: Folded, own: tuple[Name, ...]) -> list[Hit]:
        """The month's hits and those of a document's own names, as one automaton over both would give them.

        One spelling of one kind is one name: the month's, unless only the document's has an id of its own.
        """
        before: set[tuple[object, str]] = set()
        kept: list[Form] = []
        for form in extra_forms(own):
            spoken = (form.kind, form.pattern)
            if spoken in self._new:
                if not self._new[spoken] or form.id.startswith(NEW):
                    continue
                before.add(spoken)
            kept.append(form)
        if not kept:
            return hits
        merged = [hit for hit in hits if (hit.form.kind, hit.form.pattern) not in before] if before else hits
        return sorted([*merged, *Finder(kept, self._rules).find(view)], key=_place)


def _place(hit: Hit) -> tuple[int, int, bool]:
    """The order in which an automaton gives its hits; names with ids of their own come first."""
    size = len(hit.form.pattern)
    return hit.start + size, -size, hit.form.id.startswith(NEW)
