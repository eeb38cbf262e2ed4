"""One question to an OpenAI-compatible endpoint (`POST …/chat/completions`), bounded in time and size.

The interface is the one of the OpenAI API reference (chat completions with `response_format` of type `json_schema`), as
llama.cpp, vLLM and others serve it. No redirect is followed, no proxy or key is taken from the environment, nothing
packed is accepted, and no text of the answer gets into a message.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpcore2
import httpx2

from geppo import __version__
from geppo.errors import InputError
from geppo.llm.options import Options

Schema = Mapping[str, Any]


@dataclass(slots=True)
class _Watch:
    """Ends a request at its deadline by closing its connection: a server that drips bytes gains nothing."""

    seconds: float
    late: bool = False
    _streams: list[Any] = field(default_factory=list)
    _timer: threading.Timer | None = None

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Called by httpcore2 with each step of a request."""
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._streams.append(info["return_value"])

    def _end(self) -> None:
        self.late = True
        for stream in reversed(self._streams):
            found = stream.get_extra_info("socket")
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Watch:
        self._timer = threading.Timer(self.seconds, self._end)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()


_FAULTS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, httpcore2.NetworkError, httpcore2.ProtocolError,
           httpcore2.TimeoutException, OSError, ValueError)  # fmt: skip


class Client:
    """Asks one endpoint. `clock` measures how long answers took."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._clock = clock
        self.spent = 0.0
        """Seconds spent on answers so far."""
        limits = httpx2.Timeout(options.timeout, connect=options.connect)
        self._client = httpx2.Client(timeout=limits, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def ask(self, system: str, data: str, name: str, schema: Schema) -> dict[str, Any]:
        """The answer to `data` as a JSON object.

        Raises InputError with a kind of docs/llm.md: refused, timeout, denied, missing, rate-limited, client-error,
        server-error, moved, too-large, protocol, no-json.
        """
        options = self._options
        body = {
            "model": options.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": data}],
            "temperature": 0,
            "seed": options.seed,
            "max_tokens": options.tokens,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            },
        }
        begun = self._clock()
        try:
            return content(self._post(json.dumps(body, ensure_ascii=False).encode()))
        finally:
            self.spent += self._clock() - begun

    def _post(self, body: bytes) -> bytes:
        options = self._options
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": f"geppo/{__version__}",
        }
        if options.key:
            headers["authorization"] = f"Bearer {options.key}"
        watch = _Watch(seconds=options.timeout)
        try:
            with (
                watch,
                self._client.stream(
                    "POST", options.address, content=body, headers=headers, extensions={"trace": watch.trace}
                ) as answer,
            ):
                _refuse(answer.status_code, options.host)
                if answer.headers.get("content-encoding", "identity").lower() != "identity":
                    raise InputError("protocol", f"{options.host}: the answer is packed, which was not asked for")
                data = self._read(answer)
            # A body without a length ends where its connection does, also when that is our doing.
            if watch.late:
                raise InputError("timeout", f"{options.host}: no whole answer in time (setting llm.timeout)")
            return data
        except InputError:
            raise
        except _FAULTS as error:
            raise self._fault(error, watch) from error

    def _read(self, answer: httpx2.Response) -> bytes:
        most = self._options.answer_bytes
        pieces: list[bytes] = []
        length = 0
        for piece in answer.iter_raw():
            length += len(piece)
            if length > most:
                raise InputError("too-large", f"{self._options.host}: more than {most} bytes (llm.answer_bytes)")
            pieces.append(piece)
        return b"".join(pieces)

    def _fault(self, error: Exception, watch: _Watch) -> InputError:
        host = self._options.host
        if watch.late or isinstance(error, httpx2.TimeoutException | httpcore2.TimeoutException):
            return InputError("timeout", f"{host}: no whole answer in time (settings llm.timeout, llm.connect)")
        if isinstance(error, httpx2.ConnectError | httpcore2.ConnectError):
            return InputError("refused", f"{host}: no connection; start the model's server or mend [llm] endpoint")
        return InputError("protocol", f"{host}: no answer in HTTP ({type(error).__name__})")


_KINDS = {401: "denied", 403: "denied", 404: "missing", 408: "timeout", 429: "rate-limited"}


def _refuse(status: int, host: str) -> None:
    if status == 200:
        return
    if 300 <= status < 400:
        raise InputError("moved", f"{host}: moved ({status}); redirects are not followed, mend the endpoint")
    kind = _KINDS.get(status, "server-error" if status >= 500 else "client-error")
    raise InputError(kind, f"{host}: the endpoint answered {status}; check its address, model and key")


def content(answer: bytes) -> dict[str, Any]:
    """The JSON object that the first choice holds. Raises InputError("protocol") or ("no-json")."""
    outer = _object(answer, "protocol", "the answer is no chat completion")
    try:
        text = outer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise InputError("protocol", "the answer is no chat completion: no choices[0].message.content") from error
    if not isinstance(text, str):
        raise InputError("protocol", "the answer is no chat completion: its content is no text")
    return _object(text, "no-json", "the model's text is not the JSON object that was asked for")


def _object(data: bytes | str, kind: str, message: str) -> dict[str, Any]:
    try:
        found = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError(kind, message) from error
    if not isinstance(found, dict):
        raise InputError(kind, message)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
