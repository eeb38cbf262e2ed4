"""The issue for threat-intelligence platforms: `bundle.stix.json`, a STIX 2.1 bundle."""

from __future__ import annotations

from geppo import config
from geppo.config import Settings
from geppo.exchange import Package
from geppo.exchange.stix import to_bundle
from geppo.model.edition import Issue
from geppo.model.marking import Tlp

FORMAT = "stix"
FILE = "bundle.stix.json"
CEILING = Tlp.GREEN
"""The most closed marking of a member edition: the bundle goes out with it."""


def render_issue(issue: Issue, settings: Settings | None = None) -> bytes:
    """The issue up to the ceiling as a strict STIX 2.1 bundle, signed with the organisation of the settings."""
    chosen = settings or config.load()
    package = Package(issue=issue, organisation=chosen.text("deliver.organisation"))
    return to_bundle(package, ceiling=CEILING)
