"""nfdump's own files, through the program `nfdump`, which prints them as CSV."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from geppo.config import Settings
from geppo.errors import InputError
from geppo.telemetry.formats import Hints
from geppo.telemetry.layout import FLOW_TABLE, Layout, PassOver, Paths
from geppo.telemetry.source import Head, unpacked

FORMAT = "nfdump-binary"
PROGRAM = "nfdump"
_MAGIC = (b"\x0c\xa5", b"\xa5\x0c")
"""Magic 0xA50C in either byte order (nfdump, `nffile.h`)."""


def recognise(head: Head, hints: Hints) -> Layout | PassOver | None:
    """A file with nfdump's magic."""
    if not head.data.startswith(_MAGIC):
        return None
    if shutil.which(PROGRAM) is None:
        raise InputError(
            "needs-program",
            f"{head.source.name}: an nfdump file is read through the program nfdump, which is not installed; "
            "install it, or give what `TZ=UTC nfdump -r FILE -o csv` prints",
        )
    return Layout(format=FORMAT, table=FLOW_TABLE, fields=Paths(paths=()), values=(), prepare=printed)


def printed(source: Path, target: Path, settings: Settings) -> None:
    """Let nfdump print a file as CSV. Raises InputError when it fails or takes too long."""
    seconds = settings.integer("telemetry.nfdump_seconds")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, target.open("wb") as out:
        plain = source
        with source.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        if packed:
            plain = Path(folder) / "plain"
            with unpacked(source, "gzip") as stream, plain.open("wb") as copy:
                shutil.copyfileobj(stream, copy)
        # Without TZ=UTC nfdump prints the local time of this machine, and the CSV does not say so.
        command = [PROGRAM, "-r", str(plain), "-o", "csv"]
        try:
            made = subprocess.run(  # noqa: S603 - the program's name is ours, the file's is an argument
                command,
                stdout=out,
                stderr=subprocess.PIPE,
                env={"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LC_ALL": "C"},
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise InputError("too-slow", f"{source.name}: nfdump took more than {seconds} s") from error
    if made.returncode != 0:
        told = made.stderr.decode("utf-8", errors="replace").strip()[:200]
        raise InputError("unreadable", f"{source.name}: nfdump failed with exit {made.returncode}: {told}")
