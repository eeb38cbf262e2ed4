"""Servers that misbehave: each case of `http.toml` gives its outcome, and the sources beside it finish."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geppo.collect import Entry, _guard
from geppo.collect._guard import checked, is_public
from geppo.collect._http import Client, retry_after
from geppo.collect._state import State
from geppo.config import Settings
from geppo.errors import InputError
from geppo.knowledge.sqlite import SqliteStore
from geppo.pipeline import Collected, collect_sources
from tests.collect.served import Hand, Reply, client, html, packed, served, settings, trusting
from tests.conftest import CASES

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
ALL = tomllib.loads((CASES / "collect" / "http.toml").read_text(encoding="utf-8"))["case"]
_KEYS = {"name", "most", "replies", "next", "gap", "asked", "slept", "robots", "robots_status"}


def _body(row: dict[str, Any]) -> bytes:
    if row.get("page"):
        body = html("A page").body
        return body + b" " * (int(row["pad"]) - len(body)) if "pad" in row else body
    if "noise" in row:
        return random.Random(1).randbytes(int(row["noise"]))
    return b"x" * int(row["fill"]) if "fill" in row else str(row.get("text", "")).encode()


def _reply(row: dict[str, Any]) -> Reply:
    headers = {"content-type": f"text/html; charset={row['charset']}" if "charset" in row else "text/html"}
    how = str(row.get("pack", ""))
    if how or "encoding" in row:
        headers["content-encoding"] = str(row.get("encoding", how))
    if "to" in row:
        headers["location"] = str(row["to"])
    if "after" in row:
        headers["retry-after"] = str(row["after"])
    if "header" in row:
        headers[row["header"][0]] = row["header"][1]
    return Reply(
        status=int(row.get("status", 200)),
        headers=headers,
        body=packed(_body(row), how),
        mode=str(row.get("mode", "plain")),
    )


def _routes(case: dict[str, Any]) -> dict[str, list[Reply]]:
    routes = {"/page": [_reply(row) for row in case["replies"]], "/good": [html("Another page", 2)]}
    if "next" in case:
        routes["/next"] = [_reply(row) for row in case["next"]]
    for number in range(1, 9):
        routes[f"/chain/{number}"] = [Reply(status=302, headers={"location": f"/chain/{number + 1}"})]
    if "robots" in case or "robots_status" in case:
        routes["/robots.txt"] = [Reply(status=case.get("robots_status", 200), body=case.get("robots", "").encode())]
    return routes


def run(
    entries: Sequence[Entry], made: Client, state: State | None = None, chosen: Settings | None = None
) -> Collected:
    """Collect into stores in memory."""
    store, kept = SqliteStore(":memory:"), state or State(":memory:")
    try:
        return collect_sources(entries, store, chosen or settings(), NOW, client=made, state=kept)
    finally:
        store.close()
        made.close()
        if state is None:
            kept.close()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_each_server_has_its_outcome_and_the_others_finish(case: dict[str, Any]) -> None:
    assert set(case) <= _KEYS
    hand = Hand()
    with served(_routes(case)) as site, served({"/good": [html("Another page", 2)]}) as other:
        bad = Entry(kind="web", name="bad", place=f"{site.base}/page", allow_private=True)
        good = Entry(kind="web", name="good", place=f"{other.base}/good", allow_private=True)
        state = State(":memory:")
        # Only what is to run out of time has little of it: a busy machine is no server's fault.
        deadline = {} if case["gap"] == "timeout" else {"collect__deadline": 10.0}
        chosen = settings(collect__max_bytes=case.get("most", 200_000), **deadline)
        brought = run([bad, good], client(hand, chosen), state, chosen)
        found = {one.name: one for one in state.status(["bad", "good"])}
        state.close()
        assert found["good"].error_kind is None and found["good"].documents == 1
        kinds = [gap.kind for gap in brought.gaps]
        assert kinds == ([case["gap"]] if case["gap"] else [])
        assert found["bad"].error_kind == (case["gap"] or None)
        assert (found["bad"].last_success is None) == bool(case["gap"])
        assert found["bad"].documents == (0 if case["gap"] else 1)
        assert site.asked["/page"] == case.get("asked", site.asked["/page"])
        assert hand.slept == case.get("slept", hand.slept)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0"],
)
def test_every_spelling_of_loopback_is_refused(host: str) -> None:
    with served({"/page": [html("A page")]}) as site:
        entry = Entry(kind="web", name="bad", place=f"http://{host}:{site.port}/page")
        brought = run([entry], client())
        # The URL library refuses an octal spelling itself.
        assert [gap.kind for gap in brought.gaps] == ["bad-address" if host.startswith("0177") else "private-address"]
        assert not site.asked


ADDRESSES = {
    "10.0.0.1": False, "172.16.0.1": False, "192.168.1.1": False, "169.254.169.254": False, "100.64.0.1": False,
    "224.0.0.1": False, "255.255.255.255": False, "fe80::1%eth0": False, "fd00::1": False, "::": False,
    "64:ff9b::7f00:1": False, "2002:7f00:1::": False, "::ffff:10.0.0.1": False, "192.0.2.1": False, "ff02::1": False,
    "8.8.8.8": True, "2606:4700:4700::1111": True, "::ffff:8.8.8.8": True, "64:ff9b::808:808": True,
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_private_address_among_the_answers_refuses_the_name(address: str) -> None:
    assert is_public(address) is ADDRESSES[address]
    if ADDRESSES[address]:
        assert checked("name.example", ("8.8.4.4", address)) == ("8.8.4.4", address)
        return
    made = client(resolve=lambda host, port: ("8.8.4.4", address))
    with pytest.raises(InputError) as caught:
        made.get("http://name.example/", Entry(kind="web", name="x", place=""), robots=False)
    made.close()
    assert caught.value.kind == "private-address"


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A resolver that answers differently the second time (DNS rebinding) is not asked a second time."""
    answers = iter([("127.0.0.1",), ("10.0.0.1",)])
    with served({"/page": [html("A page")]}) as site:
        made = client(resolve=lambda host, port: next(answers))
        entry = Entry(kind="web", name="x", place="", allow_private=True)
        page = made.get(f"http://rebind.example:{site.port}/page", entry, robots=False)
        made.close()
        assert b"A page" in page.data
        assert site.headers[0]["host"] == f"rebind.example:{site.port}"
    assert next(answers) == ("10.0.0.1",)


