"""One spelling for one name: a month whose pages print "OCHRELYNX", "OchreLynx" and "OchreLynx group" names it one way.

Only spellings of a name are made one. Another name for the same thing stays as its page prints it: that the two are one
is a claim.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from geppo.catalog import Catalog
from geppo.catalog.folding import key
from geppo.model.claim import Claim
from geppo.model.entity import Kind, Term

_KINDS = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN, Kind.MALWARE, Kind.TOOL, Kind.INFRASTRUCTURE})


def spellings(claims: Iterable[Claim], catalog: Catalog) -> Mapping[tuple[str, str], str]:
    """The spelling of each name that is to be printed another way, by the term's id and its name.

    The shortest that a page prints goes first ("Ochre Lynx" before "Ochre Lynx Group"), then the most frequent.
    """
    found: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for term in _terms(claims):
        if term.kind in _KINDS:
            found[catalog.canonical(term.id), key(catalog.bare(term.name))][term.id, term.name] += 1
    chosen: dict[tuple[str, str], str] = {}
    for printed in found.values():
        names: Counter[str] = Counter()
        for (_, name), count in printed.items():
            names[name] += count
        best = min(names, key=lambda name: (len(key(name)), -names[name], name))
        chosen |= {held: best for held in printed if held[1] != best}
    return chosen


def _terms(claims: Iterable[Claim]) -> Iterator[Term]:
    for claim in claims:
        yield claim.subject
        if claim.object is not None:
            yield claim.object
        yield from (term for _, term in claim.qualifiers)
