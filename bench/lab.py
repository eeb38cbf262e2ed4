"""The lab at size: time and memory of making records, each beside its limit."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RUNS = (
    ("10 million flows", ["--preset", "easy", "--hosts", "20000", "--flows", "6500000"], "60 s, 2,048 MiB"),
    ("5 million services", ["--preset", "scan-wide", "--hosts", "200", "--flows", "1000"], "60 s"),
)


def main() -> None:
    """Print the table."""
    print("\nmaking lab records (one process each)")
    print(f"{'what':<22}{'seconds':>9}{'MiB':>8}  limit")
    for what, options, limit in _RUNS:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            command = [
                sys.executable,
                "-m",
                "geppo",
                "relay",
                "lab",
                "--seed",
                "1",
                "--out",
                str(Path(folder)),
                *options,
            ]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            took = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{what:<22}{took:>9.1f}{memory:>8.0f}  {limit}; {done.stdout.splitlines()[0].partition(':')[0]}")


if __name__ == "__main__":
    main()
