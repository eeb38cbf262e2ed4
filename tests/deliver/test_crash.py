"""A run that ends at any step, every step tried: nobody is missed, and only the parcel in flight comes twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from geppo.deliver.channel import Config, Parcel, config
from geppo.deliver.dispatch import Effort, Job, Tally, dispatch
from geppo.deliver.ledger import Ledger, Outcome, Reply, State
from tests.deliver.office import NOW

COUNT = 5
EFFORT = Effort(attempts=1, retry=0, give_up=timedelta(hours=1), unreachable=3, refused=3)


class Crash(BaseException):
    """The process ends here."""


class Steps:
    """Counts the steps of all runs and ends the process at one of them."""

    def __init__(self, end: int) -> None:
        self.at, self.end = 0, end

    def __call__(self) -> None:
        self.at += 1
        if self.at == self.end:
            raise Crash


class Shaky(Ledger):
    """A ledger that may crash before and after each of its steps."""

    step: Steps

    def intend(self, id_: str, channel: str) -> None:
        self.step()
        super().intend(id_, channel)
        self.step()

    def settle(self, *given: Any, **named: Any) -> None:
        self.step()
        super().settle(*given, **named)
        self.step()


def _member(got: list[str], step: Steps) -> Any:
    class Line:
        async def send(self, parcel: Parcel) -> Reply:
            step()
            got.append(parcel.id)
            step()
            return Reply(outcome=Outcome.SENT, code=250, text="taken")

    @asynccontextmanager
    async def session(_config: Config) -> AsyncIterator[Line]:
        yield Line()

    return SimpleNamespace(session=session)


def _run(file: Path, got: list[str], step: Steps, made: Config) -> Tally:
    ids = [f"<{n}@b.example>" for n in range(COUNT)]
    jobs = []
    with Shaky(file, lambda: NOW) as ledger:
        ledger.step = step
        ledger.plan((one, "x", "2031-05", "member", "ja", f"r{one}") for one in ids)
        left = [one.id for one in ledger.entries("2031-05") if one.state is not State.SENT]
        for id_ in left:
            parcel = Parcel(id=id_, sender="", recipient="r", files=(), facts={})
            jobs.append(Job(id=id_, build=partial(replace, parcel)))
        return asyncio.run(dispatch(_member(got, step), made, jobs, ledger, EFFORT, lambda: NOW))


@pytest.mark.parametrize("end", range(1, 6 * COUNT + 2))
def test_the_run_ends_at_one_step_and_the_next_one_finishes(tmp_path: Path, end: int) -> None:
    raw = {"name": "x", "kind": "folder", "path": "p", "editions": "member"}
    made = config(raw, "here", tmp_path, 1, "Asia/Tokyo")
    got: list[str] = []
    step = Steps(end)
    crashed = False
    try:
        _run(tmp_path / "l.sqlite", got, step, made)
    except Crash:
        crashed = True
        _run(tmp_path / "l.sqlite", got, step, made)
    assert crashed is (end <= 6 * COUNT)
    counts = Counter(got)
    with Ledger(tmp_path / "l.sqlite", lambda: NOW) as ledger:
        assert {one.state for one in ledger.entries("2031-05")} == {State.SENT}
        named = {event.id for event in ledger.events("again")}
    assert len(counts) == COUNT, "nobody is missed"
    twice = {id_ for id_, count in counts.items() if count > 1}
    assert len(twice) <= 1 and max(counts.values()) <= 2 and twice <= named and len(named) <= 1
