"""Ways out: how parcels reach a mail server, a folder, a TAXII collection or a web hook.

The contract of a channel. A member is one module of this package whose name has no leading underscore:

    KIND: str                              the word of `kind` in channels.toml
    FIELDS: tuple[Field, ...]              what its table may hold beside the common fields
    takes(config) -> Takes                 what it is handed: one mail a reader, one edition, or the issue's bundle
    session(config) -> AsyncContextManager[Session]     connects lazily; `send` keeps the connection for the next parcel

`Session.send(parcel)` answers with a Reply and raises nothing but what the system raises for lost connections
(OSError, TimeoutError): the caller treats these as put off. A channel contacts the addresses of its own table and no
other: it follows no redirect and takes no proxy from the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from geppo.deliver._tlp import tlp
from geppo.deliver.ledger import Reply
from geppo.deliver.schedule import zone
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.marking import Tlp
from geppo.registry import family

PACKAGE = "geppo.deliver.channel"
FILE = "channels.toml"


class Takes(StrEnum):
    """What a channel is handed."""

    MAIL = "mail"
    EDITION = "edition"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing to hand over. `files` are (name, bytes); `facts` say what it is, for channels that announce."""

    id: str
    sender: str
    recipient: str
    files: tuple[tuple[str, bytes], ...]
    facts: Mapping[str, Any]


class Session(Protocol):
    """An open channel."""

    async def send(self, parcel: Parcel) -> Reply:
        """Hand one parcel over and say what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret lies. It is read when it is used, and never printed."""

    source: str
    place: str

    def __str__(self) -> str:
        return f"{self.source}:{self.place}"

    def reveal(self) -> str:
        """The secret itself. Raises UsageError where it is not there."""
        if self.source == "env":
            value = os.environ.get(self.place, "")
            if not value:
                raise UsageError(f"the environment variable {self.place} is not set; it should hold a secret")
            return value
        try:
            return Path(self.place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{self.place}: expected a readable file with a secret ({type(error).__name__})"
            ) from error


Kind = type[str] | type[int] | type[bool] | type[Secret]
Value = str | int | bool | Secret | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a channel's table. Without a default it must be there; `one_of` lists the words it takes."""

    name: str
    kind: Kind
    meaning: str
    default: Value = None
    needed: bool = False
    one_of: tuple[str, ...] = ()


COMMON = (
    Field(name="name", kind=str, meaning="how the command line and the ledger call it", needed=True),
    Field(name="kind", kind=str, meaning="which kind of channel", needed=True),
    Field(name="active", kind=bool, meaning="false: left out", default=True),
    Field(name="clearance", kind=str, meaning="the most closed marking that may go this way", default=Tlp.CLEAR.label),
    Field(name="editions", kind=str, meaning="editions that go this way: member, public, or both", needed=True),
    Field(
        name="timezone",
        kind=str,
        meaning="zone in which editions are due; the setting deliver.timezone by default",
        default="",
    ),
    Field(name="languages", kind=str, meaning="languages that go this way, with commas", default="ja,en"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One channel as configured. `values` hold what its FIELDS name; `str()` of it shows no secret."""

    name: str
    kind: str
    active: bool
    clearance: Tlp
    editions: tuple[str, ...]
    languages: tuple[str, ...]
    timezone: str
    timeout: float
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A text, empty where it is not set."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def integer(self, name: str) -> int:
        """A whole number, 0 where it is not set."""
        value = self.values.get(name)
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        """True where it is set to true."""
        return self.values.get(name) is True

    def secret(self, name: str) -> Secret | None:
        """Where a secret lies, or None."""
        value = self.values.get(name)
        return value if isinstance(value, Secret) else None


def channels() -> dict[str, ModuleType]:
    """The kinds of channel that can be imported here."""
    return {member.KIND: member for member in family(PACKAGE).members}


def _secret(value: object, where: str, folder: Path) -> Secret:
    if isinstance(value, dict) and len(value) == 1:
        source, place = next(iter(value.items()))
        if source in ("env", "file") and isinstance(place, str) and place:
            return Secret(source=source, place=place if source == "env" else str(folder / place))
    raise UsageError(f'{where}: secrets do not stand in {FILE}; expected {{ env = "NAME" }} or {{ file = "PATH" }}')


def _value(field: Field, raw: Mapping[str, Any], where: str, folder: Path) -> Value:
    if field.name not in raw:
        if field.needed:
            raise UsageError(f"{where}: {field.name} is missing ({field.meaning})")
        return field.default
    value = raw[field.name]
    if field.kind is Secret:
        return _secret(value, f"{where}: {field.name}", folder)
    if type(value) is not field.kind:
        raise UsageError(f"{where}: {field.name}: expected {field.kind.__name__} ({field.meaning})")
    if field.one_of and value not in field.one_of:
        raise UsageError(f"{where}: {field.name}: expected one of {', '.join(field.one_of)}, got {value!r}")
    assert isinstance(value, str | int | bool)
    return value


def _words(text: str, known: tuple[str, ...], where: str) -> tuple[str, ...]:
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    if not found or set(found) - set(known):
        raise UsageError(f"{where}: expected some of {', '.join(known)}, got {text!r}")
    return found


def config(raw: Mapping[str, Any], where: str, folder: Path, timeout: float, timezone: str) -> Config:
    """Check one table. Raises UsageError that names the table and the field."""
    kinds = channels()
    kind = raw.get("kind")
    member = kinds.get(kind) if isinstance(kind, str) else None
    if member is None:
        raise UsageError(f"{where}: kind: expected one of {', '.join(sorted(kinds))}, got {kind!r}")
    fields = (*COMMON, *member.FIELDS)
    unknown = sorted(set(raw) - {field.name for field in fields})
    if unknown:
        raise UsageError(f"{where}: unknown field {', '.join(unknown)}; see docs/delivery.md")
    values = {field.name: _value(field, raw, where, folder) for field in fields}
    clearance = tlp(str(values["clearance"]))
    if clearance is None:
        raise UsageError(f"{where}: clearance: expected {', '.join(one.label for one in Tlp)}")
    place = str(values["timezone"]) or timezone
    try:
        zone(place)
    except UsageError as error:
        raise UsageError(f"{where}: timezone: {error}") from error
    return Config(
        name=str(values["name"]),
        kind=member.KIND,
        active=values["active"] is True,
        clearance=clearance,
        editions=_words(str(values["editions"]), tuple(kind.value for kind in EditionKind), f"{where}: editions"),
        languages=_words(str(values["languages"]), ("ja", "en"), f"{where}: languages"),
        timezone=place,
        timeout=timeout,
        values={field.name: values[field.name] for field in member.FIELDS},
    )


def read_channels(folder: Path, timeout: float, timezone: str) -> tuple[Config, ...]:
    """The channels of a workspace. Raises UsageError where there are none or a table is wrong."""
    file = folder / FILE
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"no channels: expected {file}; docs/delivery.md shows one") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # A TOML message may quote the line, and a line may hold a secret that does not belong there.
        raise UsageError(f"{file}: expected TOML with [[channel]] tables ({type(error).__name__})") from None
    tables = raw.get("channel", [])
    if set(raw) - {"channel"} or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise UsageError(f"{file}: expected [[channel]] tables and nothing else")
    made = tuple(
        config(one, f"{FILE}: channel {n}", folder, timeout, timezone) for n, one in enumerate(tables, start=1)
    )
    names = [one.name for one in made]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{file}: two channels are called {', '.join(twice)}")
    return made
