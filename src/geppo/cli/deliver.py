"""`geppo deliver`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import EXIT_GAPS, EXIT_GATE, _place
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.config import Settings
    from geppo.deliver.channel import Config
    from geppo.deliver.delivery import Delivery
    from geppo.deliver.ledger import Clock, Ledger
    from geppo.deliver.plan import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What a run works with."""

    root: Path
    settings: Settings
    out: Path
    clock: Clock
    now: datetime
    dry: bool
    bounced_too: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """What the command line asks to be written into the ledger."""

    bounces: Path | None
    unsubscribe: str | None
    suppress: str | None
    allow: str | None

    def any(self) -> bool:
        """True where anything is asked."""
        return any((self.bounces, self.unsubscribe, self.suppress, self.allow))


def run(
    issue: str | None = None,
    *,
    channel: str | None = None,
    preview: bool = False,
    dry_run: bool = False,
    now: str | None = None,
    bounced_too: bool = False,
    bounces: Path | None = None,
    unsubscribe: str | None = None,
    suppress: str | None = None,
    allow: str | None = None,
    out: Path | None = None,
    workspace: Path | None = None,
) -> int:
    """Take a written issue to those for whom it is due now. Running it again sends nothing twice.

    Examples: `geppo deliver 2025-11 --preview`, `geppo deliver 2025-11 --dry-run`, `geppo deliver`, `geppo deliver
    --bounces /var/mail/bounces`

    Parameters
    ----------
    issue
        The month, YYYY-MM, or YYYY-MM.N for a correction; by default last month and its corrections.
    channel
        Only this channel of channels.toml, even one that is not active; by default all active ones.
    preview
        Print who will and will not get it, when and why. Sends and writes nothing.
    dry_run
        Build and check every message that would go out now. Sends and writes nothing.
    now
        Act as if it were this time (ISO 8601 with zone).
    bounced_too
        Offer again what was refused for good or came back, once the fault behind it is mended.
    bounces
        Read an mbox or a folder with bounces first; without an issue, nothing else is done.
    unsubscribe
        Take the reader of this token off the list.
    suppress
        Send nothing more to this address.
    allow
        Take this address off the list of suppressed ones.
    out
        Where the issues lie; by default `out` in the workspace.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    desk = _desk(workspace, out, now, dry=preview or dry_run, bounced_too=bounced_too)
    changes = _Changes(bounces=bounces, unsubscribe=unsubscribe, suppress=suppress, allow=allow)
    with _ledger(desk) as ledger:
        if changes.any():
            _change(desk, ledger, changes)
            if issue is None:
                return 0
        return max((_deliver(desk, ledger, name, channel, preview) for name in _names(desk, issue)), default=0)


def _desk(workspace: Path | None, out: Path | None, now: str | None, *, dry: bool, bounced_too: bool) -> _Desk:
    root, settings = _place.find_workspace(workspace)
    moment = _place.moment(now, "--now")
    return _Desk(
        root=root,
        settings=settings,
        out=out or root / "out",
        clock=(lambda: moment) if now else (lambda: datetime.now(UTC)),
        now=moment,
        dry=dry,
        bounced_too=bounced_too,
    )


def _ledger(desk: _Desk) -> Ledger:
    """The workspace's ledger; one in memory where nothing may be written and there is none."""
    from geppo.deliver.ledger import FILE, Ledger

    file = desk.root / FILE
    return Ledger(file if file.exists() or not desk.dry else Path(":memory:"), desk.clock)


def _names(desk: _Desk, given: str | None) -> list[str]:
    """The issue given, or all issues of last month that are written.

    Raises UsageError where the month is due and not written: a timer must not pass over that in silence.
    """
    from geppo.deliver.schedule import Rules, due, last_month, zone
    from geppo.model.edition import EditionKind

    if given is not None:
        return [given]
    month = last_month(desk.now)
    found = sorted(file.parent.name for file in desk.out.glob(f"{month}*/edition.json"))
    if not found:
        first = due(month, EditionKind.MEMBER, zone(desk.settings.text("deliver.timezone")), Rules.of(desk.settings))
        message = f"{month} is not written yet; write it with `geppo month {month}`"
        if desk.now >= first:
            raise UsageError(f"{message}: it has been due since {first.isoformat()}")
        print(f"note: {message}", file=sys.stderr)
    return found


def _change(desk: _Desk, ledger: Ledger, changes: _Changes) -> None:
    """Write into the ledger who left, who is let back, and what came back."""
    from geppo.deliver.bounce import take_bounces
    from geppo.deliver.letter import owner, unsubscribe_key
    from geppo.deliver.subscribers import read_subscribers

    if desk.dry:
        raise UsageError("deliver: --preview and --dry-run change nothing; leave them out here")
    if changes.unsubscribe:
        readers = read_subscribers(desk.root).subscribers
        reader = owner(changes.unsubscribe, readers, unsubscribe_key(desk.root))
        if reader is None:
            raise UsageError("deliver: no reader has this unsubscribe token")
        ledger.suppress(reader.address, "unsubscribed")
        print(f"{reader.address}: unsubscribed")
    if changes.suppress:
        ledger.suppress(changes.suppress, "by the operator")
        print(f"{changes.suppress}: suppressed")
    if changes.allow:
        print(f"{changes.allow}: {'allowed again' if ledger.allow(changes.allow) else 'was not suppressed'}")
    if changes.bounces:
        limit, issues = (desk.settings.integer(f"deliver.{name}") for name in ("bounce.max_bytes", "bounces"))
        done = take_bounces(changes.bounces, ledger, limit, issues)
        print("bounces: " + ", ".join(f"{count} {word}" for word, count in sorted(done.items()) if count))


