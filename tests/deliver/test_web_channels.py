"""TAXII push, web hook and folder: what arrives, and what answers become."""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from geppo.deliver.channel import Parcel, channels, config
from geppo.deliver.channel.taxii import MEDIA, batches
from geppo.deliver.channel.webhook import signature
from geppo.deliver.ledger import Outcome, Reply


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        status, answer, headers = self.server.answers[min(len(self.server.seen), len(self.server.answers)) - 1]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Silence."""


class _Server(HTTPServer):
    def __init__(self, answers: list[tuple[int, bytes, dict[str, str]]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.seen: list[tuple[str, dict[str, str], bytes]] = []


@contextmanager
def server(*answers: tuple[int, bytes, dict[str, str]]) -> Iterator[_Server]:
    """A web server that gives these answers in turn, the last one for good."""
    made = _Server(list(answers) or [(200, b"", {})])
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join(5)
        made.server_close()


def send(kind: str, folder: Path, parcel: Parcel, **table: Any) -> Reply:
    """One parcel through a channel of this kind."""
    made = config({"name": "x", "kind": kind, "editions": "member", **table}, "x", folder, 2, "Asia/Tokyo")

    async def go() -> Reply:
        async with channels()[kind].session(made) as session:
            answer = await session.send(parcel)
        assert isinstance(answer, Reply)
        return answer

    return asyncio.run(go())


def _bundle(count: int) -> Parcel:
    objects = [{"type": "note", "id": f"note--{n}", "content": "語" * 20} for n in range(count)]
    data = json.dumps({"type": "bundle", "objects": objects}).encode()
    return Parcel(id="2031-05.bundle@x", sender="", recipient="x", files=(("b", data),), facts={})


STATUS = json.dumps(
    {"id": "s1", "status": "complete", "success_count": 2, "failure_count": 0, "pending_count": 0}
).encode()
NOTICE = Parcel(
    id="2031-05.public.ja@x", sender="", recipient="x", files=(), facts={"title": "月報", "marking": "TLP:CLEAR"}
)


def test_taxii_posts_envelopes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    with server((202, STATUS, {})) as seen:
        url = f"http://127.0.0.1:{seen.server_port}/api/collections/c1/"
        secret = {"username": "u", "password": {"env": "GEPPO_TEST_SECRET"}}
        reply = send("taxii", tmp_path, _bundle(5), url=url, batch=400, **secret)
    assert reply.outcome is Outcome.SENT and reply.text.endswith("status s1: 2 success, 0 failure, 0 pending")
    assert len(seen.seen) > 1
    for path, headers, body in seen.seen:
        assert path == "/api/collections/c1/objects/" and len(body) <= 400
        assert headers["content-type"] == headers["accept"] == MEDIA
        assert headers["authorization"] == "Basic dTpzd29yZGZpc2g="
    sent = [one["id"] for _, _, body in seen.seen for one in json.loads(body)["objects"]]
    assert sent == [f"note--{n}" for n in range(5)]


def test_an_object_larger_than_a_batch_goes_alone() -> None:
    made = batches([{"id": "a", "x": "1" * 50}, {"id": "b"}, {"id": "c"}], 60)
    assert [[one["id"] for one in json.loads(post)["objects"]] for post in made] == [["a"], ["b", "c"]]
    assert batches([], 10) == []


FAILED = STATUS.replace(b'"failure_count": 0', b'"failure_count": 1')


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ((202, FAILED, {}), Outcome.REFUSED, "1 failure"),
        ((202, b"<html>", {}), Outcome.DEFERRED, "expected a TAXII status"),
        ((202, b"[]", {}), Outcome.DEFERRED, "expected a TAXII status"),
        ((413, b"too large", {}), Outcome.REFUSED, "too large"),
        ((401, b"who?", {}), Outcome.REFUSED, "who?"),
        ((429, b"later", {}), Outcome.DEFERRED, "later"),
        ((503, b"down", {}), Outcome.DEFERRED, "down"),
    ],
)
def test_taxii_answers(tmp_path: Path, answer: tuple[int, bytes, dict[str, str]], outcome: Outcome, words: str) -> None:
    with server(answer) as seen:
        reply = send("taxii", tmp_path, _bundle(1), url=f"http://127.0.0.1:{seen.server_port}/collections/1")
    assert reply.outcome is outcome and words in reply.text and reply.code == answer[0]


def test_web_hook_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    with server() as seen:
        url = f"http://127.0.0.1:{seen.server_port}/hook"
        reply = send("webhook", tmp_path, NOTICE, url=url, secret={"env": "GEPPO_TEST_SECRET"})
    assert reply == Reply(outcome=Outcome.SENT, code=200, text="")
    ((_, headers, body),) = seen.seen
    assert json.loads(body) == {"id": NOTICE.id, "title": "月報", "marking": "TLP:CLEAR"}
    expected = signature("swordfish", headers["webhook-id"], headers["webhook-timestamp"], body)
    assert hmac.compare_digest(headers["webhook-signature"], expected) and headers["webhook-id"] == NOTICE.id
    assert "swordfish" not in str(headers)


def test_signature_of_a_known_notice() -> None:
    """Worked out with openssl: printf '%s' '1.2.{}' | openssl dgst -sha256 -hmac key -binary | base64."""
    assert signature("key", "1", "2", b"{}") == "v1,9iXOMau8MQvofxZwGPd/aC/ZrwvhfkmpWBMiycRwdZ0="


def test_a_redirect_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    with server() as inside, server((307, b"", {"location": f"http://127.0.0.1:{inside.server_port}/x"})) as seen:
        url = f"http://127.0.0.1:{seen.server_port}/hook"
        reply = send("webhook", tmp_path, NOTICE, url=url, secret={"env": "GEPPO_TEST_SECRET"})
    assert reply.outcome is Outcome.REFUSED and "redirects are not followed" in reply.text
    assert len(seen.seen) == 1 and not inside.seen


def test_a_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    with server() as proxy, server() as seen:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        url = f"http://127.0.0.1:{seen.server_port}/hook"
        send("webhook", tmp_path, NOTICE, url=url, secret={"env": "GEPPO_TEST_SECRET"})
    assert len(seen.seen) == 1 and not proxy.seen


def test_folder_puts_whole_files_and_replaces_them(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    for data in (b"one", b"two"):
        files = (("2031-05/public.ja.html", data), ("2031-05/public.ja.pdf", data))
        parcel = Parcel(id="i", sender="", recipient="x", files=files, facts={})
        assert send("folder", tmp_path, parcel, path=str(share)).outcome is Outcome.SENT
    assert sorted(one.name for one in share.rglob("*") if one.is_file()) == ["public.ja.html", "public.ja.pdf"]
    assert (share / "2031-05" / "public.ja.pdf").read_bytes() == b"two"
