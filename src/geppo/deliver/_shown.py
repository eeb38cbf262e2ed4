"""Text from outside as a person may see it: no control characters, no direction tricks, no address to click by mistake.

Only the display changes. What is stored, hashed or exported stays verbatim.
"""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from urllib.parse import urlsplit

import re2

_LONGEST_ADDRESS = 2000
_LONGEST_TLD = 24

_INVISIBLE = re2.compile(
    r"[\x{0}-\x{8}\x{b}-\x{1f}\x{7f}-\x{9f}\x{ad}\x{61c}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2060}"
    r"\x{2066}-\x{206f}\x{feff}\x{fff9}-\x{fffb}\x{fffe}\x{ffff}\x{e0000}-\x{e007f}]"
)
_PICTOGRAPH = re2.compile(
    r"[\x{1f000}-\x{1faff}\x{2600}-\x{2604}\x{2607}-\x{263f}\x{2643}-\x{265f}\x{2668}\x{2670}-\x{27bf}\x{2b00}-\x{2bff}"
    r"\x{231a}-\x{231b}\x{23e9}-\x{23fa}\x{fe00}-\x{fe0f}\x{200d}\x{20e3}]"
)
_SCHEME = re2.compile(r"(?i)(h)tt(ps?://)")
_OTHER_SCHEME = re2.compile(r"(?i)(ftps?|sftp|wss?|file|ssh|smb|ldaps?)(://)")
_IPV4 = re2.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_IPV6 = re2.compile(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}")
_MAIL = re2.compile(r"([\p{L}\p{N}_.+\]-])@([\p{L}\p{N}])")
_MAIL_ROUNDS = 2
"""re2 has no look-around and its matches do not overlap: in "a@b@c" the second sign needs a second round."""
_DOTTED = re2.compile(r"[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endings:
    tlds: frozenset[str]
    file_suffixes: frozenset[str]
    product_names: frozenset[str]


@lru_cache(maxsize=1)
def _endings() -> _Endings:
    home = resources.files("geppo.deliver")
    lines = home.joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    raw = tomllib.loads(home.joinpath("defang.toml").read_text(encoding="utf-8"))
    return _Endings(
        tlds=frozenset(line for line in lines if line and not line.startswith("#")),
        file_suffixes=frozenset(raw["file_suffixes"]),
        product_names=frozenset((*raw["product_names"], *raw["house_names"])),
    )


def visible(text: str) -> str:
    """`text` without control characters, direction marks and other signs that show nothing; line breaks are blanks."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return str(_INVISIBLE.sub("", sound.replace("\r", " ").replace("\n", " ").replace("\t", " ")))


def _ipv4(text: str) -> str:
    out: list[str] = []
    at = 0
    for found in _IPV4.finditer(text):
        start, end = found.span()
        before, after = text[start - 1 : start], text[end : end + 2]
        part_of_longer = (
            before.isdigit() or before == "." or after[:1].isdigit() or (after[:1] == "." and after[1:].isdigit())
        )
        head, _, tail = found.group().rpartition(".")
        if part_of_longer or any(int(part) > 255 for part in found.group().split(".")):
            continue
        out += [text[at:start], head, "[.]", tail]
        at = end
    return "".join([*out, text[at:]])


def _ipv6(text: str) -> str:
    out: list[str] = []
    at = 0
    for found in _IPV6.finditer(text):
        value = found.group()
        if sum(char != ":" for char in value) < 2:
            continue
        try:
            ipaddress.IPv6Address(value)
        except ValueError:
            continue
        out += [text[at : found.start()], value.replace(":", "[:]")]
        at = found.end()
    return "".join([*out, text[at:]])


def _ascii_head(label: str) -> str:
    return label[: next((place for place, char in enumerate(label) if not char.isascii()), len(label))]


def _is_top(label: str, last: bool, endings: _Endings) -> bool:
    """True where a host name may end with this label, or with its ASCII part when kana or Han follow."""
    head = _ascii_head(label)
    ends_here = last or head != label
    if not ends_here or len(head) > _LONGEST_TLD:
        return False
    return head.lower() in endings.tlds or (last and label.lower() in endings.tlds)


def _host(run: str, endings: _Endings) -> str:
    labels = run.split(".")
    if run.lower() in endings.product_names or (len(labels) == 2 and labels[1].lower() in endings.file_suffixes):
        return run
    tops = [place for place in range(1, len(labels)) if _is_top(labels[place], place == len(labels) - 1, endings)]
    if not tops:
        return run
    return "[.]".join(labels[: tops[-1] + 1]) + "".join("." + label for label in labels[tops[-1] + 1 :])


def defang(text: str) -> str:
    """Write addresses, host names, URLs and mail addresses in `text` so that nothing can be clicked by mistake.

    `http` becomes `hxxp`; `[.]`, `[:]` and `[@]` break the value. What is defanged already stays as it is, so doing it
    twice changes nothing. A version number of four parts is broken too: a harmless change against a harmful miss.
    """
    endings = _endings()
    text = _SCHEME.sub(r"\1xx\2", text)
    text = _OTHER_SCHEME.sub(r"\1[:]//", text)
    text = _ipv6(_ipv4(text))
    for _ in range(_MAIL_ROUNDS):
        text = _MAIL.sub(r"\1[@]\2", text)
    out: list[str] = []
    at = 0
    for found in _DOTTED.finditer(text):
        out += [text[at : found.start()], _host(found.group(), endings)]
        at = found.end()
    return "".join([*out, text[at:]])


def shown(text: str) -> str:
    """`text` as a person may see it: visible and defanged."""
    return defang(visible(text))


def quiet(text: str) -> str:
    """A title as a list of sources prints it: shown, without pictographs."""
    return " ".join(shown(str(_PICTOGRAPH.sub("", text))).split())


def web_address(url: str) -> str:
    """`url` if it is a plain http or https address that may become a link, else an empty text."""
    if len(url) > _LONGEST_ADDRESS or url != visible(url) or any(char.isspace() for char in url):
        return ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return ""
    return url if sound and not set("<>\"'`\\{}|^") & set(url) else ""
