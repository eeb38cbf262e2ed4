"""A loopback endpoint that answers as a test says and keeps every byte that reaches it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from geppo import config
from geppo.config import Settings, Value

Answer = Callable[[Mapping[str, Any]], object]
"""From what the model is shown (the user message, parsed) to what it says: an object, or a text as it stands."""


@dataclass(slots=True)
class Endpoint:
    """What the server says and what it was sent."""

    port: int
    answer: Answer
    bodies: list[bytes] = field(default_factory=list)
    heads: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The base address, as geppo.toml names it."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The data of each question."""
        return [json.loads(json.loads(body)["messages"][1]["content"]) for body in self.bodies]

    def settings(self, **values: Value) -> Settings:
        """Settings that name this endpoint."""
        given = {"endpoint": self.address, "model": "made", "timeout": 5, **values}
        return Settings(known=config.load().known, values={f"llm.{name}": value for name, value in given.items()})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    endpoint: Endpoint


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""

    def do_POST(self) -> None:
        """Answer a chat completion."""
        endpoint = self.server.endpoint
        body = self.rfile.read(int(self.headers["content-length"]))
        endpoint.bodies.append(body)
        endpoint.heads.append({key.lower(): value for key, value in self.headers.items()})
        said = endpoint.answer(json.loads(json.loads(body)["messages"][1]["content"]))
        text = said if isinstance(said, str) else json.dumps(said)
        data = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(data)


@contextmanager
def endpoint(answer: Answer) -> Iterator[Endpoint]:
    """An endpoint for as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.endpoint = Endpoint(port=server.server_address[1], answer=answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
