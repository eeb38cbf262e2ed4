"""The command line: a thin shell over the library, one file per verb, imported only when its verb is called."""

from __future__ import annotations

import gc
import sys

_YOUNG = 100_000
"""New objects after which Python looks for cycles. Its default of 700 takes an eighth of the time of reading, where
tens of thousands of objects of catalogue and rules live to the end and hardly any cycle is made."""

EXIT_GATE, EXIT_USE, EXIT_GAPS = 1, 2, 3


def main() -> None:
    """Run `geppo`. Exit 0 done, 1 a finding fails a gate, 2 wrong use, 3 some sources failed but the rest is done."""
    gc.set_threshold(_YOUNG)
    from geppo.cli._app import application
    from geppo.errors import DataError, GateError, UsageError

    try:
        sys.exit(application(listed=sys.argv[1:2] in ([], ["--help"], ["-h"]))() or 0)
    except GateError as error:
        print(f"geppo: the gate stopped the edition:\n{error}", file=sys.stderr)
        sys.exit(EXIT_GATE)
    except (UsageError, DataError) as error:
        print(f"geppo: {error}", file=sys.stderr)
        sys.exit(EXIT_USE)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
