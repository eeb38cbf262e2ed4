"""Access to sources that ask for a name and a key. Secrets come from the environment, never from a file."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from geppo.collect import Entry
from geppo.errors import InputError

OPTIONS = {
    "user_env": "name of the environment variable that holds the user's name",
    "secret_env": "name of the environment variable that holds the password or key",
}


def secret(entry: Entry, option: str) -> str:
    """What the environment variable named by the option holds; "" if the source has no such option.

    Raises InputError("no-secret") if the variable is not set, or holds what no header can.
    """
    name = entry.option(option)
    if not name:
        return ""
    value = os.environ.get(name, "").strip()
    if not value or not value.isprintable():
        raise InputError("no-secret", f"{entry.name}: set the environment variable {name} ({option} of the source)")
    return value


def basic_or_bearer(entry: Entry) -> Mapping[str, str]:
    """HTTP Basic with user and password (RFC 7617), Bearer with a key alone (RFC 6750), or nothing."""
    user, key = secret(entry, "user_env"), secret(entry, "secret_env")
    if user:
        pair = base64.b64encode(f"{user}:{key}".encode()).decode()
        return {"authorization": f"Basic {pair}"}
    return {"authorization": f"Bearer {key}"} if key else {}
