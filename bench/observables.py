"""Observables: ways of writing a value, decoys, and speed, each beside ioc-finder where that is installed.

The matrix writes every kind of value in every way that fits it into every frame of five languages; only the frames are
kept (tests/cases/observables/frames.toml). A value counts as found where its type and its plain form come back;
whatever else comes back is false, but for what stands inside the value (the host of an address). Frames and ways of
writing were known while the code was written: expect less elsewhere.
"""

from __future__ import annotations

import random
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geppo.model.observable import Verdict
from geppo.read.extract.observables import find

CASES = Path(__file__).parent.parent / "tests" / "cases" / "observables"
LANGUAGES = ("en", "ja", "zh", "ko", "ru")
FRAMES = ("spaced", "glued", "bracketed")
NO_INDICATOR = frozenset({Verdict.VERSION_NUMBER, Verdict.CLOCK_TIME, Verdict.FILE_NAME})
SEED = 7
MADE_BYTES = 400_000

Value = tuple[str, str]
Finder = Callable[[str], set[Value]]
Writer = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text of the matrix, with the one value in it."""

    language: str
    frame: str
    style: str
    kind: str
    value: Value
    text: str


def peer() -> Finder | None:
    """ioc-finder as a function from a text to its (type, value), or None."""
    try:
        from ioc_finder import find_iocs
    except ImportError:
        return None
    names = {
        "ipv4s": "ipv4",
        "ipv6s": "ipv6",
        "domains": "domain",
        "urls": "url",
        "email_addresses": "email",
        "md5s": "md5",
        "sha1s": "sha1",
        "sha256s": "sha256",
        "cves": "cve",
    }

    def found(text: str) -> set[Value]:
        got = find_iocs(text)
        return {(kind, plain(kind, str(value))) for name, kind in names.items() for value in got.get(name, ())}

    return found


def own(text: str) -> set[Value]:
    """The values of geppo that could be an indicator by their type and verdict."""
    return {
        (one.type.value, plain(one.type.value, one.value))
        for one in find(text)
        if one.type.value in KINDS and one.verdict not in NO_INDICATOR
    }


def plain(kind: str, value: str) -> str:
    """A value as it is compared: hosts in small letters and in Unicode, no slash at the end."""
    if kind == "cve":
        return value.upper()
    value = value.rstrip("/") if kind == "url" else value.lower()
    labels = [label.encode().decode("idna") if label.startswith("xn--") else label for label in value.split(".")]
    return ".".join(labels)


def _values(rnd: random.Random) -> Iterator[tuple[str, Value]]:
    """One made value of each kind, from the ranges and names for documentation where there are any."""
    word = rnd.choice(["node", "gate", "relay", "panel"]) + str(rnd.randint(2, 99))
    host = f"{word}.{rnd.choice(['example.net', 'harbour-lab.example.com', 'example.org'])}"
    path = rnd.choice(["a.php", "in/x7", "login?id=7", "u/%7Ea.bin"])
    yield "ipv4", ("ipv4", f"203.0.113.{rnd.randint(1, 254)}")
    yield "ipv6", ("ipv6", f"2001:db8::{rnd.randint(4096, 65535):x}:{rnd.randint(1, 65535):x}")
    yield "domain", ("domain", host)
    yield "idn", ("domain", f"{rnd.choice(['узел', 'почта', 'вход'])}-{rnd.randint(2, 99)}.рф")
    yield "idn", ("domain", f"müller-{word}.de")
    yield "url", ("url", f"{rnd.choice(['http', 'https'])}://{host}/{path}")
    yield "email", ("email", f"{rnd.choice(['ops', 'info', 'j.doe'])}@{host}")
    for kind, length in (("md5", 32), ("sha1", 40), ("sha256", 64)):
        yield kind, (kind, "a1" + "".join(rnd.choice("0123456789abcdef") for _ in range(length - 2)))
    yield "cve", ("cve", f"CVE-{rnd.randint(2014, 2026)}-{rnd.randint(1000, 1999999)}")


def _split(text: str) -> tuple[str, str, str]:
    """Scheme, host (for mail: the whole), and the rest."""
    scheme, separator, rest = text.partition("://")
    host, slash, path = (rest if separator else text).partition("/")
    return (scheme + separator if separator else ""), host, slash + path


def _dots(mark: str, text: str) -> str:
    scheme, host, rest = _split(text)
    return scheme + host.replace(".", mark) + rest


def _last_dot(mark: str, text: str) -> str:
    scheme, host, rest = _split(text)
    return scheme + mark.join(host.rsplit(".", 1)) + rest


def _scheme(before: str, text: str) -> str:
    """`{s}` stands for the s of https."""
    scheme, host, rest = _split(text)
    return before.replace("{s}", "s" if scheme.startswith("https") else "") + host.replace(".", "[.]") + rest


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _swap(old: str, new: str, text: str) -> str:
    return text.replace(old, new)


def _at(mark: str, text: str) -> str:
    return _dots("[.]", text).replace("@", mark)


KINDS = frozenset({"ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "cve"})
ALL = KINDS | {"idn"}
DOTTED = frozenset({"ipv4", "domain", "idn", "url", "email"})
HASHES = frozenset({"md5", "sha1", "sha256"})
COMMON = frozenset(
    {"plain", "dots [.]", "dots (.)", "dots [dot]", "last dot [.]", "hxxp://", "hxxp[:]//", "@ as [@]", "@ as [at]"}
)
"""What most authors use."""
URL, EMAIL, CVE = frozenset({"url"}), frozenset({"email"}), frozenset({"cve"})


def _styles() -> Iterator[tuple[str, frozenset[str], Writer]]:
    """Every way of writing: its name, the kinds that it fits, and how."""
    yield "plain", ALL, str
    yield "full-width", ALL, _wide
    yield "zero-width inside", ALL, lambda text: text[:4] + "\u200b" + text[4:]
    for mark in ("[.]", "(.)", "{.}", "[dot]", "(dot)", "[．]", "\\[.\\]", "[.", ".]"):
        yield f"dots {mark}", DOTTED, partial(_dots, mark)
    yield "dots ' dot '", frozenset({"ipv4", "domain"}), partial(_dots, " dot ")
    for mark in ("[.]", "[."):
        yield f"last dot {mark}", DOTTED, partial(_last_dot, mark)
    for char in "\u200b\u2060\u00ad":
        yield f"U+{ord(char):04X} after dots", DOTTED, partial(_dots, "." + char)
    for before in (
        "hxxp{s}://",
        "hXXp{s}://",
        "h**p{s}://",
        "hxxp{s}[:]//",
        "hXXp{s}[://]",
        "[http{s}]://",
        "hxxp{s}:// ",
    ):
        yield before.replace("{s}", "").replace("// ", "// and blank"), URL, partial(_scheme, before)
    for mark in ("[@]", "[at]", "(at)", " @ "):
        yield f"@ as {mark}", EMAIL, partial(_at, mark)
    yield "colons [:]", frozenset({"ipv6"}), partial(_swap, ":", "[:]")
    yield "capitals", HASHES | {"domain"}, str.upper
    yield "small letters", CVE, str.lower
    for char in "\u2010\u2011\u2013\u2212\uff0d":
        yield f"dashes U+{ord(char):04X}", CVE, partial(_swap, "-", char)


def matrix() -> Iterator[Cell]:
    """Every style of every kind in every frame of every language."""
    rnd = random.Random(SEED)
    frames = tomllib.loads((CASES / "frames.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        for frame in FRAMES:
            for sentence in frames[language][frame]:
                for style, kinds, write in _styles():
                    for kind, value in _values(rnd):
                        if kind in kinds:
                            text = sentence.replace("{}", write(value[1]))
                            yield Cell(language=language, frame=frame, style=style, kind=kind, value=value, text=text)


def judged(cell: Cell, found: set[Value]) -> Counter[str]:
    """What of one text is right, false and missed."""
    right = (cell.value[0], plain(*cell.value))
    false = [
        one
        for one in found
        if one != right and not (cell.value[0] in {"url", "email"} and one[1] in cell.value[1].lower())
    ]
    return Counter(right=right in found, false=len(false), missed=right not in found)


def scores(row: Counter[str]) -> tuple[float, float, float]:
    precision = row["right"] / max(1, row["right"] + row["false"])
    recall = row["right"] / max(1, row["right"] + row["missed"])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _scores(finder: Finder, cells: list[Cell]) -> dict[str, dict[str, Counter[str]]]:
    """Counts by language, frame, style and kind."""
    table: dict[str, dict[str, Counter[str]]] = {part: {} for part in ("language", "frame", "style", "kind")}
    for cell in cells:
        got = judged(cell, finder(cell.text))
        for part, rows in table.items():
            name = str(getattr(cell, part)) if part != "language" else cell.language
            rows.setdefault(name, Counter()).update(got)
    return table


def _total(rows: dict[str, Counter[str]]) -> Counter[str]:
    out: Counter[str] = Counter()
    for row in rows.values():
        out.update(row)
    return out


def _print_matrix(other: Finder | None) -> None:
    cells = list(matrix())
    ours = _scores(own, cells)
    theirs = _scores(other, cells) if other else None
    print(f"observables: {len(cells)} made texts, one value each (precision / recall / F1)")
    print(f"{'':<22}{'texts':>7}  {'geppo':<22}ioc-finder")
    for part in ("language", "frame", "kind", "style"):
        for name, row in ours[part].items():
            _print_row(name, row, theirs[part].get(name) if theirs else None)
        print()
    _print_row("all", _total(ours["language"]), _total(theirs["language"]) if theirs else None)
    common = [cell for cell in cells if cell.style in COMMON and cell.kind != "idn"]
    beside = _total(_scores(other, common)["language"]) if other else None
    _print_row("common styles, no idn", _total(_scores(own, common)["language"]), beside)


def _print_row(name: str, row: Counter[str], other: Counter[str] | None) -> None:
    texts = row["right"] + row["missed"]
    said = " / ".join(f"{one:.3f}" for one in scores(row))
    beside = " / ".join(f"{one:.3f}" for one in scores(other)) if other else "not installed"
    print(f"{name:<22}{texts:>7}  {said:<22}{beside}")


def _decoys() -> Iterator[tuple[str, dict[str, Any], str]]:
    for group in tomllib.loads((CASES / "decoys.toml").read_text(encoding="utf-8"))["group"]:
        for line in group["lines"]:
            yield group["language"], line, line.get("publisher", group.get("publisher", ""))


def _print_decoys(other: Finder | None) -> None:
    """Right: every value has the verdict that a person gave it, and no other is called malicious.

    ioc-finder gives no verdicts. For both is counted in how many of the lines whose values are versions, times or file
    names one of them is offered as an address or a domain.
    """
    rows: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for language, line, publisher in _decoys():
        row, want = rows[language], set(line["want"])
        found = find(line["text"], publisher_domain=publisher, language=language)
        got = {f"{one.type} {one.value} {one.verdict}" for one in found}
        bad = {f"{one.type} {one.value} {one.verdict}" for one in found if one.verdict is Verdict.MALICIOUS}
        none = all(one.rpartition(" ")[2] in NO_INDICATOR for one in want)
        offered = own(line["text"])
        row["lines"] += 1
        row["right"] += not offered if not want else want <= got and bad <= want
        row["none"] += none
        row["ours"] += none and bool(offered)
        row["theirs"] += none and bool(other and other(line["text"]))
    print("\ndecoys: values that are not what they look like, and real ones among them")
    print(f"{'':<22}{'lines':>7}{'right':>7}{'share':>8}   offered although none: of, geppo, ioc-finder")
    rows["all"] = _total(rows)
    for language, row in rows.items():
        beside = str(row["theirs"]) if other else "not installed"
        share = row["right"] / max(1, row["lines"])
        offers = f"{row['none']:>3} {row['ours']:>3} {beside:>3}"
        print(f"{language:<22}{row['lines']:>7}{row['right']:>7}{share:>8.3f}   {offers}")


def made_text(size: int) -> str:
    """Prose in five languages with a value in about every seventh sentence, and a list of indicators now and then."""
    rnd = random.Random(SEED)
    frames = tomllib.loads((CASES / "frames.toml").read_text(encoding="utf-8"))
    parts: list[str] = []
    length = 0
    while length < size:
        own_frames = frames[rnd.choice(LANGUAGES)]
        sentences = rnd.choices(own_frames["filler"], k=6)
        kind, value = rnd.choice([*_values(rnd)])
        style = rnd.choice([write for _, kinds, write in _styles() if kind in kinds])
        sentences.insert(rnd.randint(0, 6), rnd.choice(own_frames["spaced"]).replace("{}", style(value[1])))
        if rnd.random() < 0.02:
            sentences += ["\n\n## IOC\n\n", *(f"- {one.replace('.', '[.]')}\n" for _, (_, one) in _values(rnd)), "\n"]
        parts.append(" ".join(sentences) + "\n")
        length += len(parts[-1].encode())
    return "".join(parts)


def _print_speed(other: Finder | None) -> None:
    text = made_text(MADE_BYTES)
    size = len(text.encode())
    print(f"\nspeed on {size / 1e6:.2f} MB of made text, one core (best of three for geppo)")
    took = min(_seconds(partial(find, text)) for _ in range(3))
    beside = (
        f"ioc-finder {size / _seconds(partial(other, text)) / 1e6:.2f} MB/s" if other else "ioc-finder not installed"
    )
    print(f"{'geppo':<22}{took:>7.3f} s{size / took / 1e6:>8.2f} MB/s   {beside}")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    other = peer()
    _print_matrix(other)
    _print_decoys(other)
    _print_speed(other)


if __name__ == "__main__":
    main()
