"""STIX 2.1, out and in: what the sources say as theirs, what we judge as ours.

Out
- Each document is a `report`, created by its publisher's `identity`.
- Each claim is a `relationship` of the kind that STIX suggests for the pair, else `related-to`, with the `confidence`
  of its hedge. What STIX cannot say as a relationship (a denial, a count, a treaty) is a `note`.
- Each assessment is an `opinion` on the relationships it is about, else a `note`; likelihood and confidence stand apart
  in our extension.
- Each story is a `grouping`, each audience of the issue a `report` of ours, with the other languages as
  `language-content` (notes for consumers that know none).
- Each value is an observable; an `indicator` needs a reason. Our own records give `infrastructure`, `observed-data`
  and `sighting`.

Names are never merged: no object has aliases, and two names that a source holds to be one are `related-to`.

In: see `from_bundle`. `docs/exchange.md` has the tables, the profiles and what is lost.
"""

from __future__ import annotations

import json

from geppo import config
from geppo.config import Settings
from geppo.exchange import _stix_read
from geppo.exchange._imported import Imported, Resolve, unresolved
from geppo.exchange._package import Package, below
from geppo.exchange._stix_bundle import Bundle, moment, profile, tables
from geppo.exchange._stix_claims import add_assessment, add_claim, add_report
from geppo.exchange._stix_issue import add_edition, add_markings, add_nothing_written, add_story, add_us
from geppo.exchange._stix_relay import add_campaigns, add_telemetry
from geppo.exchange._stix_values import add_values
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp
from geppo.model.report import Fetched


def consumers() -> tuple[str, ...]:
    """Names of the profiles."""
    return tuple(sorted(tables()["profile"]))


def to_bundle(
    package: Package, *, consumer: str = "strict", ceiling: Tlp = Tlp.RED, settings: Settings | None = None
) -> bytes:
    """The package as a STIX 2.1 bundle in UTF-8 JSON, objects sorted by id.

    `consumer` is a profile of stix.toml; what is marked above `ceiling` is left out. Equal packages give equal bytes.
    Raises InputError where a part is no valid STIX, UsageError for an unknown profile.
    """
    from stix2.serialization import STIXJSONEncoder

    package = below(package, ceiling)
    issue = package.issue
    bundle = Bundle(package=package, profile=profile(consumer))
    add_us(bundle)
    for claim in issue.month.claims:
        add_claim(bundle, claim)
    add_campaigns(bundle)
    add_values(bundle, settings or config.load())
    reports = {report.id: report for report in package.reports}
    for document in issue.month.documents:
        add_report(bundle, document, reports.get(document.sha256))
    for assessment in issue.month.assessments:
        add_assessment(bundle, assessment)
    groupings = {story.id: add_story(bundle, story) for story in issue.month.stories}
    # A brief repeats sentences of the member edition: as objects they would stand there twice.
    written = [edition for edition in issue.editions if edition.kind is not EditionKind.BRIEF]
    for kind in sorted({edition.kind for edition in written}):
        add_edition(bundle, [edition for edition in written if edition.kind is kind], groupings)
    if not written:
        add_nothing_written(bundle)
    add_telemetry(bundle)
    add_markings(bundle)
    parts = (str(issue.month.period), moment(issue.month.as_of), package.organisation, *sorted(bundle.objects))
    whole = {
        "type": "bundle",
        "id": bundle.id("bundle", *parts),
        "objects": [bundle.objects[id_] for id_ in sorted(bundle.objects)],
    }
    return (json.dumps(whole, cls=STIXJSONEncoder, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def from_bundle(fetched: Fetched, settings: Settings | None = None, resolve: Resolve = unresolved) -> Imported:
    """A STIX 2.0 or 2.1 bundle, or a TAXII 2.1 envelope, in our terms.

    Each relationship with a predicate of ours is a claim whose passage is the object's JSON as it stands; each alias is
    a claim `same-as`; each observable and each value of a pattern is an Observable; each name is a Mention. What has no
    place is counted in `gaps`. Raises InputError for what is no such file or is out of bounds.
    """
    return _stix_read.read(fetched, settings or config.load(), resolve)
