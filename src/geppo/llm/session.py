"""The questions of one run: nothing above the marking leaves, a failing endpoint is left alone, outcomes are kept."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

from geppo.errors import InputError
from geppo.llm.cache import Cache, Kept
from geppo.llm.options import Options
from geppo.llm.record import Proposal, Reason, digest
from geppo.model.marking import Tlp
from geppo.model.report import Gap

if TYPE_CHECKING:
    from geppo.llm.client import Client, Schema


class Asking(Protocol):
    """What a session needs of a client."""

    spent: float

    def ask(self, system: str, data: str, name: str, schema: Schema) -> dict[str, Any]:
        """The answer as a JSON object. Raises InputError."""
        ...


def _client(options: Options) -> Client:
    """A client of the endpoint. Its library is loaded only where a model is asked."""
    from geppo.llm.client import Client

    return Client(options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A task (`wording.en`), its data, the shape of its answer, and the highest marking of anything in the data."""

    task: str
    data: Mapping[str, Any]
    schema: Schema
    marking: Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, or the reason why there is none. `key` names the question in the cache, empty where none was put."""

    answer: Mapping[str, Any] | None
    reason: Reason | None
    key: str = ""
    digest: str = ""


class Session:
    """Asks one endpoint for one run and remembers what became of it (`proposals`, `gaps`)."""

    def __init__(self, options: Options, kept: Cache, client: Asking | None = None) -> None:
        self.options = options
        self.proposals: list[Proposal] = []
        self._kept = kept
        self._client: Asking
        self._end: Callable[[], None] = lambda: None
        if client is not None:
            self._client = client
        else:
            own = _client(options)
            self._client, self._end = own, own.close
        self._failed: Counter[str] = Counter()
        self._message: dict[str, str] = {}
        self._in_a_row = 0
        self._unasked = 0

    def may_send(self, marking: Tlp) -> bool:
        """True where something so marked may go to the endpoint."""
        return marking <= self.options.ceiling

    def ask(self, question: Question) -> Reply:
        """Ask, or take what was answered before. Never raises for a fault of the endpoint."""
        if not self.may_send(question.marking):
            return Reply(answer=None, reason=Reason.MARKING)
        system = _system(question.task)
        data = json.dumps(question.data, ensure_ascii=False, sort_keys=True)
        if len(data) > self.options.question_characters:
            return Reply(answer=None, reason=Reason.TOO_LONG)
        shape = json.dumps(question.schema, sort_keys=True)
        how = (self.options.model, str(self.options.seed), str(self.options.tokens))
        key = digest("\x1f".join((*how, question.task, system, shape, data)))
        kept = self._kept.find(key)
        if kept is not None:
            return Reply(answer=kept.answer, reason=kept.reason, key=key, digest=kept.digest)
        if self._given_up():
            self._unasked += 1
            return Reply(answer=None, reason=Reason.ENDPOINT, key=key)
        return self._asked(question, system, data, key)

    def _given_up(self) -> bool:
        return self._in_a_row >= self.options.failures or self._client.spent > self.options.month_seconds

    def _asked(self, question: Question, system: str, data: str, key: str) -> Reply:
        try:
            answer = self._client.ask(system, data, question.task.partition(".")[0], question.schema)
        except InputError as error:
            if error.kind == "no-json":
                self._in_a_row = 0
                self.keep(Reply(answer=None, reason=Reason.NO_JSON, key=key), Reason.NO_JSON)
                return Reply(answer=None, reason=Reason.NO_JSON, key=key)
            self._in_a_row += 1
            self._failed[error.kind] += 1
            self._message.setdefault(error.kind, str(error))
            return Reply(answer=None, reason=Reason.ENDPOINT, key=key)
        self._in_a_row = 0
        return Reply(answer=answer, reason=None, key=key, digest=digest(json.dumps(answer, sort_keys=True)))

    def keep(self, reply: Reply, reason: Reason | None) -> None:
        """Keep what a stage decided on an answer: taken (None), or dropped for a reason."""
        taken = reply.answer if reason is None else None
        self._kept.keep(reply.key, Kept(answer=taken, reason=reason, digest=reply.digest))

    def gaps(self) -> tuple[Gap, ...]:
        """What the endpoint did not do, for the issue's gaps; empty where it did all."""
        out = [
            Gap(source="llm", kind=kind, message=f"{self._message[kind]}; {count} questions without an answer")
            for kind, count in sorted(self._failed.items())
        ]
        if self._unasked:
            message = f"{self._unasked} questions were not asked (settings llm.failures, llm.month_seconds)"
            out.append(Gap(source="llm", kind="given-up", message=f"{message}; the machine's own text stands"))
        return tuple(out)

    def close(self) -> None:
        """Close connections."""
        self._end()


@cache
def _tasks() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("geppo.llm").joinpath("tasks.toml").read_text(encoding="utf-8"))


def _system(task: str) -> str:
    name, _, language = task.partition(".")
    return str(_tasks()[name][language]["system"]).strip()
