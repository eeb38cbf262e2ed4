"""Mail through a real server on loopback: what readers get, what the ledger says, after each kind of trouble."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from geppo import config
from geppo.deliver.channel import channels, read_channels
from geppo.deliver.delivery import Delivery
from geppo.deliver.dispatch import Effort, Tally, dispatch
from geppo.deliver.issued import read_issued
from geppo.deliver.ledger import FILE, Ledger, State
from geppo.deliver.letter import Exit, check
from geppo.deliver.subscribers import read_subscribers
from geppo.errors import UsageError
from tests.deliver.office import DROP, NOW, Office, office, read, workspace

READERS = [f"reader{n}@desk.example" for n in range(6)]


def deliver(
    root: Path, *, later: timedelta = timedelta(0), pauses: list[float] | None = None, bounced_too: bool = False
) -> Tally:
    """One run in this process, without waiting."""
    now = NOW + later

    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    settings = config.load(root / "geppo.toml")
    with Ledger(root / FILE, lambda: now) as ledger:
        made = Delivery(
            issued=read_issued(root / "out", "2031-05"),
            settings=settings,
            roll=read_subscribers(root),
            way_out=Exit(url="https://brief.example/leave?t=", mail="leave@brief.example", key=b"k" * 32),
            clock=lambda: now,
            suppressed=ledger.suppressed(),
            entries={(one.id, one.channel): one for one in ledger.entries("2031-05")},
            bounced_too=bounced_too,
        )
        channel = read_channels(root, 0.4, "Asia/Tokyo")[0]
        return asyncio.run(made.run(channel, made.decisions(channel), ledger, pause))


def states(root: Path) -> dict[str, tuple[State, int, int]]:
    """State, attempts and code by reader."""
    with Ledger(root / FILE, lambda: NOW) as ledger:
        return {one.recipient: (one.state, one.attempts, one.code) for one in ledger.entries("2031-05")}


def everybody_has_it_once(seen: Office) -> None:
    assert sorted(address for address, _ in seen.taken) == sorted(READERS)
    assert len(set(seen.ids())) == len(READERS)


def test_each_reader_gets_one_mail_over_one_connection(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS)
        assert deliver(root).states[State.SENT] == 6
        assert deliver(root).states[State.SENT] == 0
        everybody_has_it_once(seen)
        assert seen.connections == 1
    for address, data in seen.taken:
        message = read(data)
        assert check(data) == ()
        assert message["To"].addresses[0].addr_spec == address and message["To"].addresses[0].display_name.startswith(
            "読者"
        )
        assert message["Date"].datetime.isoformat() == "2031-06-03T06:01:00+00:00"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<https://brief.example/leave?t=")
        assert address not in message["Message-ID"]
        html = message.get_body(("html",))
        assert html is not None and "198.51.100.23" not in html.get_content()
    bodies = {data.partition(b"\r\n\r\n")[2] for _, data in seen.taken}
    assert len(bodies) == 2, "one body a language: nothing in it tells two readers apart"
    assert set(states(root).values()) == {(State.SENT, 1, 250)}


def test_put_off_then_taken(tmp_path: Path) -> None:
    pauses: list[float] = []
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS, settings='"deliver.attempts" = 3\n')
        root.joinpath("geppo.toml").write_text(
            '[settings]\n"deliver.ceiling.public" = "TLP:GREEN"\n"deliver.retry" = 20\n'
        )
        tries: dict[str, int] = {}

        def grey(address: str, _n: int) -> str | None:
            tries[address] = tries.get(address, 0) + 1
            return "451 4.7.1 come back" if address == READERS[2] and tries[address] < 3 else None

        seen.on_rcpt = grey
        assert deliver(root, pauses=pauses).states[State.SENT] == 6
        everybody_has_it_once(seen)
    assert pauses == [20, 40], "waits double"
    assert states(root)[READERS[2]] == (State.SENT, 3, 250)


def test_put_off_for_good_waits_for_the_next_run_and_then_is_given_up(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS)
        seen.on_data = lambda address, _n: "452 4.2.2 full" if address == READERS[0] else None
        assert deliver(root).states == {State.SENT: 5, State.DEFERRED: 1, State.PLANNED: 0}
        assert states(root)[READERS[0]] == (State.DEFERRED, 3, 452)
        assert deliver(root, later=timedelta(hours=95)).states[State.DEFERRED] == 1
        assert deliver(root, later=timedelta(hours=97)).states[State.BOUNCED] == 1
    assert states(root)[READERS[0]][0] is State.BOUNCED
    assert len(seen.taken) == 5


@pytest.mark.parametrize("place", ["on_rcpt", "on_data"])
def test_refused_is_a_bounce_and_no_second_attempt(tmp_path: Path, place: str) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS)
        setattr(seen, place, lambda address, _n: "550 5.1.1 no such user" if address == READERS[3] else None)
        tally = deliver(root)
        assert tally.states[State.SENT] == 5 and tally.states[State.BOUNCED] == 1
        assert deliver(root).states[State.SENT] == 0
    assert states(root)[READERS[3]] == (State.BOUNCED, 1, 550)


def test_everybody_refused_is_our_fault_and_stops(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS, settings='"deliver.refused" = 2\n')
        seen.on_rcpt = lambda _address, _n: "554 5.7.1 relay access denied"
        tally = deliver(root)
        assert tally.stopped == "refused 2 in a row: 554 5.7.1 relay access denied"
        assert tally.states[State.BOUNCED] == 2 and tally.states[State.PLANNED] == 4
        seen.on_rcpt = lambda _address, _n: None
        assert deliver(root).states[State.SENT] == 4
        assert deliver(root, bounced_too=True).states[State.SENT] == 2
        assert deliver(root, bounced_too=True).states[State.SENT] == 0
        everybody_has_it_once(seen)


def test_a_sender_that_is_refused_bounces_nobody(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS, extra='bounces_to = "nobody@refused.example"\n')
        with pytest.raises(UsageError, match="refuses the sender nobody@refused"):
            deliver(root)
    assert {state for state, _, _ in states(root).values()} == {State.PLANNED}


def test_connection_lost_in_data_is_sent_again_with_the_same_id(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS)
        seen.on_data = lambda address, n: DROP if address == READERS[1] and n == 0 else None
        assert deliver(root).states[State.SENT] == 6
        everybody_has_it_once(seen)
        twice = [read(data)["Message-ID"] for address, data in seen.offered if address == READERS[1]]
        assert len(twice) == 2 and twice[0] == twice[1] and seen.connections <= 3
    with Ledger(root / FILE, lambda: NOW) as ledger:
        assert "may have arrived" in ledger.events("deferred")[0].detail
        assert [event.id for event in ledger.events("again")] == [twice[0]]
        assert ledger.entries("2031-05")[1].attempts == 2


def test_server_that_goes_away_with_421(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS)
        seen.on_data = lambda address, n: "421 4.3.2 closing" if address == READERS[4] and n == 0 else None
        assert deliver(root).states[State.SENT] == 6
        everybody_has_it_once(seen)


def test_slow_server_costs_one_time_out_a_mail_and_no_reader(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:1], settings='"deliver.attempts" = 1\n')
        seen.delay = 1.0
        assert deliver(root).states[State.DEFERRED] == 1
        seen.delay = 0.0
        assert deliver(root, later=timedelta(hours=1)).states[State.SENT] == 1
    assert len(set(seen.ids())) == 1


def test_no_server_is_asked_a_few_times_and_everything_stays_planned(tmp_path: Path) -> None:
    with office() as seen:
        port = seen.port
    root = workspace(tmp_path, port, READERS)
    tally = deliver(root)
    assert "cannot be reached" in tally.stopped and tally.states[State.PLANNED] == 6
    assert {state for state, _, _ in states(root).values()} == {State.PLANNED}
    assert {attempts for _, attempts, _ in states(root).values()} == {0}, "nothing was offered"


def test_several_connections_share_the_readers(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS, extra="connections = 3\n")
        seen.delay = 0.02
        assert deliver(root).states[State.SENT] == 6
        everybody_has_it_once(seen)
        assert seen.connections == 3


def _keys(root: Path) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # small on purpose: this is a test
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (root / "dkim.pem").write_bytes(pem)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    import base64

    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def test_signature_verifies_and_covers_the_way_out(tmp_path: Path) -> None:
    import dkim

    dns = _keys(tmp_path)
    extra = 'dkim_domain = "brief.example"\ndkim_selector = "m1"\ndkim_key = { file = "dkim.pem" }\n'
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:2], extra=extra)
        assert deliver(root).states[State.SENT] == 2

    def record(name: bytes, timeout: int = 5) -> bytes | None:
        return dns if name == b"m1._domainkey.brief.example." else None

    data = seen.taken[0][1]
    assert dkim.verify(data, dnsfunc=record)
    for old, new in (
        (b"t=", b"T="),
        (b"One-Click", b"Two-Click"),
        (b"\r\n\r\n", b"\r\nList-Unsubscribe: <https://elsewhere.example/>\r\n\r\n"),
        (b"\r\nTo: ", b"\r\nCc: a@b.example\r\nIn-Reply-To: <x@y.example>\r\nTo: "),
    ):
        changed = data.replace(old, new) if old != b"t=" else data.replace(b"leave?t=", b"leave?u=")
        assert changed != data
        assert not dkim.verify(changed, dnsfunc=record), (old, new)


def test_wrong_key_stops_the_run_and_loses_nobody(tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_text("no key")
    extra = 'dkim_domain = "brief.example"\ndkim_selector = "m1"\ndkim_key = { file = "dkim.pem" }\n'
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:2], extra=extra)
        with pytest.raises(UsageError, match="RSA key in PEM"):
            deliver(root)
    assert states(root)[READERS[0]][0] is State.PLANNED and not seen.offered


def test_a_password_never_goes_over_an_open_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_PASSWORD", "swordfish")
    extra = 'username = "geppo"\npassword = { env = "GEPPO_TEST_PASSWORD" }\n'
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:1], extra=extra)
        with pytest.raises(UsageError, match="starttls or tls"):
            deliver(root)
    assert not seen.offered and "swordfish" not in str(read_channels(root, 1, "Asia/Tokyo"))


def _certificate(root: Path) -> ssl.SSLContext:
    """A server's context with a certificate of its own for `localhost`, which is also put into `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (root / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (root / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(root / "ca.pem", root / "key.pem")
    return context


