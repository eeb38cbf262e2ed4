"""What the catalogue prints in Japanese: how many terms of each kind have no Japanese label, and how many have one that
is Latin letters only ("DCSync", "Cisco ASA"), which is right for names and a gap elsewhere.

    python -m bench.terms [--list KIND]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from geppo.catalog.agreements import read_agreements
from geppo.catalog.attack import tactics, techniques
from geppo.catalog.places import read_places
from geppo.catalog.publishers import read_publishers
from geppo.catalog.tables import Folder, packaged
from geppo.catalog.terms import read_concepts, read_sectors


class Label(NamedTuple):
    """A thing that can be printed, with its labels."""

    kind: str
    id: str
    english: str
    japanese: str

    @property
    def latin(self) -> bool:
        """True for a Japanese label without a Japanese letter."""
        return bool(self.japanese) and self.japanese.isascii()


def labels() -> Iterator[Label]:
    """Everything of the catalogue that has labels of ours. Groups and programs keep the name that reports print."""
    folder = Folder(packaged(""))
    for term in (*read_concepts(folder), *read_sectors(folder)):
        yield Label(term.id.partition("/")[0], term.id, term.name, term.name_ja)
    for place in read_places(folder):
        yield Label("country" if place.code.isupper() else "region", place.id, place.name, place.name_ja)
    for agreement in read_agreements(folder):
        yield Label("agreement", agreement.id, agreement.name, agreement.name_ja)
    for publisher in read_publishers(folder):
        yield Label("publisher", publisher.id, publisher.name, publisher.name_ja)
    for tactic in tactics().values():
        yield Label("tactic", tactic.number, tactic.name, tactic.name_ja)
    for entry in techniques().values():
        yield Label(f"technique ({entry.matrix})", entry.number, entry.full, entry.name_ja)


def unlabelled() -> dict[str, list[Label]]:
    """By kind, what has no Japanese label and is printed in English; kinds without a gap have an empty list."""
    found: dict[str, list[Label]] = {}
    for label in labels():
        gaps = found.setdefault(label.kind, [])
        if not label.japanese:
            gaps.append(label)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print the table, or the terms of one kind that have no Japanese label."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", metavar="KIND", default="")
    wanted = parser.parse_args(arguments if arguments is not None else []).list
    gaps = unlabelled()
    if wanted:
        for label in gaps.get(wanted, ()):
            print(f"{label.id}  {label.english}")
        return
    every = list(labels())
    print("labels of the catalogue in Japanese")
    print(f"{'kind':24}{'terms':>7}{'none':>7}{'Latin only':>12}")
    for kind in gaps:
        own = [label for label in every if label.kind == kind]
        print(f"{kind:24}{len(own):>7}{len(gaps[kind]):>7}{sum(label.latin for label in own):>12}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
