"""The language model of a workspace, where one is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.cli._place import Workspace
    from geppo.config import Settings
    from geppo.llm.session import Session

FOLDER = "llm"
"""Where a workspace keeps what its model answered."""

_PROBE = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


@contextmanager
def session(place: Workspace, wanted: bool | None) -> Iterator[Session | None]:
    """A session with the endpoint of the workspace; None where there is none or it is not wanted.

    Raises UsageError for a faulty table `[llm]`, and where a model is asked for and no endpoint is named.
    """
    from geppo.llm.cache import Cache
    from geppo.llm.options import options
    from geppo.llm.session import Session

    known = None if wanted is False else options(place.settings)
    if known is None:
        if wanted:
            raise UsageError("month: --llm needs `endpoint` and `model` under [llm] in geppo.toml; see docs/llm.md")
        yield None
        return
    with closing(Session(known, Cache(place.root / FOLDER))) as made:
        yield made


def record(asked: Session | None, folder: Path) -> tuple[Path, ...]:
    """Write `llm.json` beside an issue; one of an earlier run does not stay beside an issue without a model."""
    from geppo.llm.record import FILE, render

    path = folder / FILE
    if asked is None:
        path.unlink(missing_ok=True)
        return ()
    unfinished = folder / f".{FILE}.unfinished"
    unfinished.write_bytes(render(asked.options.model, asked.proposals))
    unfinished.replace(path)
    return (path,)


def state(settings: Settings) -> str:
    """What `geppo doctor` says: the endpoint is asked one question that holds nothing of the workspace.

    Raises UsageError for a faulty table and InputError where the endpoint does not answer as it should.
    """
    from geppo.llm.client import Client
    from geppo.llm.options import options

    known = options(settings)
    if known is None:
        return "off (no endpoint under [llm] in geppo.toml)"
    client = Client(known)
    try:
        client.ask('Answer with the JSON object {"ok": true}.', "{}", "probe", _PROBE)
    finally:
        client.close()
    where = "another machine" if known.remote else "this machine"
    on = [name for name, used in (("wording", known.wording), ("claims", known.claims)) if used]
    use = " and ".join(on) or "nothing"
    return f"{known.model} at {known.host} ({where}) answers; for {use}, up to {known.ceiling.label}"