def _closed(root: Path, port: int, **values: str) -> Path:
    """A workspace whose channel speaks STARTTLS and logs in."""
    extra = 'username = "geppo"\npassword = { env = "GEPPO_TEST_PASSWORD" }\n'
    made = workspace(root, port, READERS[:2], extra=extra)
    file = made / "channels.toml"
    text = file.read_text(encoding="utf-8").replace('"127.0.0.1"', '"localhost"').replace('"none"', '"starttls"')
    file.write_text(text + f'ca_file = "{values.get("ca", root / "ca.pem")}"\n', encoding="utf-8")
    return made


def _login(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.login == b"geppo" and data.password == b"swordfish", handled=False)


@pytest.mark.parametrize("password", ["swordfish", "wrong"])
def test_starttls_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("GEPPO_TEST_PASSWORD", password)
    context = _certificate(tmp_path)
    with office(tls_context=context, require_starttls=True, auth_required=True, authenticator=_login) as seen:
        root = _closed(tmp_path / "w", seen.port, ca=str(tmp_path / "ca.pem"))
        if password == "swordfish":
            assert deliver(root).states[State.SENT] == 2 and seen.connections == 1
            return
        with pytest.raises(UsageError, match="refused the login") as caught:
            deliver(root)
        assert "wrong" not in str(caught.value)
    assert {state for state, _, _ in states(root).values()} == {State.PLANNED} and not seen.offered


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_PASSWORD", "swordfish")
    context = _certificate(tmp_path)
    with office(tls_context=context, require_starttls=True, authenticator=_login) as seen:
        root = _closed(tmp_path / "w", seen.port, ca="")
        tally = deliver(root)
    assert "ertificate" in tally.stopped and not seen.offered
    assert {state for state, _, _ in states(root).values()} == {State.PLANNED}


