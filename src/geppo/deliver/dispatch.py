"""Sends planned parcels through a channel: intent, attempt, receipt, with back-off, over one or more connections."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType

from geppo.config import Settings
from geppo.deliver.channel import Config, Parcel, Session
from geppo.deliver.ledger import Clock, Ledger, Outcome, Reply, State
from geppo.errors import GeppoError

Pause = Callable[[float], Awaitable[None]]
_LONGEST_WAIT = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One parcel to send, built when its turn comes: five thousand mails at once would fill the memory."""

    id: str
    build: Callable[[], Parcel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard a run tries; see `deliver.attempts` and its neighbours in settings.toml."""

    attempts: int
    retry: float
    give_up: timedelta
    unreachable: int
    refused: int

    @classmethod
    def of(cls, settings: Settings) -> Effort:
        """From the settings."""
        return cls(
            attempts=max(1, settings.integer("deliver.attempts")),
            retry=settings.number("deliver.retry"),
            give_up=timedelta(hours=settings.number("deliver.give_up")),
            unreachable=max(1, settings.integer("deliver.unreachable")),
            refused=max(1, settings.integer("deliver.refused")),
        )

    def wait(self, attempt: int) -> float:
        """Seconds to wait after attempt number `attempt`, from 1."""
        return min(_LONGEST_WAIT, self.retry * 2.0 ** min(attempt - 1, 10))


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run did: parcels by their last state, and why it stopped early, if it did."""

    states: Counter[State] = field(default_factory=Counter)
    stopped: str = ""


@dataclass(slots=True, kw_only=True)
class _Run:
    config: Config
    ledger: Ledger
    effort: Effort
    clock: Clock
    queue: deque[Job]
    put_off: list[Job] = field(default_factory=list)
    unreachable: int = 0
    refused: int = 0
    tally: Tally = field(default_factory=Tally)

    async def work(self, member: ModuleType) -> None:
        """One connection's share of the queue."""
        if not self.queue:
            return
        async with member.session(self.config) as session:
            while self.queue and not self.tally.stopped:
                await self.one(self.queue.popleft(), session)

    async def one(self, job: Job, session: Session) -> None:
        parcel = job.build()
        self.ledger.intend(job.id, self.config.name)
        try:
            reply = await session.send(parcel)
        except GeppoError as error:
            self.tally.stopped = str(error)
            reply = Reply(outcome=Outcome.UNREACHABLE, code=0, text=str(error))
            self.settle(job, reply)
            raise
        except (OSError, TimeoutError) as error:
            reply = Reply(outcome=Outcome.DEFERRED, code=0, text=f"{type(error).__name__}: {error}", doubt=True)
        self.settle(job, reply)

    def settle(self, job: Job, reply: Reply) -> None:
        name = self.config.name
        self.unreachable = self.unreachable + 1 if reply.outcome is Outcome.UNREACHABLE else 0
        if reply.outcome in (Outcome.SENT, Outcome.REFUSED):
            self.refused = self.refused + 1 if reply.outcome is Outcome.REFUSED else 0
        match reply.outcome:
            case Outcome.SENT:
                state = State.SENT
            case Outcome.REFUSED:
                state = State.BOUNCED
            case Outcome.UNREACHABLE:
                state = State.PLANNED
                self.put_off.append(job)
            case Outcome.DEFERRED:
                state = self.put_off_or_give_up(job)
        wait = self.effort.wait(self.ledger.entry(job.id, name).attempts)
        again = self.clock() + timedelta(seconds=wait) if state is State.DEFERRED else None
        self.ledger.settle(job.id, name, state, reply, again)
        self.tally.states[state] += 1
        if self.unreachable >= self.effort.unreachable:
            self.tally.stopped = f"cannot be reached: {reply.text}"
        if self.refused >= self.effort.refused:
            self.tally.stopped = f"refused {self.refused} in a row: {reply.code} {reply.text}"

    def put_off_or_give_up(self, job: Job) -> State:
        first = self.ledger.entry(job.id, self.config.name).first_attempt
        if first is not None and self.clock() - first >= self.effort.give_up:
            return State.BOUNCED
        self.put_off.append(job)
        return State.DEFERRED


async def dispatch(
    member: ModuleType,
    config: Config,
    jobs: Iterable[Job],
    ledger: Ledger,
    effort: Effort,
    clock: Clock,
    pause: Pause = asyncio.sleep,
) -> Tally:
    """Send jobs, which the ledger has as planned, and try again what is put off.

    Raises UsageError where the channel is configured wrongly (a login is refused, a key is none); what was sent until
    then is in the ledger.
    """
    run = _Run(config=config, ledger=ledger, effort=effort, clock=clock, queue=deque(jobs))
    for attempt in range(1, effort.attempts + 1):
        if not run.queue or run.tally.stopped:
            break
        if attempt > 1:
            await pause(effort.wait(attempt - 1))
        workers = max(1, config.integer("connections"))
        results = await asyncio.gather(*(run.work(member) for _ in range(workers)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        run.queue, run.put_off = deque([*run.put_off, *run.queue]), []
    return _counted(run)


def _counted(run: _Run) -> Tally:
    """Count what is left by what the ledger says of it."""
    for state in (State.DEFERRED, State.PLANNED):
        run.tally.states[state] = 0
    for job in run.queue:
        run.tally.states[run.ledger.entry(job.id, run.config.name).state] += 1
    return run.tally
