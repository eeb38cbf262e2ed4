"""One trail a line, with references and aliases in comments: the layout of maltrail's trail files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geppo.relay.lists import Listed, Unread, value_of

NAME = "trails"


def reads(lines: Sequence[str]) -> bool:
    """True for a text of comments with a reference and of single values."""
    referred = any(line.startswith(("# Reference:", "# Aliases:")) for line in lines)
    plain = [line for line in lines if line.strip() and not line.startswith("#")]
    return referred and sum(value_of(line) is not None for line in plain) >= 0.8 * len(plain) > 0


def entries(lines: Sequence[str]) -> Iterator[Listed | Unread]:
    """An entry a trail; the list gives no role and no window."""
    for number, line in enumerate(lines, start=1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        found = value_of(text)
        if found is None:
            yield Unread(line=number, text=line)
            continue
        kind, value, port = found
        yield Listed(
            line=number, kind=kind, value=value, port=port, role="", first_seen=None, last_seen=None, open_ended=False
        )