def test_a_server_without_starttls_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_PASSWORD", "swordfish")
    _certificate(tmp_path)
    with office() as seen:
        root = _closed(tmp_path / "w", seen.port, ca=str(tmp_path / "ca.pem"))
        tally = deliver(root)
    assert "STARTTLS" in tally.stopped and not seen.offered


def _run(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "geppo", "deliver", "2031-05", "--workspace", str(root), "--now", NOW.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_at_any_point_nobody_is_missed(tmp_path: Path) -> None:
    """200 mails, killed three times: before the answer to a mail, at the recipient, and right after an answer."""
    readers = [f"reader{n}@desk.example" for n in range(200)]
    chance = random.Random(20310501)
    points = sorted(chance.sample(range(5, 195), 3))
    killed: list[tuple[int, str]] = []
    with office() as seen:
        root = workspace(tmp_path, seen.port, readers)
        running: list[subprocess.Popen[bytes]] = []

        def maybe_kill(stage: str, address: str) -> None:
            turn = len(killed)
            if turn < 3 and len(seen.offered) > points[turn] and stage == ("data", "rcpt", "data")[turn]:
                killed.append((len(seen.offered), address))
                os.kill(running[-1].pid, signal.SIGKILL)
                running[-1].wait()

        def on_data(address: str, _n: int) -> str | None:
            maybe_kill("data", address)
            return None

        def on_rcpt(address: str, _n: int) -> str | None:
            maybe_kill("rcpt", address)
            return None

        seen.on_data, seen.on_rcpt = on_data, on_rcpt
        codes = []
        for _ in range(4):
            running.append(_run(root))
            running[-1].communicate(timeout=60)
            codes.append(running[-1].returncode)
    assert codes == [-signal.SIGKILL] * 3 + [0] and len(killed) == 3
    got: dict[str, list[str]] = {}
    for address, data in seen.taken:
        got.setdefault(address, []).append(read(data)["Message-ID"])
    assert set(got) == set(readers), "nobody is missed"
    twice = {address for address, ids in got.items() if len(ids) > 1}
    assert all(len(set(ids)) == 1 and len(ids) <= 2 for ids in got.values()), "the same id both times"
    with Ledger(root / FILE, lambda: NOW) as ledger:
        named = {ledger.entry(event.id, event.channel).recipient for event in ledger.events("again")}
        assert {one.state for one in ledger.entries("2031-05")} == {State.SENT}
    assert len(twice) <= 3 and twice <= named == {address for _, address in killed}


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path / FILE, lambda: NOW), pytest.raises(UsageError, match="another delivery is running"):
        Ledger(tmp_path / FILE, lambda: NOW)
    Ledger(tmp_path / FILE, lambda: NOW).close()


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, and longer than a page header would be" * 20)
    with pytest.raises(UsageError, match="move the file away"):
        Ledger(tmp_path / FILE, lambda: NOW)


