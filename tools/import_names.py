"""Write the catalogue's name list from the MISP galaxies that the dev dependency `pymispgalaxies` installs.

    python tools/import_names.py [--out src/geppo/catalog/data]

`names.jsonl.gz` holds the names, `words.txt.gz` the English words that descriptions in all its lists print in small
letters: what stands there is no new name because it has a capital.

One line a (kind, slug): `id`, `name`, `aliases` as [alias, list], `lists` that have it as a main name, `nexus` (ISO
3166-1 alpha-2 of the state that a list suspects behind it), `ordinary` (those of its names that are ordinary words),
`phrases` (its names in one word that are ordinary words when they are split).
Entries of different lists become one line only where their MAIN names agree without case, punctuation and suffix: a
union by alias would fuse groups that are not the same.

The MISP galaxy files are dual-licensed CC0 1.0 / BSD-2-Clause (LICENSE.md of the package's data); three lists in them
are taken from MITRE ATT&CK (its terms of use ask for the notice that data/README.md repeats), one from Malpedia.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from geppo.catalog.folding import key
from geppo.catalog.rules import Rules, read_rules
from geppo.catalog.tables import Folder, packaged

OUT = Path(__file__).resolve().parents[1] / "src/geppo/catalog/data"

LISTS: tuple[tuple[str, str], ...] = (
    ("threat-actor", "actor"),
    ("mitre-intrusion-set", "actor"),
    ("microsoft-activity-group", "actor"),
    ("360net", "actor"),
    ("malpedia", "malware"),
    ("mitre-malware", "malware"),
    ("ransomware", "malware"),
    ("rat", "malware"),
    ("botnet", "malware"),
    ("banker", "malware"),
    ("stealer", "malware"),
    ("backdoor", "malware"),
    ("mitre-tool", "tool"),
    ("tool", "tool"),
    ("tidal-campaigns", "campaign"),
)
"""Lists in the order in which they give an entry its printed name, and the kind of what they name."""

NEXUS = {
    "china": "CN", "people's republic of china": "CN", "russian federation": "RU", "russia": "RU",
    "iran (islamic republic of)": "IR", "iran": "IR", "korea (democratic people's republic of)": "KP", "korea": "KP",
    "korea (republic of)": "KR", "southkorea": "KR", "united states": "US", "us": "US", "america": "US",
    "palestine": "PS", "pakistan": "PK", "india": "IN", "belarus": "BY", "france": "FR", "vietnam": "VN",
    "united arab emirates": "AE", "spain": "ES", "israel": "IL", "lebanon": "LB", "taiwan": "TW", "ukraine": "UA",
    "algeria": "DZ", "kaz": "KZ",
}  # fmt: skip
"""Spellings of states in the lists; `korea` is North Korea in the 360.net list."""

PROGRAM = re.compile(
    r"\b(malware|backdoor|trojan|RAT|remote access|ransomware|worm|bot(net)?|stealer|downloader|dropper|implant|rootkit"
    r"|spyware|keylogger|virus|bootkit|wiper|loader|miner|adware|web ?shell)\b",
    re.I,
)
ID_SUFFIX = re.compile(r"\s+-\s+[A-Z]{1,2}\d{3,}(\.\d+)?$")
BRACKET = re.compile(r"^(.*?)\s*[(（\[]([^)）\]]*)[)）\]]\s*$")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LONGEST_NAME = 40
COMMON_WORD = 40
"""A word that so many descriptions print in lower case is common English; a phrase of such words is an ordinary one."""
PRINTED_SMALL = 3
"""A word that so many descriptions of any list print in lower case is no name by its capital alone."""
SMALL_WORD = re.compile(r"(?<![\w./\\@-])[a-z]{2,}(?![\w/\\@-]|\.\w)")


@dataclass
class Line:
    """One output line while it is put together."""

    kind: str
    name: str
    slug: str
    lists: list[str] = field(default_factory=list)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    nexus: str = ""


def clusters(name: str) -> list[dict[str, Any]]:
    """Entries of one installed list."""
    path = resources.files("pymispgalaxies").joinpath("data", "misp-galaxy", "clusters", f"{name}.json")
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["values"]
    return entries


def split_names(text: str) -> Iterator[str]:
    """The names in a field that may hold several: lists by comma, a second one in brackets, a number behind a dash."""
    for piece in re.split(r"[,，;、/]\s*", ID_SUFFIX.sub("", text)):
        bracket = BRACKET.match(piece.strip())
        for name in bracket.groups() if bracket else (piece,):
            for half in name.split(" - ") if " - APT-" in name else (name,):
                yield " ".join(half.split()).strip(" \"'“”")


def main_names(list_name: str, value: str) -> list[str]:
    """The main name of an entry, then further names that its title holds."""
    if list_name in ("malpedia", "ransomware", "mitre-malware"):
        bracket = BRACKET.match(value)
        value = bracket.group(1) if bracket and bracket.group(1) else value
    names = [name for name in split_names(value) if name]
    return sorted(names, key=lambda name: bool(CJK.search(name)))


def usable(name: str, withheld: set[str]) -> bool:
    """True for a text that can be looked for."""
    folded = key(name)
    return (
        (3 if folded.isascii() else 2) <= len(folded)
        and len(name) <= LONGEST_NAME
        and not folded.isdigit()
        and folded not in withheld
        and not name.startswith(("Unidentified ", "Unnamed ", "http"))
    )


def slug(name: str) -> str:
    """Letters, digits and hyphens for an id."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def kind_of(list_name: str, kind: str, entry: dict[str, Any], known: dict[str, set[str]], folded: str) -> str:
    """The kind of an entry. The list `tool` mixes utilities with malware: other lists and its own words decide."""
    if list_name != "tool" or folded in known["tool"]:
        return kind
    described = f"{entry.get('description', '')} {entry.get('meta', {}).get('type', '')}"
    return "malware" if folded in known["malware"] or PROGRAM.search(described) else kind


