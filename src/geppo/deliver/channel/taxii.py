"""Pushes the issue's STIX bundle into a collection of a TAXII 2.1 server (OASIS TAXII 2.1, section 5.6).

Objects above the channel's clearance stay here, and so does what would only point at them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from geppo.deliver.channel import Config, Field, Parcel, Secret, Takes, _web
from geppo.deliver.ledger import Outcome, Reply
from geppo.errors import UsageError

KIND = "taxii"
FIELDS = (
    Field(name="url", kind=str, meaning="the collection: …/collections/ID/", needed=True),
    Field(name="username", kind=str, meaning="who logs in (HTTP Basic)", default=""),
    Field(name="password", kind=Secret, meaning="the password"),
    Field(name="token", kind=Secret, meaning="a bearer token instead"),
    Field(name="batch", kind=int, meaning="bytes of objects in one post", default=2_000_000),
)
MEDIA = "application/taxii+json;version=2.1"
_WHOLE = '{"objects":[]}'
_ASKED = 40
"""Ids in one question; about 2,000 characters of address."""
_MOST_VERSIONS, _MOST_PAGES = 1000, 100
"""Versions in one answer, and answers."""


def takes(_config: Config) -> Takes:
    """The issue's bundle."""
    return Takes.BUNDLE


def batches(objects: list[dict[str, Any]], limit: int) -> list[bytes]:
    """Envelopes of at most `limit` bytes; an object that is larger alone goes alone."""
    made: list[bytes] = []
    held: list[str] = []
    size = len(_WHOLE)
    for one in objects:
        text = json.dumps(one, ensure_ascii=True, separators=(",", ":"))
        if held and size + len(text) + 1 > limit:
            made.append(f'{{"objects":[{",".join(held)}]}}'.encode())
            held, size = [], len(_WHOLE)
        held.append(text)
        size += len(text) + 1
    return [*made, f'{{"objects":[{",".join(held)}]}}'.encode()] if held else made


class _Session:
    def __init__(self, config: Config, client: httpx2.AsyncClient) -> None:
        self._config, self._client = config, client
        self._url = _web.address(config).rstrip("/") + "/objects/"
        self._manifest = _web.address(config).rstrip("/") + "/manifest/"
        self._headers = {"accept": MEDIA, "content-type": MEDIA}
        token, password = config.secret("token"), config.secret("password")
        if token and password:
            raise UsageError(f"channel {config.name}: expected a token or a password, got both")
        if token:
            self._headers["authorization"] = f"Bearer {token.reveal()}"
        if password:
            pair = base64.b64encode(f"{config.text('username')}:{password.reveal()}".encode()).decode()
            self._headers["authorization"] = f"Basic {pair}"

    async def send(self, parcel: Parcel) -> Reply:
        bundle = json.loads(parcel.files[0][1])
        posts = batches(bundle["objects"], self._config.integer("batch"))
        last = Reply(outcome=Outcome.SENT, code=0, text="no objects")
        for post in posts:
            try:
                answer = await self._client.post(self._url, content=post, headers=self._headers)
            except httpx2.HTTPError as error:
                return _web.lost(error)
            last = _status(answer)
            if last.outcome is Outcome.REFUSED and await self._held(answer):
                last = Reply(outcome=Outcome.SENT, code=last.code, text=f"{last.text} (held already)")
            if last.outcome is not Outcome.SENT:
                return last
        return Reply(outcome=last.outcome, code=last.code, text=f"{len(posts)} posts; {last.text}")

    async def _held(self, answer: httpx2.Response) -> bool:
        """True where the collection holds each object that the server counts as a failure, in that version.

        A server in use (medallion 3) counts an object that it holds already as a failure, so an issue that is sent once
        more, or after a connection was cut, would look refused.
        """
        failed = _failures(answer)
        try:
            for start in range(0, len(failed), _ASKED):
                some = dict(failed[start : start + _ASKED])
                held = await self._versions(list(some))
                # An observable has no version of its own: the server's is the time at which it came.
                if not all(version in held[name] if version else held[name] for name, version in some.items()):
                    return False
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            return False
        return bool(failed)

    async def _versions(self, names: list[str]) -> dict[str, set[str]]:
        """The versions of these objects in the collection's manifest (TAXII 2.1 section 5.3)."""
        held: dict[str, set[str]] = {name: set() for name in names}
        query = {"match[id]": ",".join(names), "match[version]": "all", "limit": str(_MOST_VERSIONS)}
        for _ in range(_MOST_PAGES):
            answer = await self._client.get(self._manifest, params=query, headers=self._headers)
            listed = answer.raise_for_status().json()
            for one in listed.get("objects", ()):
                held[one["id"]].add(one["version"])
            if listed.get("more") is not True:
                break
            query["next"] = listed["next"]
        return held


def _failures(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Id and version of each object of the post that the server could not take; none if it does not name them all."""
    try:
        status = answer.json()
        sent = {str(one["id"]): str(one.get("modified", "")) for one in json.loads(answer.request.content)["objects"]}
        failed = [(str(one["id"]), sent[str(one["id"])]) for one in status["failures"]]
    except (ValueError, KeyError, TypeError):
        return []
    return failed if len(failed) == status.get("failure_count") else []


def _status(answer: httpx2.Response) -> Reply:
    """The status resource of one post: objects that the server could not take make it a refusal."""
    reply = _web.reply(answer)
    if reply.outcome is not Outcome.SENT:
        return reply
    try:
        status = answer.json()
        counts = {name: int(status.get(f"{name}_count", 0)) for name in ("success", "failure", "pending")}
    except (ValueError, AttributeError, TypeError):
        return Reply(outcome=Outcome.DEFERRED, code=reply.code, text="expected a TAXII status, got something else")
    text = f"status {status.get('id', '')}: " + ", ".join(f"{count} {name}" for name, count in counts.items())
    return Reply(outcome=Outcome.REFUSED if counts["failure"] else Outcome.SENT, code=reply.code, text=text)


@asynccontextmanager
async def session(config: Config) -> AsyncIterator[_Session]:
    """Posts to the collection of the table. Raises UsageError for a wrong address or a missing secret."""
    async with _web.client(config) as client:
        yield _Session(config, client)
