"""TAXII, MISP, NVD, EPSS, CSAF, KEV, JVN: what their second collection asks for, and answers that go wrong."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.collect import Entry, csaf, epss, jvn, kev, misp, nvd, sources, taxii
from geppo.collect._bundles import bundled
from geppo.collect._http import Client, Page
from geppo.collect._state import Mark, Seen
from geppo.collect._visit import Visit, visiting
from geppo.model.report import Fetched, Gap
from tests.collect.served import Reply, Site, served, settings, visit
from tests.contract.test_sources import SERVED

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)


def entry(kind: str, place: str, **options: str) -> Entry:
    """A source on loopback."""
    return Entry(kind=kind, name="desk", place=place, allow_private=True, options=tuple(sorted(options.items())))


def js(value: Any, **headers: str) -> Reply:
    """A JSON answer."""
    return Reply(headers={"content-type": "application/json", **headers}, body=json.dumps(value).encode())


def seen_of(marks: list[Mark]) -> dict[str, Seen]:
    """What the next collection knows."""
    return {mark.name: mark.seen for mark in marks}


def report(number: int, modified: str) -> dict[str, Any]:
    """A STIX report without references."""
    key = f"report--{number}0000000-0000-4000-8000-000000000000"
    return {"type": "report", "id": key, "name": f"R{number}", "modified": modified, "object_refs": []}


def _taxii(site: Site, pages: dict[str, Reply]) -> None:
    site.routes["/root/"] = [js({"title": "Root", "versions": ["application/taxii+json;version=2.1"]})]
    site.routes["/root/collections/"] = [
        js({"collections": [{"id": "c1", "alias": "reports", "can_read": True}, {"id": "c2", "can_read": True}]})
    ]
    for query, reply in pages.items():
        site.routes[f"/root/collections/c1/objects/{query and '?limit=1000' + query}"] = [reply]


def test_taxii_pages_by_time_and_begins_where_it_ended() -> None:
    """A server that gives no `next` is paged by X-TAXII-Date-Added-Last; the next collection asks after the last."""
    one, two = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"
    with served({}) as site:
        after = f"&added_after={one.replace(':', '%3A')}"
        _taxii(
            site,
            {
                "": js({"more": True, "objects": [report(1, one)]}, **{"X-TAXII-Date-Added-Last": one}),
                after: js({"more": False, "objects": [report(2, two)]}, **{"X-TAXII-Date-Added-Last": two}),
            },
        )
        source = entry("taxii", f"{site.base}/root/", collection="reports")
        with visit() as marks:
            found = list(taxii.fetch(source, settings(), NOW))
        assert [one.name[:9] for one in found if isinstance(one, Fetched)] == ["report--1", "report--2"]
        last = f"?limit=1000&added_after={two.replace(':', '%3A')}"
        site.routes[f"/root/collections/c1/objects/{last}"] = [Reply(body=b"")]
        with visit(seen=seen_of(marks)):
            assert list(taxii.fetch(source, settings(), NOW)) == []
        assert site.asked[f"/root/collections/c1/objects/{last}"] == 1
        assert site.headers[-1]["accept"] == "application/taxii+json;version=2.1"


@pytest.mark.parametrize(
    "envelope", [{"more": True, "next": "same", "objects": []}, {"more": True, "objects": []}], ids=["next", "none"]
)
def test_taxii_pages_in_a_circle_end(envelope: dict[str, Any]) -> None:
    with served({}) as site, visit() as marks:
        _taxii(site, {"": js(envelope)})
        found = list(taxii.fetch(entry("taxii", f"{site.base}/root/", collection="c1"), settings(), NOW))
        assert [one.kind for one in found if isinstance(one, Gap)] == ["not-taxii"]
        assert marks == [] and site.asked.total() < 8


def test_taxii_access_and_a_collection_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_KEY", "s3cret")
    with served({}) as site, visit():
        _taxii(site, {})
        source = entry("taxii", f"{site.base}/root/", collection="none", user_env="DESK_KEY", secret_env="DESK_KEY")
        (gap,) = taxii.fetch(source, settings(), NOW)
        assert isinstance(gap, Gap) and gap.kind == "no-collection" and "s3cret" not in gap.message
        assert site.headers[0]["authorization"] == "Basic czNjcmV0OnMzY3JldA=="
    monkeypatch.delenv("DESK_KEY")
    with visit():
        (gap,) = taxii.fetch(source, settings(), NOW)
    assert isinstance(gap, Gap) and gap.kind == "no-secret" and "DESK_KEY" in gap.message


def test_reports_are_grouped_with_what_they_refer_to() -> None:
    thing = {"type": "malware", "id": "malware--1", "name": "Reed", "modified": "2026-03-01"}
    old = {**thing, "name": "Older", "modified": "2026-02-01"}
    tie = {"type": "relationship", "id": "relationship--1", "source_ref": "malware--1", "target_ref": "tool--1"}
    tool = {"type": "tool", "id": "tool--1", "name": "Sedge"}
    maker = {"type": "identity", "id": "identity--1", "name": "Northgate Labs"}
    top = {**report(1, "2026-03-03"), "object_refs": ["malware--1", "tool--1", "x", 7], "created_by_ref": "identity--1"}
    (one,) = bundled([old, thing, tie, tool, maker, top, {"id": 7}, {}])
    inside = json.loads(one.data)["objects"]
    assert [item["id"] for item in inside] == sorted(
        ["identity--1", "malware--1", "relationship--1", str(top["id"]), "tool--1"]
    )
    assert {"name": "Reed"}.items() <= next(item for item in inside if item["id"] == "malware--1").items()
    assert (one.publisher, one.stamp) == ("Northgate Labs", "2026-03-03")
    assert bundled([top, tool, thing, old, maker, tie]) == [one]


def test_misp_instance_is_asked_by_page_and_then_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISP_KEY", "k")
    events = [
        {"Event": {"uuid": f"5f000000-0000-4000-8000-{n:012}", "timestamp": str(1_772_000_000 + n)}} for n in range(55)
    ]
    with served({}) as site:
        site.routes["/events/restSearch"] = [js({"response": events[:50]}), js({"response": events[50:]}), js([])]
        source = entry("misp", site.base, secret_env="MISP_KEY")
        with visit() as marks:
            assert len(list(misp.fetch(source, settings(), NOW))) == 55
        with visit(seen=seen_of(marks)):
            assert list(misp.fetch(source, settings(), NOW)) == []
        asked = [json.loads(body) for body in site.bodies]
        assert [(one["page"], one.get("timestamp")) for one in asked] == [(1, None), (2, None), (1, "1772000054")]
        assert site.headers[0]["authorization"] == "k"


def test_misp_event_that_fails_in_passing_is_taken_next_time() -> None:
    key = "5f000000-0000-4000-8000-000000000001"
    with served({}) as site:
        site.routes["/manifest.json"] = [js({key: {"timestamp": "1", "date": "2026-03-01"}})]
        site.routes[f"/{key}.json"] = [Reply(status=500)] * 3 + [js({"Event": {"uuid": key}})]
        with visit() as marks:
            (gap,) = misp.fetch(entry("misp", site.base), settings(), NOW)
            assert isinstance(gap, Gap) and gap.kind == "server-error" and marks == []
        with visit():
            (one,) = misp.fetch(entry("misp", site.base), settings(), NOW)
        assert isinstance(one, Fetched)


def test_nvd_asks_for_what_was_modified_since_in_spans() -> None:
    empty = {"totalResults": 0, "vulnerabilities": []}
    with served({}) as site:
        site.routes["/nvd"] = [js(empty)]
        with visit() as marks:
            assert list(nvd.fetch(entry("nvd", f"{site.base}/nvd"), settings(), NOW)) == []
        assert [mark.cursor for mark in marks] == [True]
        later = datetime(2026, 9, 1, tzinfo=UTC)
        with visit(seen=seen_of(marks)):
            list(nvd.fetch(entry("nvd", f"{site.base}/nvd"), settings(), later))
        asked = [path for path in site.asked if "lastMod" in path]
        assert len(asked) == 2 and "lastModStartDate=2026-04-01T06%3A01" in asked[0]
        with visit(since=date(2026, 3, 1)):
            list(nvd.fetch(entry("nvd", f"{site.base}/nvd"), settings(), NOW))
        assert any("pubStartDate=2026-03-01" in path for path in site.asked)


def test_kev_days_come_again_only_when_an_entry_changed() -> None:
    rows = [{"cveID": "CVE-2026-1001", "dateAdded": "2026-03-01", "notes": "a"},
            {"cveID": "CVE-2026-1002", "dateAdded": "2026-03-02"}]  # fmt: skip
    with served({}) as site:
        source = entry("kev", f"{site.base}/kev.json")
        site.routes["/kev.json"] = [js({"title": "Catalog", "vulnerabilities": rows})]
        with visit() as marks:
            found = [one for one in kev.fetch(source, settings(), NOW) if isinstance(one, Fetched)]
        assert json.loads(found[0].data)["vulnerabilities"] == rows[:1]
        assert dict(found[0].declared)["published"] == "2026-03-01"
        changed = [{**rows[0], "notes": "b"}, rows[1], {"cveID": "CVE-2026-1003", "dateAdded": "2026-03-03"}]
        site.routes["/kev.json"] = [js({"title": "Catalog", "vulnerabilities": changed})]
        with visit(seen=seen_of(marks)):
            again = [one.name for one in kev.fetch(source, settings(), NOW) if isinstance(one, Fetched)]
        assert again == ["kev-2026-03-01.json", "kev-2026-03-03.json"]


def test_epss_keeps_the_rows_that_matter_of_a_packed_file() -> None:
    text = SERVED["epss"]["routes"]["/epss.csv"]
    with served({"/e.csv.gz": [Reply(body=gzip.compress(text.encode(), mtime=0))]}) as site, visit():
        (one,) = epss.fetch(entry("epss", f"{site.base}/e.csv.gz"), settings(), NOW)
    assert isinstance(one, Fetched)
    lines = one.data.decode().splitlines()
    assert [line.partition(",")[0] for line in lines[2:]] == ["CVE-2026-1001", "CVE-2026-1003"]
    bomb = gzip.compress(b"0" * 1_000_000, mtime=0)
    with served({"/e.csv.gz": [Reply(body=bomb)]}) as site, visit():
        (gap,) = epss.fetch(entry("epss", f"{site.base}/e.csv.gz"), settings(), NOW)
    assert isinstance(gap, Gap) and gap.kind == "bomb"


def test_epss_interface_page_by_page() -> None:
    rows = [{"cve": f"CVE-2026-{n}", "epss": "0.9", "date": "2026-03-05"} for n in range(1001, 1004)]
    with served({}) as site, visit():
        site.routes["/epss"] = [js({"status": "OK", "total": 3, "data": rows[:2]})]
        site.routes["/epss?offset=2"] = [js({"status": "OK", "total": 3, "data": rows[2:]})]
        (one,) = epss.fetch(entry("epss", f"{site.base}/epss"), settings(), NOW)
    assert isinstance(one, Fetched) and json.loads(one.data)["data"] == rows


def test_csaf_folder_by_its_changes() -> None:
    advisory = {"document": {"title": "x", "tracking": {"current_release_date": "2026-03-01T00:00:00Z"}}}
    csv = b'"2026/a-2.json","2026-03-02T00:00:00Z"\n"2026/a-1.json","2026-03-01T00:00:00Z"\n"2026/none.txt","x"\n'
    with served({"/d/changes.csv": [Reply(body=csv)], "/d/2026/a-2.json": [js(advisory)]}) as site:
        site.routes["/pm.json"] = [js({"distributions": [{"directory_url": f"{site.base}/d/"}]})]
        with visit(since=date(2026, 3, 2)) as marks:
            found = list(csaf.fetch(entry("csaf", f"{site.base}/pm.json"), settings(), NOW))
        assert [one.name.rpartition("/")[2] for one in found if isinstance(one, Fetched)] == ["a-2.json"]
        assert site.asked["/d/2026/a-1.json"] == 0 and len(marks) == 1
        with visit():
            found = list(csaf.fetch(entry("csaf", f"{site.base}/d/changes.csv"), settings(), NOW))
        assert [one.kind for one in found if isinstance(one, Gap)] == ["missing"]
        with visit():
            found = list(csaf.fetch(entry("csaf", f"{site.base}/d/2026/a-2.json"), settings(), NOW))
        assert len(found) == 1


def test_jvn_interface_that_refuses_the_query() -> None:
    body = '<rdf:RDF><status:Status retCd="1" errMsg="範囲が不正です" totalRes="0"/></rdf:RDF>'
    with served({"/myjvn": [Reply(body=body.encode())]}) as site, visit():
        (gap,) = jvn.fetch(entry("jvn", f"{site.base}/myjvn?method=x"), settings(), NOW)
    assert isinstance(gap, Gap) and gap.kind == "refused-query" and "範囲が不正です" in gap.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["objects", "vulnerabilities", "cve", "id", "feed", "entry", "link", "document", "distributions", "rolie",
             "api_roots", "versions", "collections", "can_read", "more", "next", "data", "total", "type", "cveID",
             "dateAdded", "response", "Event", "uuid", "timestamp", "object_refs",
             "5f000000-0000-4000-8000-000000000001"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


class Canned:
    """A client with one answer."""

    def __init__(self, value: Any) -> None:
        self._data = json.dumps(value).encode()

    def get(self, url: str, entry: Entry, **rest: Any) -> Page:
        """The answer."""
        return Page(url=url, data=self._data, headers={})


@effort(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_documents_or_gaps(value: Any) -> None:
    """Each kind that reads JSON, on objects of its own words in the wrong places."""
    start = time.process_time()
    with visiting(Visit(client=cast(Client, Canned(value)))):
        for kind in ("taxii", "misp", "kev", "nvd", "epss", "csaf", "stix", "feed"):
            for one in sources()[kind].fetch(entry(kind, "https://desk.example/x"), settings(), NOW):
                assert isinstance(one, Fetched) or one.kind
    assert time.process_time() - start < 2
