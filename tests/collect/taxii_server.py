"""A real TAXII 2.1 server for tests: medallion (OASIS), its objects in memory, on loopback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

USER, KEY = "desk", "swordfish"
_MEDIA = "application/taxii+json;version=2.1"
READ, WRITE, SHUT = "reports", "inbox", "sealed"


@dataclass(slots=True)
class Taxii:
    """A running server. `asked` is what was asked for: path, query, and the Accept header."""

    base: str = ""
    backend: Any = None
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    answered: list[tuple[int, str]] = field(default_factory=list)
    hold: Callable[[int], None] = lambda _: None
    """Called before each answer with the number of requests so far."""

    @property
    def pages(self) -> list[dict[str, list[str]]]:
        """The queries for objects."""
        return [query for path, query, _ in self.asked if path.endswith("/objects/")]

    def collection(self, name: str) -> dict[str, Any]:
        """The server's own record of a collection."""
        found: dict[str, Any] = next(one for one in self.backend.data["root"]["collections"] if one["id"] == name)
        return found

    def add(self, name: str, objects: Sequence[dict[str, Any]], added: str) -> None:
        """Objects as if somebody had posted them at that time."""
        status = self.backend.add_objects("root", name, {"objects": list(objects)}, datetime.fromisoformat(added))
        assert not status["failure_count"]


def _collection(name: str, *, read: bool, write: bool) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"Collection {name}",
        "can_read": read,
        "can_write": write,
        "media_types": [],
        "objects": [],
        "manifest": [],
    }


def _data() -> dict[str, Any]:
    collections = [
        _collection(READ, read=True, write=False),
        _collection(WRITE, read=True, write=True),
        _collection(SHUT, read=False, write=True),
    ]
    information = {"title": "Root", "versions": [_MEDIA], "max_content_length": 10_000_000}
    return {
        "/discovery": {"title": "Made desk", "api_roots": ["/root/"]},
        "root": {"information": information, "status": [], "collections": collections},
    }


@contextmanager
def running(page: int) -> Iterator[Taxii]:
    """A server whose pages hold at most `page` objects, for as long as the block runs."""
    # Without types, so not imported by name.
    medallion: Any = import_module("medallion")
    serving: Any = import_module("werkzeug.serving")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    logging.getLogger("medallion").setLevel(logging.CRITICAL)
    app = medallion.application_instance
    made = Taxii()
    configuration = {
        "users": {USER: KEY},
        "taxii": {"max_page_size": page},
        "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend"},
    }
    for name in configuration:
        medallion.set_config(app, name, configuration)
    if "objects" not in app.blueprints:
        medallion.register_blueprints(app)
    made.backend = app.medallion_backend
    made.backend.data = _data()

    def counted(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        made.asked.append((environ["PATH_INFO"], query, environ.get("HTTP_ACCEPT", "")))
        made.hold(len(made.asked))

        def noted(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            made.answered.append((int(status[:3]), dict(headers).get("Content-Type", "")))
            return start(status, headers, *rest)

        return app.wsgi_app(environ, noted)

    server = serving.make_server("127.0.0.1", 0, counted, threaded=True)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
