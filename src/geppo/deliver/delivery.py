"""One delivery: a workspace's readers, channels and ledger around one issue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from geppo.config import Settings
from geppo.deliver._shown import shown
from geppo.deliver.channel import Config, Parcel, Takes, channels, read_channels
from geppo.deliver.dispatch import Effort, Job, Pause, Tally, dispatch
from geppo.deliver.issued import Issued, IssuedEdition, permitted, read_file
from geppo.deliver.ledger import Clock, Entry, Ledger, State
from geppo.deliver.letter import Exit, Template, check, letter, message_id
from geppo.deliver.plan import Decision, Door, Verdict, ceilings, decide_bundle, decide_editions, decide_readers
from geppo.deliver.schedule import Rules
from geppo.deliver.subscribers import Roll, Subscriber
from geppo.errors import UsageError

_LEAD = 3


def chosen_channels(folder: Path, settings: Settings, name: str | None) -> tuple[Config, ...]:
    """The active channels, or the one that is named. Raises UsageError where there is none."""
    found = read_channels(folder, settings.number("deliver.timeout"), settings.text("deliver.timezone"))
    if name is None:
        return tuple(one for one in found if one.active)
    chosen = tuple(one for one in found if one.name == name)
    if not chosen:
        raise UsageError(f"no channel {name!r}; channels.toml has {', '.join(one.name for one in found)}")
    return chosen


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Everything around one issue. `entries` are what the ledger has of it."""

    issued: Issued
    settings: Settings
    roll: Roll
    way_out: Exit
    clock: Clock
    suppressed: dict[str, str]
    entries: dict[tuple[str, str], Entry]
    bounced_too: bool = False
    _templates: dict[str, Template] = field(default_factory=dict)

    def door(self) -> Door:
        """What every parcel has to pass."""
        return Door(
            issued=self.issued,
            rules=Rules.of(self.settings),
            ceilings=ceilings(self.settings),
            now=self.clock(),
            suppressed=self.suppressed,
            entries=self.entries,
            bounced_too=self.bounced_too,
        )

    def template(self, edition: IssuedEdition) -> Template:
        """An edition's mail file, read once. Raises UsageError where it is not of this issue."""
        if edition.stem not in self._templates:
            name = f"{edition.stem}.eml"
            made = Template.read(edition.data("eml"), name)
            if not made.matches(self.issued.as_of, edition.record["subject"], edition.marking.label):
                raise UsageError(
                    f"{edition.folder / name}: not of the same issue as edition.json; write the month again"
                )
            self._templates[edition.stem] = made
        return self._templates[edition.stem]

    def domain(self) -> str:
        """Where message ids end: the domain of the mail files."""
        return self.template(self.issued.editions[0]).domain if self.issued.editions else ""

    def takes(self, config: Config) -> Takes:
        """What a channel is handed."""
        made: Takes = channels()[config.kind].takes(config)
        return made

    def decisions(self, config: Config) -> tuple[Decision, ...]:
        """What becomes of every parcel of a channel now."""
        match self.takes(config):
            case Takes.MAIL:
                return tuple(decide_readers(self.door(), config, self.roll.subscribers, self.domain()))
            case Takes.EDITION:
                return tuple(decide_editions(self.door(), config))
            case Takes.BUNDLE:
                return tuple(decide_bundle(self.door(), config))

    def mail(self, decision: Decision, reader: Subscriber, edition: IssuedEdition) -> bytes:
        """One reader's mail. A correction answers the mails of earlier issues that this reader got."""
        template = self.template(edition)
        earlier = [
            message_id(name, edition.kind.value, edition.language, reader.address, template.domain)
            for name in self.issued.corrects
        ]
        got = [
            id_
            for id_ in earlier
            if (entry := self.entries.get((id_, decision.channel))) is not None and entry.state is State.SENT
        ]
        return letter(template, reader, decision.id, self.way_out, got)

    def parcel(self, decision: Decision, config: Config) -> Parcel:
        """What goes out for a decision."""
        edition, reader = decision.edition, decision.subscriber
        if reader is not None and edition is not None:
            files: tuple[tuple[str, bytes], ...] = (("", self.mail(decision, reader, edition)),)
        elif edition is not None:
            files = tuple((f"{self.issued.name}/{name}", data) for name, data in edition.files())
        else:
            files = ((f"{self.issued.name}/bundle.stix.json", self.bundle(config)),)
        return Parcel(
            id=decision.id,
            sender=self.template(edition).sender if edition else "",
            recipient=decision.recipient,
            files=files,
            facts=self.facts(edition) if edition else {},
        )

    def bundle(self, config: Config) -> bytes:
        """The STIX bundle as far as the channel's clearance reaches."""
        whole = json.loads(read_file(self.issued.folder / "bundle.stix.json"))
        return (json.dumps(permitted(whole, config.clearance), ensure_ascii=False, indent=1) + "\n").encode()

    def facts(self, edition: IssuedEdition) -> dict[str, Any]:
        """What a notice says of an edition, observables defanged."""
        base = self.settings.text("deliver.base_url").rstrip("/")
        record = edition.record
        first = [sentence for section in record["sections"][:1] for sentence in section["sentences"]]
        lead = (record["key_judgements"] or first)[:_LEAD]
        return {
            "issue": self.issued.name,
            "as_of": self.issued.record["as_of"],
            "edition": edition.kind.value,
            "language": edition.language,
            "marking": edition.marking.label,
            "title": shown(record["title"]),
            "subject": shown(record["subject"]),
            "lead": [shown(sentence["text"]) for sentence in lead],
            "corrects": list(self.issued.corrects),
            "url": f"{base}/{self.issued.name}/{edition.stem}.html" if base else "",
        }

    def jobs(self, config: Config, decisions: Sequence[Decision]) -> Iterator[Job]:
        """The parcels that are to go out now."""
        for decision in decisions:
            if decision.verdict is Verdict.SEND:
                yield Job(id=decision.id, build=partial(self.parcel, decision, config))

    def rehearse(
        self, config: Config, decisions: Sequence[Decision]
    ) -> Iterator[tuple[Decision, int, tuple[str, ...]]]:
        """Build and check everything that would go out: decision, bytes, and what a strict reader would object to."""
        for decision in decisions:
            if decision.verdict is Verdict.SEND:
                files = self.parcel(decision, config).files
                mail = self.takes(config) is Takes.MAIL
                yield decision, sum(len(data) for _, data in files), check(files[0][1]) if mail else ()

    async def run(self, config: Config, decisions: Sequence[Decision], ledger: Ledger, pause: Pause) -> Tally:
        """Send what is due through one channel, with a record of every step."""
        sent = [decision for decision in decisions if decision.verdict is Verdict.SEND]
        for edition in {one.edition.stem: one.edition for one in sent if one.edition is not None}.values():
            sha256 = self.template(edition).sha256
            ledger.issue(self.issued.name, edition.kind.value, edition.language, sha256)
        name = self.issued.name
        ledger.plan((one.id, config.name, name, one.kind, one.language, one.recipient) for one in sent)
        effort = Effort.of(self.settings)
        member = channels()[config.kind]
        return await dispatch(member, config, list(self.jobs(config, sent)), ledger, effort, self.clock, pause)
