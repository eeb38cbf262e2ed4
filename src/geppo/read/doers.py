"""What a kind of house never does, and what never befalls it: a paper pays no ransom, an agency fixes no flaw."""

from __future__ import annotations

from geppo.catalog import Catalog
from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.rules import scope


def never(predicate: Predicate, subject: Term, object_: Term | None, catalog: Catalog) -> bool:
    """True where the catalogue knows the subject or the object as a kind of house that the predicate does not fit."""
    rows = scope()["never"]
    return any(
        term is not None and _kind(term, catalog) in rows[role].get(predicate.value, ())
        for role, term in (("subject", subject), ("object", object_))
    )


def _kind(term: Term, catalog: Catalog) -> str:
    known = catalog.publisher(term.name) if term.kind is Kind.IDENTITY else None
    return known.kind if known is not None else ""
