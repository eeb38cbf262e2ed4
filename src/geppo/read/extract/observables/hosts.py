"""Mail addresses, IP addresses, domains and file names: everything that is a dotted word.

Traps: a version looks like an IPv4 address, a clock time like an IPv6 address, a file name like a domain, a sentence
without a blank after its full stop like a domain, and a class name too.
"""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType, Verdict
from geppo.read.extract.observables import _data, names, onions, paths
from geppo.read.extract.observables._candidate import Candidate, Taken, behind_digits, word_byte
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_NEAR = 14
_AROUND = 48
_CLOSE = 12
_LONGEST_NAME = 253


def mails(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Mail addresses; a blank on both sides of `@` is allowed."""
    for match in _data.pattern("host", "mail").finditer(clean.view):
        start, end = match.span()
        local, _, host = clean.text[start:end].partition("@")
        start += len(local) - len(local.lstrip(".-+_%"))
        host = host.strip().lower().rstrip("-_")
        end -= clean.text[start:end].endswith(("-", "_"))
        if not local.strip(" .-+_%") or not taken.free(start, end) or not _mail_host(host, clean.marked(start, end)):
            continue
        if local.strip() == "git" and clean.text[end : end + 1] == ":":
            continue
        taken.take(start, end)
        value = f"{local.strip(' ').lstrip('.-+_%')}@{host}"
        yield Candidate(
            type=ObservableType.EMAIL,
            value=value,
            start=start,
            end=end,
            host=host,
            defanged=_at_marked(clean, start, end),
        )


def _mail_host(host: str, marked: bool) -> bool:
    top = host.rpartition(".")[2]
    return names.well_formed(host) and (names.known_top(top) or (marked and names.plausible_top(top)))


def _at_marked(clean: Clean, start: int, end: int) -> bool:
    return clean.marked(start, end) or " @ " in clean.text[start:end]


def ipv6(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """IPv6 addresses: `::` or eight groups, never a clock time, a hardware address or a fingerprint."""
    for match in _data.pattern("host", "ipv6").finditer(clean.view):
        start, end = match.span()
        while end > start and clean.text[end - 1] == ":" and clean.text[end - 2 : end] != "::":
            end -= 1
        if word_byte(clean.view, start - 1) or clean.text[start] == ":" != clean.text[start + 1 : start + 2]:
            start = clean.text.find(":", start, end) + 1
        surface = clean.text[start:end]
        value = names.ipv6(surface) if _like_ipv6(surface) else ""
        if (
            not value
            or word_byte(clean.view, end)
            or clean.text[max(0, start - 2) : start] == "::"
            or not taken.free(start, end)
        ):
            continue
        length = _prefix_length(clean, end, 128)
        taken.take(start, end + len(length))
        bracketed = clean.text[start - 1 : start] == "[" and clean.text[end : end + 1] == "]"
        yield Candidate(
            type=ObservableType.IPV6,
            value=value + length,
            start=start,
            end=end + len(length),
            host=value,
            defanged=clean.marked(start, end),
            detail=_prefix(length) or (_port(clean, end + 1) if bracketed else ()),
        )


def _prefix(length: str) -> tuple[tuple[str, str], ...]:
    return (("prefix", length[1:]),) if length else ()


def _port(clean: Clean, end: int) -> tuple[tuple[str, str], ...]:
    """The port behind an address or host, where no second number follows."""
    if clean.text[end : end + 1] != ":":
        return ()
    last = behind_digits(clean.view, end + 1, 6)
    digits = clean.text[end + 1 : last]
    more = word_byte(clean.view, last) or (
        clean.text[last : last + 1] in {":", "."} and word_byte(clean.view, last + 1)
    )
    if not digits or digits[0] == "0" or int(digits) > 65535 or more:
        return ()
    return (("port", digits),)


def _marked(clean: Clean, start: int, end: int, port: tuple[tuple[str, str], ...]) -> bool:
    """True where a mark stood inside, or in the colon before the port."""
    return clean.marked(start, end + bool(port))


def _like_ipv6(surface: str) -> bool:
    groups = [group for group in surface.split(":") if group]
    if not any(char.isdigit() for char in surface):
        return False
    if "::" in surface:
        return surface.startswith("::") or len(groups) > 2 or len(groups[0]) > 2
    return any(len(group) != 2 for group in groups)


def _prefix_length(clean: Clean, end: int, most: int) -> str:
    """`/24` after an address where nothing of a path follows."""
    if clean.text[end : end + 1] != "/":
        return ""
    digits = ""
    for char in clean.text[end + 1 : end + 4]:
        if not (char.isascii() and char.isdigit()):
            break
        digits += char
    after = end + 1 + len(digits)
    if (
        not digits
        or int(digits) > most
        or word_byte(clean.view, after)
        or clean.text[after : after + 1] in {"/", "-", "_"}
    ):
        return ""
    return "/" + digits


def dotted(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """IPv4 addresses, domains and file names, and paths right behind a host. Paths are not marked as taken."""
    done = 0
    for match in _data.pattern("host", "dotted").finditer(clean.view):
        start, end = match.span()
        if start < done or not taken.free(start, end):
            continue
        for found in _in_token(clean, around, start, end):
            taken.take(found.start, found.end)
            yield found
            path = paths.behind(clean, found)
            if path is not None:
                yield path
            done = max(done, found.end, path.end if path else 0)


def _in_token(clean: Clean, around: Surroundings, start: int, end: int) -> Iterator[Candidate]:
    """The values of one token: first with the letters outside ASCII around it, else the token alone."""
    wider = _with_letters(clean.text, start, end)
    found = _dotted(clean, around, *wider) if wider else None
    if found is not None:
        yield found
    elif clean.view[start : start + 1] != b"?":
        for first, last in _tokens(clean.text, start, end):
            found = _dotted(clean, around, first, last)
            if found is not None:
                yield found


def international(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Domains under a top-level domain in Cyrillic or Greek letters. Scripts without blanks give no edges to trust."""
    if clean.text.isascii():
        return
    low = clean.text.lower()
    for top in _data.international_domains():
        place = low.find("." + top) if len(low) == len(clean.text) else -1
        while place >= 0:
            end = place + 1 + len(top)
            start = place
            while start and place - start < 253 and (_data.cased(low[start - 1]) or low[start - 1] in "-."):
                start -= 1
            host = low[start:end].strip("-.")
            start = end - len(host)
            edge = end == len(low) or not _data.cased(low[end])
            if edge and names.well_formed(host) and clean.text[place + 1].islower() and taken.free(start, end):
                taken.take(start, end)
                yield _domain(clean, start, end, host)
            place = low.find("." + top, end)


def _with_letters(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A token with the letters outside ASCII that belong to its labels (`müller.de`, `почта.com`), or None.

    A run of another script than the rest of its label is a word that the value is glued to, unless it is one letter or
    two: then it imitates Latin ones.
    """
    first, last = start, end
    while first > 0 and start - first < _LONGEST_NAME and _in_name(text[first - 1]):
        first -= 1
    while last < len(text) and last - end < _LONGEST_NAME and _in_name(text[last]):
        last += 1
    surface = text[first:last].strip("-._")
    if surface.isascii() or not _data.cased(text[start]) or not _one_name(surface):
        return None
    first = text.index(surface, first)
    return first, first + len(surface)


def _in_name(char: str) -> bool:
    return _data.cased(char) or char in "-._"


def _one_name(surface: str) -> bool:
    """False where a label joins Latin letters with three or more of another script."""
    for label in surface.split("."):
        other = "".join("x" if char >= "\u0370" else " " for char in label)
        latin = any(char.isalpha() and char < "\u0370" for char in label)
        if latin and "xxx" in other:
            return False
    return True


def _tokens(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The dotted word without the marks around it; a range of two addresses gives both."""
    if text[start : start + 5].lower().startswith(tuple(_data.suffixes("version_prefixes"))):
        start = next((place for place in range(start, end) if text[place].isdigit()), start)
    if start and text[start - 1] == "%" and text[start : start + 2].isalnum():
        start += 2
    surface = text[start:end]
    first, dash, last = surface.partition("-")
    if dash and names.is_ipv4(first) and names.is_ipv4(last):
        yield start, start + len(first)
        yield end - len(last), end
        return
    stripped = surface.strip("-")
    if surface[0] == surface[-1] == "_":
        stripped = stripped.strip("_")
    place = start + surface.find(stripped) if stripped else start
    yield place, place + len(stripped)


def _dotted(clean: Clean, around: Surroundings, start: int, end: int) -> Candidate | None:
    surface = clean.text[start:end]
    low = surface.lower()
    number = low[1:] if low[:1] == "v" else low
    if number.replace(".", "").isdigit():
        return _number(clean, around, end - len(number), end, low[:1] == "v")
    stem, _, top = low.rpartition(".")
    marked = clean.marked(start, end)
    if not stem.strip(".-_"):
        return None
    if top in _data.suffixes("files"):
        return _file(clean, start, end, note="")
    if not names.well_formed(low):
        return None
    if marked:
        if not (names.known_top(top) or names.plausible_top(top)):
            return None
        return _domain(clean, start, end, low)
    if not names.known_top(top) or _no_host(clean, surface, start, end):
        return None
    if top in _data.suffixes("both") or top in _data.suffixes("both_domain_first"):
        reason = _file_reason(clean, around, start, end, low, top)
        if reason:
            return _file(clean, start, end, note=reason)
    labels = low.split(".")
    if len(labels) > 2 and labels[0] in _data.suffixes("packages") and labels[-1] not in {"com", "net", "org"}:
        return _domain(clean, start, end, low, settled=Verdict.FILE_NAME, note="reads like a package name")
    return _domain(clean, start, end, low)


def _domain(clean: Clean, start: int, end: int, host: str, settled: str = "", note: str = "") -> Candidate:
    port = _port(clean, end)
    return Candidate(
        type=ObservableType.DOMAIN,
        value=host,
        start=start,
        end=end,
        host=host,
        settled=settled,
        note=note,
        defanged=_marked(clean, start, end, port),
        detail=tuple(sorted(onions.detail(host) + port)),
    )


def _file(clean: Clean, start: int, end: int, note: str) -> Candidate | None:
    surface = clean.text[start:end]
    stem = surface.rpartition(".")[0]
    if len(stem) in {32, 40, 64} and all(char in "0123456789abcdefABCDEF" for char in stem):
        return None
    if surface.lower() in _data.suffixes("products") or not any(char.isalnum() for char in stem):
        return None
    return Candidate(
        type=ObservableType.FILENAME,
        value=surface,
        start=start,
        end=end,
        settled=Verdict.FILE_NAME if note else "",
        note=note,
        defanged=clean.marked(start, end),
    )


def _beside_file(clean: Clean, around: Surroundings, start: int, end: int) -> bool:
    """True where the name before or behind it in a list has the ending of a file."""
    pattern, view = _data.pattern("host", "dotted"), clean.view
    behind = pattern.search(view, end, min(len(view), end + _AROUND))
    if behind and _file_name(clean, *behind.span()) and around.only("chain", end, behind.start()):
        return True
    before = [match.span() for match in pattern.finditer(view, max(0, start - _AROUND), start)]
    return bool(before) and _file_name(clean, *before[-1]) and around.only("chain", before[-1][1], start)


def _file_name(clean: Clean, start: int, end: int) -> bool:
    top = clean.text[start:end].rpartition(".")[2].lower()
    return top in _data.suffixes("files") or top in _data.suffixes("both")


def _number(clean: Clean, around: Surroundings, start: int, end: int, prefixed: bool) -> Candidate | None:
    """An IPv4 address or a version that looks like one. A number with more or fewer parts is neither."""
    value = clean.text[start:end]
    if not names.is_ipv4(value) or (clean.text[end : end + 1] == "." and _digit(clean, end + 1)):
        return None
    port = _port(clean, end)
    marked = _marked(clean, start, end, port)
    reason = "" if marked else _version_reason(clean, around, start, end, prefixed)
    length = "" if reason else _prefix_length(clean, end, 32)
    return Candidate(
        type=ObservableType.IPV4,
        value=value + length,
        start=start,
        end=end + len(length),
        host=value,
        settled=Verdict.VERSION_NUMBER if reason else "",
        note=reason,
        defanged=marked,
        detail=_prefix(length) or (() if reason else port),
    )


def _digit(clean: Clean, index: int) -> bool:
    return clean.view[index : index + 1].isdigit()


def _version_reason(clean: Clean, around: Surroundings, start: int, end: int, prefixed: bool) -> str:
    if prefixed:
        return "written with a v before it"
    before = clean.text[max(0, start - 40) : start]
    if before.endswith("/"):
        word = before[:-1].split(" ")[-1]
        name = word.strip("()[]\"'").rpartition("/")[2]
        if name[:1].isupper() and name.replace("-", "").isalnum() and not name.isupper():
            return f"follows the program name {name}"
    first = max(around.sentence(start, end)[0], start - _NEAR)
    place, word = around.last_cue("version", first, start)
    if place >= 0 and not names.is_ipv4(clean.text[place:start].strip(" .,:()")):
        return f"follows the word {word}"
    place, word = around.last_cue("product", first, start)
    if place >= 0 and not clean.text[place:start].strip(" v."):
        return f"follows the program name {word}"
    if _numbers_heading(clean, around, start, end):
        return "numbers a heading"
    place, word = around.first_cue("version_after", end, min(len(clean.text), end + _NEAR))
    if place >= 0 and not clean.text[end:place].strip():
        return f"followed by the words {word}"
    return ""


def _numbers_heading(clean: Clean, around: Surroundings, start: int, end: int) -> bool:
    """Small numbers that open a short line, with words after them."""
    first, last = around.line(start)
    parts = [int(part) for part in clean.text[start:end].split(".")]
    after = clean.text[end : end + 3].strip("*# .")
    opens = not clean.text[first:start].strip(" #*_")
    return (
        opens and max(parts) < 30 and last - first < 100 and clean.text[end : end + 1] in " *" and after[:1].isalpha()
    )


def _no_host(clean: Clean, surface: str, start: int, end: int) -> bool:
    """True for sentence ends without a blank, code, detection names and product names."""
    labels = surface.split(".")
    top = labels[-1]
    low = surface.lower()
    if low in _data.suffixes("products") or (
        clean.text[start - 1 : start] == "." and _data.registered_domain(low) == ""
    ):
        return True
    if labels[0].lower() in _data.suffixes("code") and labels[0].lower() not in {"www"} and not labels[0].islower():
        return True
    if (
        labels[0].lower() in _data.suffixes("code")
        and len(labels) > 2
        and labels[0].lower() not in {"html", "net", "js", "shell", "linux"}
    ):
        return True
    if (
        top[0].isupper()
        and not surface.isupper()
        and not (top[1:].islower() and labels[-2][0].isupper() and top.lower() in {"com", "org"})
    ):
        return True
    if clean.view[end : end + 2] in {b"()", b"('", b'("'}:
        return True
    return len(labels) == 2 and labels[0].isdigit() and len(labels[0]) < 3


def _file_reason(clean: Clean, around: Surroundings, start: int, end: int, low: str, top: str) -> str:
    """Why a name with a doubtful ending is a file, or "" for a domain. Only for names that are not defanged."""
    before, after = clean.text[start - 1 : start], clean.text[end : end + 1]
    if before == "\\" or after == "\\":
        return "stands in a file-system path"
    if low.startswith("www.") or clean.text[end : end + 2] in {":/", "//"} or clean.text[start - 2 : start] == "//":
        return ""
    if before == "/" and top in _data.suffixes("both"):
        return "stands in a path"
    first, last = around.sentence(start, end)
    first, last = max(first, start - _AROUND), min(last, end + _AROUND)
    if top in _data.suffixes("both_domain_first"):
        if low.count(".") > 1:
            return ""
        first, last = max(first, start - _CLOSE), min(last, end + _CLOSE)
    host_at, host = around.last_cue("host", first, start)
    file_at, file = around.last_cue("file", first, start)
    if not host and not file:
        listed = top in _data.suffixes("both") or top in _data.suffixes("in_file_lists")
        if listed and _beside_file(clean, around, start, end):
            return "stands in a list of files"
        host_at, host = around.first_cue("host", end, last)
        file_at, file = around.first_cue("file", end, last)
        host_at, file_at = -host_at, -file_at
    if file and (not host or file_at >= host_at):
        return f"near the word {file}"
    if host:
        return ""
    if top in _data.suffixes("both_domain_first"):
        upper = top == "app" and clean.text[start].isupper()
        return "reads like a program bundle" if upper else ""
    return f".{top} is the ending of a file type, and nothing near says that it is a host"
