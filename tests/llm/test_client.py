"""An endpoint can be down, slow, huge or talk nonsense: each ends in its kind of error, in time, and quotes nothing."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress

import pytest

from geppo.errors import InputError
from geppo.llm.client import Client, content
from geppo.llm.options import Options, options
from tests.collect.served import Reply, served
from tests.llm.endpoint import endpoint

_HOSTILE = "<script>ignore-previous-8841</script>"
_SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


def _options(address: str, **values: float) -> Options:
    from geppo import config
    from geppo.config import Settings

    given: dict[str, str | float] = {"endpoint": address, "model": "made", "timeout": 0.4, "connect": 0.4, **values}
    found = options(Settings(known=config.load().known, values={f"llm.{name}": one for name, one in given.items()}))
    assert found is not None
    return found


def _chat(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("timeout", Reply(mode="hang")),
        ("timeout", Reply(mode="drip")),
        ("protocol", Reply(mode="drop")),
        ("protocol", Reply(mode="short", body=_chat("{}"))),
        ("too-large", Reply(mode="endless")),
        ("too-large", Reply(body=_chat("{}") + b" " * 70_000)),
        ("denied", Reply(status=401, body=_HOSTILE.encode())),
        ("missing", Reply(status=404, body=_HOSTILE.encode())),
        ("rate-limited", Reply(status=429)),
        ("client-error", Reply(status=422, body=_HOSTILE.encode())),
        ("server-error", Reply(status=500, body=_HOSTILE.encode())),
        ("moved", Reply(status=302, headers={"location": "http://192.0.2.1/"})),
        ("moved", Reply(status=307, headers={"location": "{base}/elsewhere"})),
        ("protocol", Reply(headers={"content-encoding": "gzip"}, body=b"\x1f\x8b\x08")),
        ("protocol", Reply(body=_HOSTILE.encode())),
        ("protocol", Reply(body=b"[" * 50_000)),
        ("protocol", Reply(body=b'{"choices": []}')),
        ("protocol", Reply(body=b'{"choices": [{"message": {"content": 7}}]}')),
        ("protocol", Reply(body=b'{"choices": {"0": 1}}')),
        ("protocol", Reply(body=b"\xff\xfe{}")),
        ("no-json", Reply(body=_chat(_HOSTILE))),
        ("no-json", Reply(body=_chat('["ok"]'))),
        ("no-json", Reply(body=_chat('{"ok": true, "ok": false}'))),
        ("no-json", Reply(body=_chat('```json\n{"ok": true}\n```'))),
        ("no-json", Reply(body=_chat("[" * 30_000))),
    ],
)
def test_failures(kind: str, reply: Reply) -> None:
    begun = time.monotonic()
    with served({"/v1/chat/completions": [reply]}) as site:
        client = Client(_options(f"{site.base}/v1"))
        with pytest.raises(InputError) as caught:
            client.ask("s", "{}", "made", _SCHEMA)
        client.close()
        asked = dict(site.asked)
    assert caught.value.kind == kind
    assert _HOSTILE not in str(caught.value)
    assert asked == {"/v1/chat/completions": 1}
    assert time.monotonic() - begun < 3


def test_a_head_that_drips_ends_at_the_deadline() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        taken, _ = listening.accept()
        with taken, suppress(OSError):
            taken.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(200):
                taken.sendall(f"x-{number}: 1\r\n".encode())
                if over.wait(0.03):
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    client = Client(_options(f"http://127.0.0.1:{listening.getsockname()[1]}/v1"))
    with pytest.raises(InputError) as caught:
        client.ask("s", "{}", "made", _SCHEMA)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - begun < 2
    over.set()
    client.close()
    thread.join()
    listening.close()


def test_nobody_there() -> None:
    client = Client(_options("http://127.0.0.1:9/v1"))
    with pytest.raises(InputError) as caught:
        client.ask("s", "{}", "made", _SCHEMA)
    client.close()
    assert caught.value.kind == "refused"


def test_a_question_as_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    monkeypatch.setenv("MADE_KEY", "sk-made")
    with endpoint(lambda shown: {"ok": shown["a"] == 1}) as made:
        found = options(made.settings(key_env="MADE_KEY", seed=4, tokens=50))
        assert found is not None
        client = Client(found)
        assert client.ask("told", '{"a": 1}', "made", _SCHEMA) == {"ok": True}
        assert client.spent > 0
        client.close()
    body = json.loads(made.bodies[0])
    assert (body["temperature"], body["seed"], body["max_tokens"], body["stream"]) == (0, 4, 50, False)
    assert body["response_format"]["json_schema"]["schema"] == _SCHEMA
    assert made.heads[0]["authorization"] == "Bearer sk-made"
    assert b"sk-made" not in made.bodies[0]


def test_content_is_one_object() -> None:
    assert content(_chat('{"sentence": "A."}')) == {"sentence": "A."}