def test_a_redirect_to_a_private_address_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop is let through by hand; the second has another name and is resolved, checked and refused."""
    monkeypatch.setattr(
        _guard, "checked", lambda host, found: found if host == "outside.example" else checked(host, found)
    )
    made = client(resolve=lambda host, port: ("127.0.0.1",))
    with served({"/inside": [html("Secret")]}) as site:
        to = f"http://inside.example:{site.port}/inside"
        site.routes["/page"] = [Reply(status=302, headers={"location": to})]
        with pytest.raises(InputError) as caught:
            made.get(f"http://outside.example:{site.port}/page", Entry(kind="web", name="x", place=""), robots=False)
        assert (site.asked["/page"], site.asked["/inside"]) == (1, 0)
    made.close()
    assert caught.value.kind == "private-address" and "inside.example" in str(caught.value)


def test_tls_is_verified_and_a_trusted_certificate_passes() -> None:
    with served({"/page": [html("A page")]}, tls=True) as site:
        entry = Entry(kind="web", name="bad", place=f"{site.base}/page", allow_private=True)
        assert [gap.kind for gap in run([entry], client()).gaps] == ["tls"]
        assert run([entry], client(tls=trusting())).new == 1


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with served({"/page": [Reply(status=302, headers={"location": "http://127.0.0.1:1/"})]}, tls=True) as site:
        entry = Entry(kind="web", name="bad", place=f"{site.base}/page", allow_private=True)
        assert [gap.kind for gap in run([entry], client(tls=trusting())).gaps] == ["insecure-redirect"]


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("http://127.0.0.1:1/", "refused"),
        ("ftp://127.0.0.1/", "bad-address"),
        ("http://user:key@127.0.0.1/", "bad-address"),
        ("http://127.0.0.1:99999/", "bad-address"),
        ("http:///path", "bad-address"),
        ("http://[::1/", "bad-address"),
        ("http://no-such-name.invalid/", "dns"),
    ],
)
def test_addresses_that_lead_nowhere(place: str, kind: str) -> None:
    def resolve(host: str, port: int) -> tuple[str, ...]:
        if host == "127.0.0.1":
            return (host,)
        raise OSError("unknown")

    entry = Entry(kind="web", name="bad", place=place, allow_private=True)
    assert [gap.kind for gap in run([entry], client(resolve=resolve)).gaps] == [kind]


def test_a_source_that_may_not_does_not_spoil_the_host_for_one_that_may() -> None:
    with served({"/page": [html("A page")]}) as site:
        made = client()
        with pytest.raises(InputError):
            made.get(f"{site.base}/page", Entry(kind="web", name="x", place=""))
        assert made.get(f"{site.base}/page", Entry(kind="web", name="x", place="", allow_private=True)).data
        made.close()


def test_a_key_is_not_written_to_the_cache(tmp_path: Path) -> None:
    with served({"/page": [html("A page")], "/inside": [html("Inside")]}) as site:
        made = client(cache=tmp_path / "cache.sqlite")
        entry = Entry(kind="web", name="x", place="", allow_private=True)
        assert made.get(f"{site.base}/page", entry).data
        assert made.get(f"{site.base}/inside", entry, private={"authorization": "Bearer s3cret-key"}).data
        made.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("cache.sqlite*"))
    assert b"A page" in kept and b"s3cret-key" not in kept


def test_an_unchanged_page_is_asked_for_conditionally_and_is_no_gap(tmp_path: Path) -> None:
    state = State(":memory:")
    fresh = replace(html("A page"), headers={"content-type": "text/html", "cache-control": "max-age=86400"})
    with served({"/page": [fresh]}) as site:
        entry = Entry(kind="web", name="desk", place=f"{site.base}/page", allow_private=True)
        first = run([entry], client(cache=tmp_path / "cache.sqlite"), state)
        again = run([entry], client(cache=tmp_path / "cache.sqlite"), state)
        assert (first.new, first.gaps) == (1, ())
        assert (again.new, again.gaps) == (0, ())
        assert site.asked["/page"] == 2 and site.conditional["/page"] == 1
        assert "cache-control" not in site.headers[-1]
    state.close()


def test_a_public_host_is_spared_and_cookies_and_keys_stay_at_home() -> None:
    """Two requests to one host are a second apart; a header with a key is not sent to the host of a redirect."""
    hand = Hand()
    with served({"/b": [html("B")]}) as other, served({}) as site:
        site.routes["/a"] = [Reply(status=302, headers={"location": f"{other.base}/b", "set-cookie": "a=b"})]
        made = client(hand)
        entry = Entry(kind="web", name="x", place="", allow_private=True)
        made.get(f"{site.base}/a", entry, private={"authorization": "Bearer key"})
        made.get(f"{site.base}/a", entry, private={"authorization": "Bearer key"})
        made.close()
        keys = [one.get("authorization") for one in site.headers if one["accept"] == "*/*"]
        assert keys == ["Bearer key"] * 2
        assert not any("authorization" in one or "cookie" in one for one in other.headers)
        assert not any("cookie" in one for one in site.headers)
    assert hand.slept == []


def test_a_public_host_is_asked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback taken for public: robots.txt, then two pages, with a pause before each page."""
    monkeypatch.setattr(_guard, "checked", lambda host, found: found)
    hand = Hand()
    with served({"/a": [html("A")], "/b": [html("B")]}) as site:
        made = client(hand, resolve=lambda host, port: ("127.0.0.1",))
        for path in ("/a", "/b"):
            made.get(f"http://public.example:{site.port}{path}", Entry(kind="web", name="x", place=""))
        made.close()
        assert site.asked == {"/robots.txt": 1, "/a": 1, "/b": 1}
    assert hand.slept == [1.0, 1.0]


def test_the_delay_between_two_requests_to_a_public_host() -> None:
    from geppo.collect._polite import Gate

    hand = Hand()
    gate = Gate(lambda: hand.time, hand.sleep)
    for _ in range(3):
        with gate.through(("https", "a.example", 443), 1.0):
            hand.time += 0.25
    with gate.through(("https", "b.example", 443), 1.0):
        pass
    assert hand.slept == [1.0, 1.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("Wed, 01 Apr 2026 06:02:00 GMT", 60.0), ("", None), ("-5", None), ("x", None), ("９", None)],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_a_proxy_of_the_environment_is_used_and_gets_no_private_names() -> None:
    with served({"/page": [html("Through the proxy")], "http://far.example/page": [html("Through")]}) as proxy:
        made = client(
            proxies={"http": proxy.base}, resolve=lambda host, port: ("8.8.8.8",) if "far" in host else ("127.0.0.1",)
        )
        entry = Entry(kind="web", name="x", place="")
        assert b"Through" in made.get("http://far.example/page", entry, robots=False).data
        with pytest.raises(InputError) as caught:
            made.get("http://near.example/page", entry, robots=False)
        made.close()
        assert caught.value.kind == "private-address"
        assert "http://near.example/page" not in proxy.asked