def _delivery(desk: _Desk, ledger: Ledger, name: str) -> Delivery:
    from geppo.deliver.delivery import Delivery
    from geppo.deliver.issued import read_issued
    from geppo.deliver.letter import KEY, Exit, unsubscribe_key
    from geppo.deliver.subscribers import read_subscribers

    root = desk.root
    issued = read_issued(desk.out, name)
    key = b"" if desk.dry and not (root / KEY).exists() else unsubscribe_key(root)
    entries = [entry for one in (name, *issued.corrects) for entry in ledger.entries(one)]
    return Delivery(
        issued=issued,
        settings=desk.settings,
        roll=read_subscribers(root),
        way_out=Exit.of(desk.settings, key),
        clock=desk.clock,
        suppressed=ledger.suppressed(),
        entries={(entry.id, entry.channel): entry for entry in entries},
        bounced_too=desk.bounced_too,
    )


def _deliver(desk: _Desk, ledger: Ledger, name: str, channel: str | None, preview: bool) -> int:
    from geppo.deliver.delivery import chosen_channels

    delivery = _delivery(desk, ledger, name)
    for problem in delivery.roll.problems:
        print(f"row left out: {problem}", file=sys.stderr)
    code = EXIT_GAPS if delivery.roll.problems else 0
    for config in chosen_channels(desk.root, desk.settings, channel):
        decisions = delivery.decisions(config)
        if preview:
            _print_decisions(name, config, decisions)
        elif desk.dry:
            code = max(code, _rehearse(delivery, config, decisions))
        else:
            code = max(code, _send(delivery, config, decisions, ledger))
    if not desk.dry:
        _write_feed(desk, delivery)
    return code


def _print_decisions(name: str, config: Config, decisions: Sequence[Decision]) -> None:
    print(f"{name} by {config.name} ({config.kind})")
    for one in decisions:
        due = one.due.isoformat() if one.due else "-"
        what = f"{one.kind}.{one.language}".rstrip(".")
        print(f"  {one.verdict.value:6} {what:10} {due}  {one.recipient}  {one.reason}")
    _print_counts(decisions)


def _print_counts(decisions: Sequence[Decision]) -> None:
    verdicts = [one.verdict.value for one in decisions]
    print("  " + ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(sorted(verdicts))))


def _rehearse(delivery: Delivery, config: Config, decisions: Sequence[Decision]) -> int:
    print(f"{delivery.issued.name} by {config.name} ({config.kind}): dry run")
    code = 0
    for decision, size, problems in delivery.rehearse(config, decisions):
        what = f"{decision.kind}.{decision.language}".rstrip(".")
        print(f"  would send {what} to {decision.recipient}, {size} bytes, {decision.id}")
        for problem in problems:
            print(f"  {decision.recipient}: {problem}", file=sys.stderr)
            code = EXIT_GATE
    _print_counts(decisions)
    return code


def _send(delivery: Delivery, config: Config, decisions: Sequence[Decision], ledger: Ledger) -> int:
    from geppo.deliver.ledger import State

    before = len(ledger.events("again"))
    tally = asyncio.run(delivery.run(config, decisions, ledger, asyncio.sleep))
    counts = ", ".join(f"{count} {state.value}" for state, count in sorted(tally.states.items()) if count)
    print(f"{delivery.issued.name} by {config.name} ({config.kind}): {counts or 'nothing due'}")
    for event in ledger.events("again")[before:]:
        entry = ledger.entry(event.id, event.channel)
        print(f"  may have come twice: {entry.recipient} {event.id}", file=sys.stderr)
    for entry in ledger.entries(delivery.issued.name, config.name):
        if entry.state in (State.DEFERRED, State.BOUNCED):
            print(f"  {entry.state.value}: {entry.recipient}: {entry.code} {entry.answer}", file=sys.stderr)
    if tally.stopped:
        print(f"  stopped: {tally.stopped}", file=sys.stderr)
    left = any(tally.states[state] for state in (State.PLANNED, State.DEFERRED, State.BOUNCED))
    return EXIT_GAPS if left or tally.stopped else 0


def _write_feed(desk: _Desk, delivery: Delivery) -> None:
    """Write the feed of all issues whose public excerpt is due."""
    from geppo.deliver import feed
    from geppo.deliver.issued import issues
    from geppo.deliver.plan import Door
    from geppo.model.edition import EditionKind

    settings, door = desk.settings, delivery.door()
    found, problems = issues(desk.out)
    for problem in problems:
        print(f"not in the feed: {problem}", file=sys.stderr)

    def is_out(door: Door) -> bool:
        moment = door.moment(EditionKind.PUBLIC, settings.text("deliver.timezone"))
        edition = next((one for one in door.issued.editions if one.kind is EditionKind.PUBLIC), None)
        return moment <= desk.now and edition is not None and not door.ceiling(edition)

    out = [one for one in found if is_out(replace(door, issued=one))]
    organisation, base = settings.text("deliver.organisation"), settings.text("deliver.base_url")
    data = feed.feed(out, delivery.domain(), organisation, base)
    target = desk.out / feed.FILE
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(target)
