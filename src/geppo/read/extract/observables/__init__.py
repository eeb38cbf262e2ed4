"""Values in a text: addresses, hosts, hashes, numbers of catalogues, files, each with a verdict and its reason.

Nothing is dropped for being harmless: a value comes back with what it is taken for. An indicator would need a reason
to detect on it; that is not decided here.
"""

from __future__ import annotations

from geppo.model.observable import Observable
from geppo.read.extract.observables import (
    agents,
    digests,
    files,
    fingerprints,
    hosts,
    mutexes,
    numbered,
    paths,
    registry,
    telegram,
    urls,
)
from geppo.read.extract.observables._candidate import Candidate, Taken
from geppo.read.extract.observables.chains import Chains
from geppo.read.extract.observables.refang import Clean, clean
from geppo.read.extract.observables.roles import Roles
from geppo.read.extract.observables.surroundings import Surroundings
from geppo.read.extract.observables.verdict import Judge


def find(text: str, *, publisher_domain: str = "", language: str = "") -> tuple[Observable, ...]:
    """Every value of `text`, sorted by start, with offsets into `text` as read. Never raises on a text.

    `publisher_domain` is the host of the document's address: values under the same registered domain are the
    publisher's own. `language` is accepted for a member's common signature; cues of all languages count in every text,
    because reports mix them.

    Spans do not overlap, but for an address inside the query of another one or inside a user agent, a hash inside a
    path behind a host, and names of files and hosts inside a path of a file system: both are returned.
    """
    del language
    copy = clean(text)
    around = Surroundings(copy)
    found = sorted(_candidates(copy, around), key=lambda one: (one.start, -one.end, one.type))
    around.set_aside([(one.start, one.end) for one in found])
    found = fingerprints.named(found, around)
    chains = Chains(around, found)
    judge = Judge(copy, around, publisher_domain, found, chains)
    roles = Roles(around, found, chains)
    return tuple(_observable(copy, judge, roles, number, one) for number, one in enumerate(found))


def _candidates(copy: Clean, around: Surroundings) -> list[Candidate]:
    """The order decides who gets a place: addresses before hosts, hosts before the hashes in their names."""
    taken = Taken(len(copy.text))
    urls.set_aside_relative_links(copy, taken)
    return [
        *urls.find(copy, taken),
        *agents.find(copy, taken, around),
        *registry.find(copy, taken),
        *mutexes.find(copy, taken, around),
        *fingerprints.fuzzy(copy, taken, around),
        *hosts.mails(copy, taken),
        *telegram.find(copy, taken, around),
        *digests.wallets(copy, taken),
        *numbered.find(copy, taken),
        *fingerprints.coloned(copy, taken, around),
        *fingerprints.serials(copy, taken, around),
        *fingerprints.handshakes(copy, taken, around),
        *hosts.ipv6(copy, taken),
        *hosts.international(copy, taken),
        *files.find(copy, taken),
        *paths.find(copy, taken, around),
        *hosts.dotted(copy, taken, around),
        *digests.hashes(copy, taken),
    ]


def _observable(copy: Clean, judge: Judge, roles: Roles, number: int, one: Candidate) -> Observable:
    start, end = copy.original(one.start, one.end)
    verdict, reason = judge.judge(one)
    role, ground = roles.role(number, verdict)
    return Observable(
        type=one.type,
        value=one.value,
        start=start,
        end=end,
        defanged=one.defanged,
        verdict=verdict,
        reason=f"{reason}; {role}: {ground}" if role else reason,
        role=role,
        detail=one.detail,
    )
