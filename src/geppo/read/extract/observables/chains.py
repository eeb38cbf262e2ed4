"""Values that stand in one list ("the servers A, B and C"): what is said of the list is said of each."""

from __future__ import annotations

from geppo.model.observable import ObservableType
from geppo.read.extract.observables._candidate import Candidate
from geppo.read.extract.observables.surroundings import Surroundings

_T = ObservableType
FILES = frozenset({_T.MD5, _T.SHA1, _T.SHA256, _T.SHA512, _T.SSDEEP, _T.FILENAME, _T.FILE_PATH})


class Chains:
    """For each value (sorted by start) the number of the first and of the last one of its list."""

    def __init__(self, around: Surroundings, values: list[Candidate]) -> None:
        self.heads = list(range(len(values)))
        self.tails = list(range(len(values)))
        for number in range(1, len(values)):
            if _joined(around, values[number - 1], values[number]):
                self.heads[number] = self.heads[number - 1]
        for number in range(len(values) - 2, -1, -1):
            if self.heads[number + 1] == self.heads[number]:
                self.tails[number] = self.tails[number + 1]


def _joined(around: Surroundings, one: Candidate, other: Candidate) -> bool:
    """One line, only separators between, files with files; and what stands inside another value."""
    if other.start < one.end:
        return True
    alike = (one.type in FILES) == (other.type in FILES)
    return alike and around.line(one.start)[1] >= other.start and around.only("chain", one.end, other.start)