def nexus_of(meta: dict[str, Any]) -> str:
    """ISO 3166-1 alpha-2 of the suspected state, or empty."""
    stated = str(meta.get("country") or meta.get("cfr-suspected-state-sponsor") or "")
    return stated if re.fullmatch("[A-Z]{2}", stated) else NEXUS.get(stated.casefold(), "")


def collect(rules: Rules) -> dict[tuple[str, str], Line]:
    """Lines by kind and folded main name without suffix."""
    withheld = {key(name) for name in rules.withheld}
    lines: dict[tuple[str, str], Line] = {}
    known: dict[str, set[str]] = defaultdict(set)
    for list_name, listed_kind in LISTS:
        for entry in clusters(list_name):
            meta = entry.get("meta", {})
            if list_name == "tidal-campaigns" and meta.get("source") != "MITRE":
                continue
            names = [name for name in main_names(list_name, entry["value"]) if usable(name, withheld)]
            if not names or (listed_kind == "campaign" and re.search(r"\d{4}|^C\d+$", names[0])):
                continue
            folded = key(rules.suffixes.strip(names[0])[0])
            kind = kind_of(list_name, listed_kind, entry, known, folded)
            known[kind].add(folded)
            line = lines.setdefault((kind, folded), Line(kind=kind, name=names[0], slug=slug(names[0]) or folded))
            line.nexus = line.nexus or nexus_of(meta)
            if list_name not in line.lists:
                line.lists.append(list_name)
            synonyms = [name for text in meta.get("synonyms") or [] for name in split_names(text)]
            for alias in (*names[1:], *(name for name in synonyms if usable(name, withheld))):
                if key(alias) != key(line.name):
                    line.aliases.setdefault((key(alias), list_name), alias)
    return lines


