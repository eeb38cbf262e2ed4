"""Values of an issue as CSV, one a line. Out only: a table of values holds no claims.

Columns: value, type and category (MISP's words), to_ids (1 where there is a reason to detect on it, else 0), confidence
(STIX scale 0-100 of the surest claim that names it, else of a plain report), tlp, first_seen and last_seen (days of
publication), actor, malware, story, source_url (several are separated by a blank), comment (who takes it for what).
UTF-8, comma, RFC 4180. Cells that a spreadsheet would reckon as a formula get an apostrophe in front (OWASP, CSV
injection). Values are not defanged: the file is for machines.
"""

from __future__ import annotations

import csv
import io

from geppo.exchange import _values
from geppo.exchange._misp_out import headings, tables, tlp
from geppo.exchange._package import Package, below
from geppo.exchange._sound import sound_url
from geppo.exchange._stix_bundle import tables as stix_tables
from geppo.exchange._values import Value
from geppo.model.entity import Kind
from geppo.model.marking import Tlp

COLUMNS = (
    "value",
    "type",
    "category",
    "to_ids",
    "confidence",
    "tlp",
    "first_seen",
    "last_seen",
    "actor",
    "malware",
    "story",
    "source_url",
    "comment",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(package: Package, *, ceiling: Tlp = Tlp.RED) -> bytes:
    """The values of the package that are marked up to `ceiling`. Equal packages give equal bytes."""
    lower = below(package, ceiling)
    named = headings(lower)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for value in _values.values(lower):
        heading = named.get(value.story.id, "") or value.story.id if value.story else ""
        writer.writerow([_cell(part) for part in _row(value, heading)])
    return out.getvalue().encode("utf-8", "replace")


def _row(value: Value, heading: str) -> tuple[str, ...]:
    otherwise = tables()["otherwise"]
    key = f"{value.type.value} {value.of}".strip()
    type_, category = tables()["attributes"].get(key, (otherwise["type"], otherwise["category"]))
    urls = dict.fromkeys(document.url for document, _ in value.sources if sound_url(document.url))
    return (
        value.value,
        type_,
        category,
        str(int(value.alarm)),
        str(confidence(value)),
        tlp(value.marking),
        value.first.isoformat(),
        value.last.isoformat(),
        "; ".join(value.subjects(Kind.INTRUSION_SET)),
        "; ".join(value.subjects(Kind.MALWARE)),
        heading,
        " ".join(urls),
        value.reason,
    )


def confidence(value: Value) -> int:
    """STIX confidence of the surest claim that names the value, else that of a plain report."""
    rungs = stix_tables()["confidence"]["rung"]
    said = [rungs.get(claim.hedge.rung.value, 0) for claim in value.claims if not claim.turned]
    return int(max(said, default=rungs["reported"]))


def _cell(text: str) -> str:
    line = " ".join(text.replace("\x00", "").split())
    return f"'{line}" if line.startswith(_FORMULA) else line
