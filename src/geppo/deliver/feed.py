"""`feed.atom`: the public excerpts that are out, newest first (Atom, RFC 4287). Ids are tag URIs (RFC 4151).

A correction's entry links to what it corrects (`rel="related"`) and says so in its first line. Equal folders give equal
bytes: every date is an issue's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from geppo.deliver._shown import shown, visible
from geppo.deliver._words import words
from geppo.deliver.issued import Issued, IssuedEdition
from geppo.model.edition import EditionKind

FILE = "feed.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_NAMES: Any = {None: _ATOM}
"""The stubs of lxml know no default namespace here."""
_XML = "{http://www.w3.org/XML/1998/namespace}"


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    made.text = text or None
    return made


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(parent: etree._Element, issued: Issued, edition: IssuedEdition, domain: str) -> None:
    labels = words(edition.language)
    made = _add(parent, "entry")
    made.set(_XML + "lang", edition.language)
    day = issued.as_of.astimezone(UTC).date().isoformat()
    _add(made, "id", f"tag:{domain},{day}:{issued.name}/{edition.stem}")
    _add(made, "title", shown(edition.record["title"]))
    _add(made, "updated", _stamp(issued.as_of))
    _add(made, "published", _stamp(issued.as_of))
    _add(made, "link", rel="alternate", type="text/html", hreflang=edition.language, href=_page(issued.name, edition))
    _add(made, "link", rel="alternate", type="application/pdf", href=_page(issued.name, edition, "pdf"))
    lines: list[str] = []
    for one in issued.record["corrections"]:
        label = labels.ui("corrects", issue=visible(one["corrects"]))
        _add(made, "link", rel="related", title=label, href=_page(one["corrects"], edition))
        lines.append(label + labels.mark("colon") + shown(one["texts"].get(edition.language, "")))
    opening = edition.record["sections"][0]["sentences"]
    lines.append(labels.mark("between").join(shown(sentence["text"]) for sentence in opening))
    _add(made, "summary", "\n".join(lines))
    _add(made, "rights", edition.marking.label)


def _page(name: str, edition: IssuedEdition, ending: str = "html") -> str:
    return f"{name}/{edition.stem}.{ending}"


def feed(issued: Iterable[Issued], domain: str, organisation: str, base_url: str = "") -> bytes:
    """The feed of the issues given. Addresses in it are relative to `base_url`, or to the feed itself."""
    ordered = sorted(issued, key=lambda one: (one.as_of, one.name), reverse=True)
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    if base_url:
        root.set(_XML + "base", base_url.rstrip("/") + "/")
        _add(root, "link", rel="self", type="application/atom+xml", href=FILE)
    first = min((one.as_of for one in ordered), default=datetime(2000, 1, 1, tzinfo=UTC))
    _add(root, "id", f"tag:{domain},{first.astimezone(UTC).year}:issues")
    _add(root, "title", words("ja").ui("brand"))
    _add(root, "updated", _stamp(max((one.as_of for one in ordered), default=first)))
    _add(_add(root, "author"), "name", visible(organisation))
    for one in ordered:
        for edition in one.editions:
            if edition.kind is EditionKind.PUBLIC:
                _entry(root, one, edition, domain)
    etree.indent(root, " ")
    made: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"
