"""The table `[llm]` of a workspace as one checked value."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.model.marking import Tlp

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_MODEL = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where and how a model is asked. `address` is that of its chat completions; `ceiling` the highest marking sent.

    Times are in seconds, sizes in bytes or characters, as settings.toml says.
    """

    address: str
    host: str
    remote: bool
    model: str
    ceiling: Tlp
    wording: bool
    claims: bool
    claims_most: int
    seed: int
    timeout: float
    connect: float
    month_seconds: float
    failures: int
    answer_bytes: int
    question_characters: int
    tokens: int
    key: str = field(default="", repr=False)


def options(settings: Settings, environment: Mapping[str, str] = os.environ) -> Options | None:
    """What the settings say, or None where there is no endpoint.

    Raises UsageError for an address that is none, a host that needs `allow_remote`, a missing model, an unknown
    marking, and a variable for the key that is not set.
    """
    endpoint = settings.text("llm.endpoint").strip()
    if not endpoint:
        return None
    host, remote = _host(endpoint)
    if remote and not settings.flag("llm.allow_remote"):
        raise UsageError(
            f"[llm] endpoint: {host!r} is not this machine; what is asked would leave it. "
            "If that is meant, add `allow_remote = true` to [llm] in geppo.toml"
        )
    if remote and not endpoint.startswith("https://"):
        raise UsageError(f"[llm] endpoint: {host!r} is not this machine, so its address has to begin with https://")
    model = settings.text("llm.model")
    if _MODEL.fullmatch(model) is None:
        raise UsageError("[llm] model: expected the name by which the endpoint calls its model; `model` is needed")
    return Options(
        address=endpoint.rstrip("/") + "/chat/completions",
        host=host,
        remote=remote,
        model=model,
        ceiling=_marking(settings, "llm.max_marking_remote" if remote else "llm.max_marking"),
        wording=settings.flag("llm.wording"),
        claims=settings.flag("llm.claims"),
        claims_most=settings.integer("llm.claims_most"),
        seed=settings.integer("llm.seed"),
        timeout=settings.number("llm.timeout"),
        connect=settings.number("llm.connect"),
        month_seconds=settings.number("llm.month_seconds"),
        failures=settings.integer("llm.failures"),
        answer_bytes=settings.integer("llm.answer_bytes"),
        question_characters=settings.integer("llm.question_characters"),
        tokens=settings.integer("llm.tokens"),
        key=_key(settings.text("llm.key_env"), environment),
    )


def _host(endpoint: str) -> tuple[str, bool]:
    """The host of an endpoint and whether it is another machine."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        # The port is read for its fault: a wrong one is found only here.
        known = parts.port is None or parts.port > 0
    except ValueError as error:
        raise UsageError(f"[llm] endpoint: expected an address such as http://127.0.0.1:8080/v1 ({error})") from error
    if parts.scheme not in {"http", "https"} or not host or not known:
        raise UsageError("[llm] endpoint: expected an http or https address such as http://127.0.0.1:8080/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("[llm] endpoint: expected an address without user name, query or fragment; see `key_env`")
    return host, not _here(host)


def _here(host: str) -> bool:
    """True for this machine. Other spellings of an IPv4 address (127.1, 0x7f.1) are not read, and count as remote."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return address.is_loopback


def _marking(settings: Settings, name: str) -> Tlp:
    given = settings.text(name).strip().upper()
    for marking in Tlp:
        if given == marking.label:
            return marking
    known = ", ".join(marking.label for marking in Tlp)
    raise UsageError(f"{name}: expected one of {known}, got {settings.text(name)!r}")


def _key(variable: str, environment: Mapping[str, str]) -> str:
    """The key. Messages name the variable at most, and a name that is none may be the key itself."""
    if not variable:
        return ""
    if _VARIABLE.fullmatch(variable) is None:
        raise UsageError("[llm] key_env: expected the name of an environment variable, not the key itself")
    key = environment.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise UsageError(f"[llm] key_env: the environment variable {variable} is not set, or holds no key")
    return key
