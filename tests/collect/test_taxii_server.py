"""Our TAXII client and our TAXII push against a TAXII server that others wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo.cli._place import make
from geppo.collect import Entry, taxii
from geppo.collect._http import Client
from geppo.collect._state import Seen
from geppo.deliver.channel import Parcel
from geppo.deliver.ledger import Outcome
from geppo.exchange import stix
from geppo.knowledge.place import open_store
from geppo.model.report import Fetched, Gap
from tests.collect.served import client, settings, visit
from tests.collect.taxii_server import KEY, READ, SHUT, USER, WRITE, Taxii, running
from tests.deliver.test_web_channels import send
from tests.exchange.made import fetched, made_package

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MEDIA = "application/taxii+json;version=2.1"
REPORTS = 23


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_USER", USER)
    monkeypatch.setenv("DESK_KEY", KEY)


def patient() -> Client:
    """A client that waits for a server of this very process, which answers late where both want the processor."""
    return client(chosen=settings(collect__deadline=20.0, collect__connect=20.0))


def entry(base: str, place: str = "/taxii2/", collection: str = READ) -> Entry:
    options = {"user_env": "DESK_USER", "secret_env": "DESK_KEY", "collection": collection}
    given = tuple(sorted((key, value) for key, value in options.items() if value))
    return Entry(kind="taxii", name="desk", place=base + place, allow_private=True, options=given)


def report(number: int) -> dict[str, Any]:
    stamp = f"2026-05-{1 + number % 28:02}T00:00:00.000Z"
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": f"report--{number:08x}-0000-4000-8000-000000000000",
        "created": stamp,
        "modified": stamp,
        "published": stamp,
        "name": f"Report {number}",
        "report_types": ["threat-report"],
        "object_refs": [],
    }


def filled(server: Taxii, first: int, last: int, name: str = READ) -> None:
    """Reports, each three added at one time."""
    for number in range(first, last):
        server.add(name, [report(number)], f"2026-05-20T00:{number // 3:02}:00.000Z")


def collected(source: Entry, seen: dict[str, Seen], **chosen: float) -> tuple[list[str], list[str]]:
    """Names of documents and kinds of gaps; what is to be remembered is put into `seen`."""
    with visit(patient(), seen=dict(seen)) as marks:
        got = list(taxii.fetch(source, settings(collect__deadline=20.0, **chosen), NOW))
    seen.update({mark.name: mark.seen for mark in marks})
    return [one.name for one in got if isinstance(one, Fetched)], [one.kind for one in got if isinstance(one, Gap)]


def names(*numbers: int) -> list[str]:
    return [f"report--{number:08x}-0000-4000-8000-000000000000.stix.json" for number in numbers]


@pytest.mark.parametrize("place", ["/taxii2/", "/root/", f"/root/collections/{READ}"])
def test_pages_from_any_address_and_then_only_news(place: str) -> None:
    seen: dict[str, Seen] = {}
    with running(page=5) as server:
        filled(server, 0, REPORTS)
        assert collected(entry(server.base, place), seen) == (names(*range(REPORTS)), [])
        assert len(server.pages) == 5 and all(query["limit"] == ["1000"] for query in server.pages)
        assert ["next" in query for query in server.pages] == [False, *[True] * 4]
        assert {accept for _, _, accept in server.asked} == {MEDIA}
        assert set(server.answered) == {(200, MEDIA)}
        server.asked.clear()
        assert collected(entry(server.base, place), seen) == ([], [])
        assert [query["added_after"] for query in server.pages] == [["2026-05-20T00:07:00.000000Z"]]
        server.add(READ, [report(90), report(91)], "2026-05-21T00:00:00.000Z")
        newer = {**report(3), "modified": "2026-05-30T00:00:00.000Z", "name": "Report 3, corrected"}
        server.add(READ, [newer], "2026-05-21T00:00:01.000Z")
        assert collected(entry(server.base, place), seen) == (names(3, 90, 91), [])


def test_all_collections_that_may_be_read() -> None:
    with running(page=50) as server:
        for number, name in enumerate((READ, WRITE, SHUT)):
            server.add(name, [report(number)], "2026-05-20T00:00:00.000Z")
        assert collected(entry(server.base, collection=""), {}) == (names(0, 1), [])
        assert collected(entry(server.base, collection=SHUT), {}) == ([], ["no-collection"])
        assert collected(entry(server.base, f"/root/collections/{SHUT}/"), {}) == ([], ["denied"])
        assert collected(entry(server.base, "/other/"), {}) == ([], ["missing"])


@pytest.mark.parametrize("key", ["wrong", "swordfis"])
def test_wrong_credentials(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_KEY", key)
    with running(page=50) as server, visit(patient()) as marks:
        filled(server, 0, 3)
        (gap,) = taxii.fetch(entry(server.base), settings(collect__deadline=20.0), NOW)
        assert isinstance(gap, Gap) and gap.kind == "denied" and key not in gap.message and not marks
        assert [status for status, _ in server.answered] == [401]


def test_a_collection_larger_than_one_visit_takes_comes_whole_in_several() -> None:
    """A visit ends within objects that were added together; the next ones bring the others of that time, too."""
    seen: dict[str, Seen] = {}
    got: list[str] = []
    with running(page=4) as server:
        filled(server, 0, REPORTS)
        for _ in range(REPORTS):
            new, gaps = collected(entry(server.base), seen, collect__max_bytes=600)
            got += new
            if not gaps:
                break
            assert gaps == ["more"]
        assert not gaps and sorted(got) == names(*range(REPORTS))


def test_objects_of_one_time_that_are_too_many_say_so() -> None:
    with running(page=4) as server:
        server.add(READ, [report(number) for number in range(40)], "2026-05-20T00:00:00.000Z")
        seen: dict[str, Seen] = {}
        got, gaps = collected(entry(server.base), seen, collect__max_bytes=600)
        assert got and gaps == ["too-large"] and not any(name.startswith("cursor") for name in seen)
        assert collected(entry(server.base), seen)[1] == []
        assert len([name for name in seen if name.startswith("report")]) == 40


def test_a_server_that_forgets_its_place_loses_nothing() -> None:
    """The server drops the place of `next` between two pages (it does so after a time)."""
    seen: dict[str, Seen] = {}
    with running(page=4) as server:
        filled(server, 0, REPORTS)

        def forget(_: int) -> None:
            if len(server.pages) == 3:
                server.backend.next.clear()

        server.hold = forget
        first, gaps = collected(entry(server.base), seen)
        assert first == names(*range(8)) and gaps == ["client-error"]
        server.hold = lambda _: None
        second, gaps = collected(entry(server.base), seen)
        assert second == names(*range(8, REPORTS)) and gaps == []


def _workspace(folder: Path, base: str) -> Path:
    make(folder)
    row = f'[[source]]\nname = "desk"\nkind = "taxii"\nurl = "{base}/taxii2/"\nallow_private = true\n'
    row += f'collection = "{READ}"\nuser_env = "DESK_USER"\nsecret_env = "DESK_KEY"\n'
    (folder / "sources.toml").write_text(row, encoding="utf-8")
    return folder


def command(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_collection_that_is_killed_goes_on(tmp_path: Path) -> None:
    with running(page=5) as server:
        filled(server, 0, REPORTS)
        work = _workspace(tmp_path / "work", server.base)
        reached, release = threading.Event(), threading.Event()

        def hold(number: int) -> None:
            if number == 6:
                reached.set()
                release.wait(30)

        server.hold = hold
        words = [sys.executable, "-m", "geppo", "collect", "--workspace", str(work)]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert reached.wait(30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        release.set()
        server.hold = lambda _: None
        command(*words)
        with closing(open_store(work / "geppo.sqlite")) as store:
            kept = [one.name for one in store.documents(datetime(2099, 1, 1, tzinfo=UTC))]
            assert sorted(kept) == names(*range(REPORTS)) and not list(store.verify())


def _push(folder: Path, server: Taxii, data: bytes, collection: str = WRITE, key: str = "DESK_KEY") -> Any:
    parcel = Parcel(id="2031-05.bundle@x", sender="", recipient="x", files=(("b", data),), facts={})
    table = {"username": USER, "password": {"env": key}, "batch": 20_000}
    return send("taxii", folder, parcel, url=f"{server.base}/root/collections/{collection}/", **table)


def test_what_our_channel_pushes_our_client_brings_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = made_package()
    data = stix.to_bundle(package)
    sent = json.loads(data)["objects"]
    with running(page=7) as server:
        reply = _push(tmp_path, server, data)
        assert reply.outcome is Outcome.SENT and reply.code == 202, reply.text
        assert len(server.collection(WRITE)["objects"]) == len(sent)
        # The same once more, as after a connection that was cut: the server holds all, and nothing is twice.
        again = _push(tmp_path, server, data)
        assert again.outcome is Outcome.SENT and "held already" in again.text
        assert len(server.collection(WRITE)["objects"]) == len(sent)
        monkeypatch.setenv("OTHER_KEY", "wrong")
        assert _push(tmp_path, server, data, key="OTHER_KEY").outcome is Outcome.REFUSED
        assert _push(tmp_path, server, data, READ).outcome is Outcome.REFUSED
        # The server takes the `version` of a definition, a standard property, for a time and fails on it.
        held = server.collection(WRITE)["objects"]
        held[:] = [one for one in held if one["type"] != "extension-definition"]
        with visit(patient()):
            got = list(taxii.fetch(entry(server.base, collection=WRITE), settings(collect__deadline=20.0), NOW))
    assert got
    assert [one for one in got if not isinstance(one, Fetched)] == []
    back = {}
    for one in got:
        assert isinstance(one, Fetched)
        back.update({item["id"]: item for item in json.loads(one.data)["objects"]})
    assert back == {item["id"]: item for item in sent if item["type"] != "extension-definition"}
    whole = json.dumps({"type": "bundle", "objects": list(back.values())}).encode()
    assert stix.from_bundle(fetched(whole)).restored == stix.from_bundle(fetched(data)).restored is not None


def test_a_refused_object_stays_refused(tmp_path: Path) -> None:
    """The server's failures are asked about; another version than the held one is no success."""
    with running(page=50) as server:
        original = server.backend.add_objects

        def failing(root: str, name: str, objects: dict[str, Any], time: datetime) -> Any:
            status = original(root, name, {"objects": objects["objects"][1:]}, time)
            lost = {"id": objects["objects"][0]["id"], "version": "x", "message": "no"}
            return {**status, "failure_count": 1, "failures": [lost]}

        server.backend.add_objects = failing
        data = json.dumps({"type": "bundle", "objects": [report(1), report(2)]}).encode()
        reply = _push(tmp_path, server, data)
        assert reply.outcome is Outcome.REFUSED and "1 failure" in reply.text
