"""Values in a text: addresses, hosts, hashes, numbers of catalogues, files, each with a verdict and its reason.

Nothing is dropped for being harmless: a value comes back with what it is taken for. An indicator would need a reason
to detect on it; that is not decided here.
"""

from __future__ import annotations

from geppo.model.observable import Observable
from geppo.read.extract.observables import digests, hosts, numbered, urls
from geppo.read.extract.observables._candidate import Candidate, Taken
from geppo.read.extract.observables.refang import Clean, clean
from geppo.read.extract.observables.surroundings import Surroundings
from geppo.read.extract.observables.verdict import Judge


def find(text: str, *, publisher_domain: str = "", language: str = "") -> tuple[Observable, ...]:
    """Every value of `text`, sorted by start, with offsets into `text` as read. Never raises on a text.

    `publisher_domain` is the host of the document's address: values under the same registered domain are the
    publisher's own. `language` is accepted for a member's common signature; cues of all languages count in every text,
    because reports mix them.

    Spans do not overlap, but for an address inside the query of another one and a hash inside a path behind a host:
    both are returned.
    """
    del language
    copy = clean(text)
    around = Surroundings(copy)
    found = sorted(_candidates(copy, around), key=lambda one: (one.start, -one.end, one.type))
    around.set_aside([(one.start, one.end) for one in found])
    judge = Judge(copy, around, publisher_domain, found)
    return tuple(_observable(copy, judge, one) for one in found)


def _candidates(copy: Clean, around: Surroundings) -> list[Candidate]:
    """The order decides who gets a place: addresses before hosts, hosts before the hashes in their names."""
    taken = Taken(len(copy.text))
    urls.set_aside_relative_links(copy, taken)
    return [
        *urls.find(copy, taken),
        *hosts.mails(copy, taken),
        *digests.wallets(copy, taken),
        *numbered.find(copy, taken),
        *hosts.ipv6(copy, taken),
        *hosts.international(copy, taken),
        *hosts.paths(copy, taken, around),
        *hosts.dotted(copy, taken, around),
        *digests.hashes(copy, taken),
    ]


def _observable(copy: Clean, judge: Judge, one: Candidate) -> Observable:
    start, end = copy.original(one.start, one.end)
    verdict, reason = judge.judge(one)
    return Observable(
        type=one.type, value=one.value, start=start, end=end, defanged=one.defanged, verdict=verdict, reason=reason
    )