def words_printed_small(lists: Iterable[str], least: int) -> set[str]:
    """Words that so many descriptions of some lists print in lower case."""
    count: dict[str, int] = defaultdict(int)
    for list_name in lists:
        for entry in clusters(list_name):
            for word in set(SMALL_WORD.findall(entry.get("description") or "")):
                count[word] += 1
    return {word for word, times in count.items() if times >= least}


def common_words() -> set[str]:
    """Words that the lists' own descriptions often print in lower case."""
    lists = (*(name for name, _ in LISTS), "mitre-attack-pattern", "mitre-course-of-action", "sigma-rules")
    return words_printed_small(lists, COMMON_WORD)


def small_words() -> list[str]:
    """English words, in order."""
    folder = resources.files("pymispgalaxies").joinpath("data", "misp-galaxy", "clusters")
    names = sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json"))
    return sorted(words_printed_small(names, PRINTED_SMALL))


def ordinary_words() -> set[str]:
    """The hand-made list of names that are ordinary words."""
    text = packaged("ordinary.txt").read_text(encoding="utf-8")
    return {word for row in text.splitlines() if not row.startswith("#") for word in row.split()}


def is_ordinary(name: str, words: set[str], common: set[str]) -> bool:
    """True for an ordinary word, initials of up to three letters, or a phrase of common words only."""
    parts = re.findall(r"[a-z]+", name.casefold())
    if name.isascii() and key(name).isalpha() and len(key(name)) <= 3:
        return True
    if "".join(parts) != key(name):
        return False
    return all(part in common or (part in words and len(parts) == 1) for part in parts)


def camel_phrase(name: str) -> str:
    """A name in one word with its inner capitals as words of their own."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


def is_phrase(text: str, words: set[str], common: set[str]) -> bool:
    """True for two ordinary words or more."""
    parts = text.casefold().split()
    return len(parts) > 1 and all(part in words or part in common for part in parts)


def techniques() -> Iterator[dict[str, Any]]:
    """ATT&CK techniques, id and name; revoked ones are left out."""
    for entry in clusters("mitre-attack-pattern"):
        number = str(entry.get("meta", {}).get("external_id", ""))
        if re.fullmatch(r"T\d{4}(\.\d{3})?", number) and not entry.get("revoked"):
            yield {"id": f"technique/{number}", "name": ID_SUFFIX.sub("", entry["value"])}


def rows() -> list[dict[str, Any]]:
    """All lines in order of id."""
    rules = read_rules(Folder(packaged("")))
    words, common = ordinary_words(), common_words()
    found: dict[str, dict[str, Any]] = {}
    for (kind, folded), line in sorted(collect(rules).items()):
        name = f"{kind}/{line.slug}"
        identity = name if name not in found else f"{name}-{folded}"
        printed = dict.fromkeys((line.name, *line.aliases.values()))
        bare = dict.fromkeys(rules.suffixes.strip(each)[0] for each in printed)
        ordinary = sorted(each for each in {**printed, **bare} if is_ordinary(each, words, common))
        row: dict[str, Any] = {"id": identity, "name": line.name, "lists": line.lists}
        if line.aliases:
            row["aliases"] = sorted([alias, source] for (_, source), alias in line.aliases.items())
        if line.nexus:
            row["nexus"] = line.nexus
        if ordinary:
            row["ordinary"] = ordinary
        split = {camel_phrase(each) for each in bare if " " not in each}
        phrases = sorted(each for each in split if is_phrase(each, words, common))
        if phrases:
            row["phrases"] = phrases
        found[identity] = row
    found |= {row["id"]: row for row in techniques()}
    return [found[identity] for identity in sorted(found)]


def main() -> None:
    """Write the files and say how large they became."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    folder: Path = parser.parse_args().out
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows()]
    for name, made in (("names.jsonl.gz", lines), ("words.txt.gz", small_words())):
        out = folder / name
        out.write_bytes(gzip.compress("".join(f"{line}\n" for line in made).encode(), compresslevel=9, mtime=0))
        print(f"{out}: {len(made)} lines, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
