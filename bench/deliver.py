"""Delivery: how many mails a second through a server on loopback, against `smtplib` alone on the same line, and what
twenty kills in the middle cost.

    python -m bench.deliver [--mails N] [--kills N]

The server takes every mail and counts Message-IDs; it runs in this process and so shares the machine. Each kill is a
SIGKILL at a random moment of the protocol: at the recipient, while the mail is taken, or right after.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from geppo.deliver.channel.smtp import Signer
from geppo.deliver.ledger import FILE, Ledger, State
from tests.deliver.office import NOW, Office, office, read, workspace

_KEY_BITS = 2048


def _key(root: Path) -> str:
    """A signing key in the workspace, and the lines that make the channel use it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    root.mkdir(parents=True)
    (root / "dkim.pem").write_bytes(pem)
    return 'dkim_domain = "brief.example"\ndkim_selector = "m1"\ndkim_key = { file = "dkim.pem" }\n'


def _deliver(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "geppo", "deliver", "2031-05", "--workspace", str(root), "--now", NOW.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _run(root: Path, seen: Office, kills: int, mails: int) -> tuple[float, list[int]]:
    """Deliver with kills at random points; the seconds of all runs and their exit codes."""
    chance = random.Random(7)
    points = sorted(chance.sample(range(mails), kills))
    stages = [chance.choice(("rcpt", "data")) for _ in points]
    done: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def maybe(stage: str) -> None:
        turn = len(done)
        if turn < kills and len(seen.offered) > points[turn] and stage == stages[turn]:
            done.append(turn)
            os.kill(running[-1].pid, signal.SIGKILL)

    def at_recipient(_address: str, _n: int) -> None:
        maybe("rcpt")

    def at_data(_address: str, _n: int) -> None:
        maybe("data")

    seen.on_rcpt, seen.on_data = at_recipient, at_data
    codes: list[int] = []
    start = time.perf_counter()
    while not codes or codes[-1] != 0:
        running.append(_deliver(root))
        codes.append(running[-1].wait())
        if len(codes) > kills + 1:
            break
    return time.perf_counter() - start, codes


def _alone(seen: Office, mails: int, data: bytes) -> float:
    """The same bytes by smtplib: no signature, no ledger, no head of its own."""
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", seen.port) as line:
        for number in range(mails):
            line.sendmail("geppo@brief.example", [f"alone{number}@desk.example"], data)
    return time.perf_counter() - start


def _parts(root: Path, data: bytes, count: int = 100) -> tuple[float, float]:
    """Milliseconds a mail for the signature and for the ledger."""
    signer = Signer("brief.example", "m1", (root / "dkim.pem").read_text(encoding="utf-8"))
    start = time.perf_counter()
    for _ in range(count):
        signer.signed(data)
    signing = (time.perf_counter() - start) / count
    from geppo.deliver.ledger import Outcome, Reply

    taken = Reply(outcome=Outcome.SENT, code=250, text="taken")
    with Ledger(root / "speed.sqlite", lambda: NOW) as ledger:
        ledger.plan((f"<{n}>", "mail", "x", "member", "ja", f"r{n}@desk.example") for n in range(count))
        start = time.perf_counter()
        for n in range(count):
            ledger.intend(f"<{n}>", "mail")
            ledger.settle(f"<{n}>", "mail", State.SENT, taken)
        noting = (time.perf_counter() - start) / count
    return 1000 * signing, 1000 * noting


def _told(root: Path) -> set[str]:
    """Recipients that the ledger says may have got a mail twice."""
    with Ledger(root / FILE, lambda: NOW) as ledger:
        assert {one.state for one in ledger.entries("2031-05")} == {State.SENT}
        return {ledger.entry(event.id, event.channel).recipient for event in ledger.events("again")}


def _round(root: Path, readers: list[str], kills: int) -> None:
    extra = _key(root)
    with office() as seen:
        workspace(root, seen.port, readers, extra=extra)
        seconds, codes = _run(root, seen, kills, len(readers))
        # What a killed run had written may still be on its way to the server's own task.
        got = Counter(address for address, _ in seen.taken)
        ids = {address: set[str]() for address in readers}
        for address, data in seen.taken:
            ids[address].add(str(read(data)["Message-ID"]))
        size = len(seen.taken[0][1])
        twice = {address for address, count in got.items() if count > 1}
        told = _told(root)
        killed = codes.count(-signal.SIGKILL)
        print(
            f"geppo, {killed:2} kills {len(readers):9} {seconds:9.1f} {len(readers) / seconds:9.0f}   "
            f"missed {len(set(readers) - set(got))}, twice {len(twice)} (all named in the ledger: {twice <= told}), "
            f"most copies {max(got.values())}, ids a reader {max(len(one) for one in ids.values())}"
        )
        if not kills:
            alone = _alone(seen, len(readers), seen.taken[0][1])
            print(
                f"smtplib alone    {len(readers):9} {alone:9.1f} {len(readers) / alone:9.0f}   {size // 1000} kB a mail"
            )
            signing, noting = _parts(root, seen.taken[0][1])
            print(f"of it, a mail: signature ({_KEY_BITS} bit RSA) {signing:.1f} ms, ledger {noting:.1f} ms")


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--kills", type=int, default=5)
    asked = parser.parse_args(arguments if arguments is not None else [])
    readers = [f"reader{number}@desk.example" for number in range(asked.mails)]
    print("delivery to a mail server on loopback, one connection")
    print(f"{'':16} {'mails':>9} {'seconds':>9} {'mails/s':>9}")
    with tempfile.TemporaryDirectory() as folder:
        _round(Path(folder) / "whole", readers, 0)
        _round(Path(folder) / "killed", readers, asked.kills)


if __name__ == "__main__":
    main(sys.argv[1:])
