"""MISP, out and in: an event a month, as the API takes it or as a static feed.

Out: each value is an attribute, `to_ids` only with a reason; documents, claims, assessments, stories and findings in
our own records are objects of templates of ours (`misp_objects/`), the prose event reports in Markdown. Names that
somebody asserts something of are galaxy tags, never synonyms of each other.

In: see `from_event`. `docs/exchange.md` has the tables and what is lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from geppo import config
from geppo.config import Settings
from geppo.errors import InputError
from geppo.exchange import _misp_read
from geppo.exchange._imported import Imported, Resolve, unresolved
from geppo.exchange._misp_out import Record, event_of
from geppo.exchange._package import Package, below
from geppo.model.marking import Tlp
from geppo.model.report import Fetched

MANIFEST = "manifest.json"
HASHES = "hashes.csv"
_IN_MANIFEST = ("Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp")


def _bytes(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def to_event(package: Package, *, ceiling: Tlp = Tlp.RED) -> bytes:
    """The package as a MISP event in JSON, for the API and the import page, distribution "your organisation only".

    What is marked above `ceiling` is left out. Equal packages give equal bytes.
    """
    return _bytes({"Event": event_of(below(package, ceiling))})


def to_feed(
    package: Package, *, ceiling: Tlp = Tlp.RED, manifest: bytes = b"", hashes: bytes = b""
) -> dict[str, bytes]:
    """The files of a static feed by name: `manifest.json`, `hashes.csv` and `<uuid>.json`.

    `manifest` and `hashes` are the feed's files so far: months that are there stay, this one is replaced. Raises
    InputError("manifest") where they are none.
    """
    event = event_of(below(package, ceiling))
    del event["distribution"]
    for report in event["EventReport"]:
        del report["distribution"]
    uuid = event["uuid"]
    entries = _manifest(manifest) | {uuid: {name: event[name] for name in _IN_MANIFEST}}
    lines = {line for line in hashes.decode("utf-8", "replace").splitlines() if line and not line.endswith(f",{uuid}")}
    lines |= {f"{digest},{uuid}" for digest in _digests(event)}
    return {
        MANIFEST: _bytes(dict(sorted(entries.items()))),
        HASHES: "".join(f"{line}\n" for line in sorted(lines)).encode(),
        f"{uuid}.json": _bytes({"Event": event}),
    }


def _manifest(data: bytes) -> dict[str, Any]:
    if not data:
        return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("manifest", f"{MANIFEST} of the feed is no JSON ({error}); move the folder away") from error
    if not isinstance(found, dict):
        raise InputError("manifest", f"{MANIFEST} of the feed holds no object; move the folder away")
    return found


def _digests(event: Record) -> Iterator[str]:
    """MD5 of each value that correlates, and of each part of a composite one: MISP looks values up in a feed so."""
    rows = [*event["Attribute"], *(row for one in event["Object"] for row in one["Attribute"])]
    for row in (one for one in rows if not one["disable_correlation"]):
        for value in row["value"].split("|") if "|" in row["type"] else [row["value"]]:
            yield hashlib.md5(value.encode("utf-8"), usedforsecurity=False).hexdigest()


def from_event(fetched: Fetched, settings: Settings | None = None, resolve: Resolve = unresolved) -> Imported:
    """One or more MISP events (API answers, search results, feed files) in our terms.

    Attributes are Observables, malicious only where `to_ids` says so; galaxy tags and naming attributes are Mentions;
    claims are those that geppo wrote, and references between objects whose relation is a predicate of ours. A tag alone
    states no relation. Raises InputError for what is no such file or is out of bounds.
    """
    return _misp_read.read(fetched, settings or config.load(), resolve)
