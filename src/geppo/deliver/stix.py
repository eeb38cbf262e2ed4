"""The issue for threat-intelligence platforms: `bundle.stix.json`, a STIX 2.1 bundle."""

from __future__ import annotations

from geppo import config
from geppo.config import Settings
from geppo.exchange.stix import to_bundle
from geppo.model.edition import Issue

FORMAT = "stix"
FILE = "bundle.stix.json"


def render_issue(issue: Issue, settings: Settings | None = None) -> bytes:
    """The whole issue as a STIX 2.1 bundle, signed with the organisation of the settings."""
    chosen = settings or config.load()
    return to_bundle(issue, chosen.text("deliver.organisation"))
