"""A web hook: tells another program that an edition is out, signed with a shared secret.

Head fields and signature as the Standard Webhooks specification has them
(github.com/standard-webhooks/standard-webhooks): `webhook-id`, `webhook-timestamp`, and `webhook-signature` with
`v1,BASE64(HMAC-SHA256(secret, "id.timestamp.body"))`. The id is the same when a notice comes again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from geppo.deliver.channel import Config, Field, Parcel, Secret, Takes, _web
from geppo.deliver.ledger import Reply

KIND = "webhook"
FIELDS = (
    Field(name="url", kind=str, meaning="where the notice goes", needed=True),
    Field(name="secret", kind=Secret, meaning="key of the signature", needed=True),
)


def takes(_config: Config) -> Takes:
    """One notice an edition."""
    return Takes.EDITION


def signature(secret: str, id_: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`."""
    digest = hmac.new(secret.encode(), b".".join((id_.encode(), timestamp.encode(), body)), hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


class _Session:
    def __init__(self, config: Config, client: httpx2.AsyncClient) -> None:
        self._url, self._client = _web.address(config), client
        secret = config.secret("secret")
        self._secret = secret.reveal() if secret else ""

    async def send(self, parcel: Parcel) -> Reply:
        body = json.dumps({"id": parcel.id, **parcel.facts}, ensure_ascii=False, sort_keys=True).encode()
        timestamp = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "webhook-id": parcel.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._secret, parcel.id, timestamp, body),
        }
        try:
            return _web.reply(await self._client.post(self._url, content=body, headers=headers))
        except httpx2.HTTPError as error:
            return _web.lost(error)


@asynccontextmanager
async def session(config: Config) -> AsyncIterator[_Session]:
    """Posts notices to the address of the table. Raises UsageError for a wrong address or a missing secret."""
    async with _web.client(config) as client:
        yield _Session(config, client)
