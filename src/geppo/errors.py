"""The errors geppo raises on purpose.

    GeppoError
    ├── UsageError            wrong use: arguments, settings, a workspace that is not there   (exit 2)
    ├── InputError            a document or line that cannot be taken; the rest goes on
    ├── DataError             a data file of ours breaks its own rules (rules, catalogue, settings)
    └── GateError             a sentence or an edition fails the gate                         (exit 1)

A message says what, where, what was expected and what to do.
"""


class GeppoError(Exception):
    """Base of all errors that geppo raises on purpose."""


class UsageError(GeppoError):
    """The command or a setting was used wrongly."""


class InputError(GeppoError, ValueError):
    """One document cannot be taken.

    `kind` is a short machine word (empty, too-large, binary, encoding, future-date, duplicate, no-date, unreadable …).
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class DataError(GeppoError, ValueError):
    """A packaged or user data file breaks its own rules."""


class GateError(GeppoError):
    """A sentence or an edition fails the gate; `findings` has one line per failure."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings
