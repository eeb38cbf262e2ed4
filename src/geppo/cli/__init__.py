"""The command line: a thin shell over the library, one file per verb, imported only when its verb is called."""

from __future__ import annotations

import sys

EXIT_GATE, EXIT_USE, EXIT_GAPS = 1, 2, 3


def main() -> None:
    """Run `geppo`. Exit 0 done, 1 a finding fails a gate, 2 wrong use, 3 some sources failed but the rest is done."""
    from geppo.cli._app import app
    from geppo.errors import DataError, GateError, UsageError

    try:
        sys.exit(app() or 0)
    except GateError as error:
        print(f"geppo: the gate stopped the edition:\n{error}", file=sys.stderr)
        sys.exit(EXIT_GATE)
    except (UsageError, DataError) as error:
        print(f"geppo: {error}", file=sys.stderr)
        sys.exit(EXIT_USE)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