def test_the_ledger_is_on_disk_before_the_mail_goes(tmp_path: Path) -> None:
    """What another program finds in the file while a mail is in flight."""
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:1])
        found: list[str] = []

        def look(_address: str, _n: int) -> str | None:
            copy = tmp_path / "copy.sqlite"
            copy.write_bytes((root / FILE).read_bytes())
            copy.with_name("copy.sqlite-wal").write_bytes((root / (FILE + "-wal")).read_bytes())
            connection = sqlite3.connect(copy)
            found.extend(row[0] for row in connection.execute("SELECT state FROM parcel"))
            connection.close()
            return None

        seen.on_data = look
        deliver(root)
    assert found == ["sending"]


def test_other_bytes_under_the_same_name_are_refused(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:2])
        deliver(root)
        file = root / "out" / "2031-05" / "member.en.eml"
        file.write_bytes(file.read_bytes().replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: no"))
        (root / "subscribers.toml").write_text(
            (root / "subscribers.toml").read_text().replace("reader0@", "newcomer@"), encoding="utf-8"
        )
        with pytest.raises(UsageError, match=r"corrections\.toml"):
            deliver(root)


def test_dispatch_with_nothing_to_do_opens_no_connection(tmp_path: Path) -> None:
    with office() as seen:
        root = workspace(tmp_path, seen.port, READERS[:1])
        channel = read_channels(root, 1, "Asia/Tokyo")[0]
        effort = Effort.of(config.load())
        with Ledger(root / FILE, lambda: NOW) as ledger:
            asyncio.run(dispatch(channels()["smtp"], channel, [], ledger, effort, lambda: NOW))
        assert seen.connections == 0
