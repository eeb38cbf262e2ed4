"""Who gets an issue, when, and who does not and why. Nothing is sent here; the clock is given in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from geppo.config import Settings
from geppo.deliver._tlp import tlp
from geppo.deliver.channel import Config
from geppo.deliver.issued import Issued, IssuedEdition
from geppo.deliver.ledger import Entry, State
from geppo.deliver.letter import message_id
from geppo.deliver.schedule import Rules, due, zone
from geppo.deliver.subscribers import Subscriber, canonical
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp


class Verdict(StrEnum):
    """What becomes of one parcel now."""

    SEND = "send"
    DONE = "done"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One parcel: to whom, which edition, when it is due, and what becomes of it now, with the reason.

    `subscriber` is None where the parcel is for the channel itself, `edition` where it is the bundle or there is none.
    """

    id: str
    channel: str
    recipient: str
    kind: str
    language: str
    subscriber: Subscriber | None
    edition: IssuedEdition | None
    due: datetime | None
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What every parcel has to pass: the issue, its ceilings, the hour, and what the ledger knows."""

    issued: Issued
    rules: Rules
    ceilings: Mapping[EditionKind, Tlp]
    now: datetime
    suppressed: Mapping[str, str]
    entries: Mapping[tuple[str, str], Entry]
    bounced_too: bool = False

    def moment(self, kind: EditionKind, place: str) -> datetime:
        """When an edition is due in a zone. A correction is due when it is written."""
        if self.issued.corrects and "." in self.issued.name:
            return self.issued.as_of.astimezone(UTC)
        return due(self.issued.period, kind, zone(place), self.rules)

    def ceiling(self, edition: IssuedEdition) -> str:
        """Why an edition may go nowhere, or an empty text."""
        most = self.ceilings[edition.kind]
        if edition.marking <= most:
            return ""
        return f"{edition.marking.label} is above {most.label}, the ceiling of every {edition.kind.value} edition"

    def standing(self, id_: str, channel: str) -> tuple[Verdict, str] | None:
        """What the ledger says of a parcel that is settled or not to be tried yet."""
        entry = self.entries.get((id_, channel))
        if entry is None or entry.state in (State.PLANNED, State.SENDING):
            return None
        if entry.state is State.DEFERRED:
            later = entry.next_attempt is not None and entry.next_attempt > self.now
            return (Verdict.LATER, f"put off until {entry.next_attempt}: {entry.answer}") if later else None
        if entry.state is State.BOUNCED and self.bounced_too:
            return None
        word = "sent" if entry.state is State.SENT else "bounced"
        return Verdict.DONE, f"{word} {entry.settled}: {entry.code} {entry.answer}"


def ceilings(settings: Settings) -> dict[EditionKind, Tlp]:
    """The most closed marking of each kind of edition. Raises UsageError where a setting is no label."""
    made: dict[EditionKind, Tlp] = {}
    for kind in EditionKind:
        name = f"deliver.ceiling.{kind.value}"
        label = tlp(settings.text(name))
        if label is None:
            raise UsageError(f"setting {name}: expected a TLP 2.0 label such as TLP:GREEN, got {settings.text(name)!r}")
        made[kind] = label
    return made


def _barred(door: Door, config: Config, edition: IssuedEdition | None, wanted: str, clearance: Tlp) -> str:
    """Why an edition may not go to somebody with this clearance by this channel, or an empty text."""
    if edition is None:
        return f"the issue has no edition {wanted}"
    if edition.kind.value not in config.editions or edition.language not in config.languages:
        return f"the channel takes no {edition.stem}"
    if over := door.ceiling(edition):
        return over
    if edition.marking > clearance:
        return f"{edition.marking.label} is above the reader's {clearance.label}"
    if edition.marking > config.clearance:
        return f"{edition.marking.label} is above the channel's {config.clearance.label}"
    return ""


def _reader(door: Door, config: Config, reader: Subscriber, domain: str) -> Decision:
    edition = door.issued.edition(reader.edition, reader.language)
    id_ = message_id(door.issued.name, reader.edition.value, reader.language, reader.address, domain)
    moment = door.moment(reader.edition, reader.timezone)

    def decided(verdict: Verdict, reason: str) -> Decision:
        return Decision(
            id=id_,
            channel=config.name,
            recipient=reader.address,
            kind=reader.edition.value,
            language=reader.language,
            subscriber=reader,
            edition=edition,
            due=moment,
            verdict=verdict,
            reason=reason,
        )

    if not reader.active:
        return decided(Verdict.NEVER, "not active")
    if canonical(reader.address) in door.suppressed:
        return decided(Verdict.NEVER, f"suppressed: {door.suppressed[canonical(reader.address)]}")
    wanted = f"{reader.edition.value}.{reader.language}"
    if reason := _barred(door, config, edition, wanted, reader.clearance):
        return decided(Verdict.NEVER, reason)
    return _timely(door, config, id_, moment, decided)


def _timely(
    door: Door, config: Config, id_: str, moment: datetime, decided: Callable[[Verdict, str], Decision]
) -> Decision:
    if standing := door.standing(id_, config.name):
        return decided(*standing)
    if moment > door.now:
        return decided(Verdict.LATER, "not due yet")
    return decided(Verdict.SEND, "due")


def _channel(door: Door, config: Config, kind: EditionKind, edition: IssuedEdition | None, part: str) -> Decision:
    """A parcel for the channel itself: one edition, or the bundle."""
    id_ = f"{door.issued.name}.{part}@{config.name}"
    moment = door.moment(kind, config.timezone)

    def decided(verdict: Verdict, reason: str) -> Decision:
        return Decision(
            id=id_,
            channel=config.name,
            recipient=config.name,
            kind=kind.value if edition else "bundle",
            language=edition.language if edition else "",
            subscriber=None,
            edition=edition,
            due=moment,
            verdict=verdict,
            reason=reason,
        )

    if edition is not None and (reason := _barred(door, config, edition, edition.stem, config.clearance)):
        return decided(Verdict.NEVER, reason)
    return _timely(door, config, id_, moment, decided)


def decide_readers(door: Door, config: Config, readers: Sequence[Subscriber], domain: str) -> Iterator[Decision]:
    """One decision for each reader of the list."""
    for reader in readers:
        yield _reader(door, config, reader, domain)


def decide_editions(door: Door, config: Config) -> Iterator[Decision]:
    """One decision for each edition of the issue."""
    for edition in door.issued.editions:
        yield _channel(door, config, edition.kind, edition, edition.stem)


def decide_bundle(door: Door, config: Config) -> Iterator[Decision]:
    """One decision for the bundle, which is due with the first edition that the channel takes."""
    kind = EditionKind.PUBLIC if set(config.editions) <= {EditionKind.PUBLIC.value} else EditionKind.MEMBER
    yield _channel(door, config, kind, None, "bundle")
