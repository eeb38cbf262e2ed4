"""Write the catalogue's list of ATT&CK techniques from the MITRE galaxies that `pymispgalaxies` installs.

    python tools/import_techniques.py [--out src/geppo/catalog/data/techniques.txt]

One line a technique, parts apart by tabs: number, matrix (`enterprise` or `mobile`), tactics by their short names with
commas between, name as ATT&CK prints it. Revoked and deprecated entries are left out; so are descriptions. The diff
after an update of the galaxies is the review. The terms of ATT&CK stand in the file's head and in data/README.md.

Industrial control systems are left out: the packaged list is of January 2020, gives three numbers to two techniques
each and has names that ATT&CK has since changed.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

OUT = Path(__file__).resolve().parents[1] / "src/geppo/catalog/data/techniques.txt"

LIST = "mitre-attack-pattern"

HEAD = """\
# Techniques of MITRE ATT&CK: number, matrix, tactics, name; written by tools/import_techniques.py from pymispgalaxies
# 1.1.1 (mitre-attack-pattern {pattern}: enterprise and mobile).
# (c) The MITRE Corporation. ATT&CK is a registered trademark of The MITRE Corporation. This work is reproduced and
# distributed with the permission of The MITRE Corporation; see README.md.
"""

MATRICES = {"attack": "enterprise", "mobile": "mobile"}
"""First word of a kill chain in the galaxy (`attack-Windows:execution`), and the matrix that it belongs to."""

NUMBER = re.compile(r"T\d{4}(\.\d{3})?")
DEPRECATED = re.compile(r"deprecated", re.I)
"""Looked for at the start of a description, where the galaxy says so; it has no field for it."""
OPENING = 80


class Technique(NamedTuple):
    """One line of the file."""

    number: str
    matrix: str
    tactics: tuple[str, ...]
    name: str

    def line(self) -> str:
        """As it stands in the file."""
        return "\t".join((self.number, self.matrix, ",".join(self.tactics), self.name))


def cluster(name: str) -> dict[str, Any]:
    """One installed list with its version."""
    path = resources.files("pymispgalaxies").joinpath("data", "misp-galaxy", "clusters", f"{name}.json")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def techniques() -> Iterator[Technique]:
    """Techniques of the two matrices that the galaxy keeps in one list. PRE-ATT&CK, long withdrawn, is left out."""
    for entry in cluster(LIST)["values"]:
        meta = entry.get("meta", {})
        number = str(meta.get("external_id", ""))
        chain = [str(link).partition(":") for link in meta.get("kill_chain", ())]
        matrix = {MATRICES[where.partition("-")[0]] for where, _, _ in chain if where.partition("-")[0] in MATRICES}
        current = not entry.get("revoked") and not DEPRECATED.search(entry.get("description", "")[:OPENING])
        if current and len(matrix) == 1 and NUMBER.fullmatch(number):
            tactics = tuple(sorted({tactic for _, _, tactic in chain}))
            name = str(entry["value"]).removesuffix(f" - {number}")
            yield Technique(number, matrix.pop(), tactics, name)


def lines() -> list[str]:
    """The lines in order of number. Raises ValueError where a number stands there twice."""
    found = sorted(set(techniques()))
    numbers = [technique.number for technique in found]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise ValueError(f"a number stands there twice: {', '.join(twice)}")
    return [technique.line() for technique in found]


def main() -> None:
    """Write the file and say how many lines it has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    out: Path = parser.parse_args().out
    head = HEAD.format(pattern=cluster(LIST)["version"])
    found = lines()
    out.write_text(head + "".join(f"{line}\n" for line in found), encoding="utf-8")
    print(f"{out}: {len(found)} techniques, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
