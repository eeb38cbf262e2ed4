"""Who is who: ids, aliases, states, publishers, agreements, printed forms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geppo.catalog import Catalog
from geppo.catalog.tables import packaged
from geppo.errors import DataError
from geppo.model.entity import Kind, Term


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_an_overlay_alias_joins_entries_of_the_lists(catalog: Catalog) -> None:
    ids = {catalog.canonical(m.id) for m in catalog.match("Jewelbug, Earth Alux, REF7707, CL-STA-0049", "en")}
    assert ids == {"actor/jewelbug"}


def test_two_entries_that_list_each_other_are_one(catalog: Catalog) -> None:
    assert catalog.canonical("actor/forest-blizzard") == catalog.canonical("actor/strontium") == "actor/apt28"


def test_a_shared_alias_joins_nothing(catalog: Catalog) -> None:
    assert len({catalog.canonical(f"actor/{name}") for name in ("apt28", "apt29", "lazarus-group", "kimsuky")}) == 4


def test_part_of_and_overlaps_join_nothing(catalog: Catalog) -> None:
    assert catalog.canonical("actor/andariel") == "actor/andariel"
    assert catalog.canonical("actor/ghostemperor") != catalog.canonical("actor/salt-typhoon")
    relations = {alias.relation for alias in catalog.aliases("actor/lazarus-group") if alias.name == "Andariel"}
    assert "part-of" in relations


def test_unknown_ids_come_back(catalog: Catalog) -> None:
    assert catalog.canonical("new:Nobody") == "new:Nobody"
    assert catalog.entry("new:Nobody") is None
    assert catalog.aliases("new:Nobody") == ()
    assert catalog.nexus("new:Nobody") == ""


def test_aliases_say_who_says_so(catalog: Catalog) -> None:
    (trend,) = [a for a in catalog.aliases("actor/jewelbug") if a.name == "Earth Alux" and a.date]
    assert (trend.namer, trend.relation, trend.date) == ("Trend Micro", "same", date(2025, 10, 15))
    assert all(alias.namer and alias.source for alias in catalog.aliases("actor/apt31"))


@pytest.mark.parametrize(
    ("identity", "state"),
    [
        ("actor/gamaredon-group", "country/RU"),
        ("actor/kimsuky", "country/KP"),
        ("actor/earth-alux", "country/CN"),
        ("actor/salt-typhoon", "country/CN"),
        ("malware/emotet", ""),
    ],
)
def test_nexus(catalog: Catalog, identity: str, state: str) -> None:
    assert catalog.nexus(identity) == state


def test_entry_and_label(catalog: Catalog) -> None:
    entry = catalog.entry("actor/apt31")
    assert entry is not None and (entry.kind, entry.name, entry.nexus) == (Kind.INTRUSION_SET, "APT31", "CN")
    country = Term(kind=Kind.LOCATION, id="country/RU", name="российские")
    assert (catalog.label(country, "ja"), catalog.label(country, "en")) == ("ロシア", "Russia")
    assert catalog.label(Term(kind=Kind.INTRUSION_SET, id="actor/apt31", name="APT31"), "ja") is None


def test_techniques(catalog: Catalog) -> None:
    assert catalog.technique("T1090.003") == "Multi-hop Proxy"
    assert catalog.technique("T9999") == ""


FIXTURE = {
    "concepts.toml": """
[[concept]]
id = "gizmo"
kind = "device"
name.en = "gizmo"
plural.en = "gizmos"
name.ja = "ギズモ"
counter = "台"
forms.en = ["gizmo"]
forms.ja = ["ギズモ"]
""",
    "publishers.toml": """
[[publisher]]
id = "house"
name = "House"
name_ja = "ハウス"
kind = "vendor"
country = "CN"
forms = ["House Labs"]

[[publisher]]
id = "unit"
name = "Unit"
kind = "vendor"
country = "CN"
forms = ["UnitX"]
""",
    "agreements.toml": """
[[agreement]]
id = "pact"
name.en = "Pact of A and B"
name.ja = "甲乙条約"
parties = ["RU", "KP"]
kind = "treaty"
signed = "2024-06-19"
ratified = "2024-11-09"
in_force = "2024-12-04"
ended = ""
source = "https://example.org/pact"
forms.en = ["Pact of A and B"]

[[agreement]]
id = "words"
name.en = "Statement"
name.ja = "声明"
parties = ["RU", "CN"]
kind = "partnership"
signed = 2022-02-04
source = "https://example.org/words"

[[agreement]]
id = "old"
name.en = "Old treaty"
name.ja = "旧条約"
parties = ["RU", "CN"]
kind = "treaty"
signed = "2001-07-16"
in_force = "2002-02-28"
ended = "2021-07-16"
source = "https://example.org/old"
""",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog(folder(tmp_path_factory.mktemp("catalog"), FIXTURE))


def folder(path: Path, files: dict[str, str]) -> Path:
    """The packaged names and rules with other data files beside them."""
    for name in ("matching.toml", "names.jsonl.gz"):
        (path / name).write_bytes(packaged(name).read_bytes())
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def test_agreements_hold_from_their_entry_into_force(small: Catalog) -> None:
    days = [date(2024, 6, 19), date(2024, 12, 3), date(2024, 12, 4), date(2025, 11, 1)]
    assert [len(small.agreements("country/KP", "RU", day)) for day in days] == [0, 0, 1, 1]
    pact = small.partners("RU", "country/KP", days[-1])
    assert pact is not None and pact.id == "agreement/pact"
    assert small.agreement("agreement/pact") == pact


def test_a_partnership_without_ratification_holds_from_its_signature(small: Catalog) -> None:
    assert [row.id for row in small.agreements("CN", "RU", date(2025, 1, 1))] == ["agreement/words"]
    assert [row.id for row in small.agreements("CN", "RU", date(2021, 1, 1))] == ["agreement/old"]
    assert small.partners("CN", "KP", date(2025, 1, 1)) is None
    assert small.partners("CN", "CN", date(2025, 1, 1)) is None


def test_publishers_by_name_alias_and_part(small: Catalog) -> None:
    def found(name: str) -> str:
        publisher = small.publisher(name)
        return publisher.id if publisher else ""

    assert [found(name) for name in ("HOUSE", "ハウス", "House (Holding)", "House UnitX", "org/unit")] == [
        "org/house",
        "org/house",
        "org/house",
        "org/unit",
        "org/unit",
    ]
    assert [found(name) for name in ("Warehouse", "Nobody", "")] == ["", "", ""]


def test_concepts_have_counter_and_plural(small: Catalog) -> None:
    assert (small.counter("device/gizmo"), small.plural("device/gizmo")) == ("台", "gizmos")
    assert (small.counter("device/none"), small.plural("device/none")) == ("件", "")
    (mention,) = small.match("three gizmos", "en")
    assert (mention.kind, mention.id, mention.name, mention.surface) == (
        Kind.CONCEPT,
        "device/gizmo",
        "gizmo",
        "gizmos",
    )


def test_publishers_and_agreements_are_found_in_texts(small: Catalog) -> None:
    found = [(m.kind, m.id) for m in small.match("House Labs on the Pact of A and B; housework.", "en")]
    assert found == [(Kind.IDENTITY, "org/house"), (Kind.AGREEMENT, "agreement/pact")]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("countries.toml", '[[country]]\nid = "XX"\nname.en = "X"\n', "countries.toml: [[country]] XX: name: ja"),
        (
            "sectors.toml",
            '[[sector]]\nid = "s"\nname.en = "a"\nname.ja = "b"\ncolour = 1\n',
            "sectors.toml: [[sector]] s",
        ),
        ("concepts.toml", "[[concept]\n", "concepts.toml: expected a TOML file"),
        ("publishers.toml", '[[publisher]]\nid = "p"\nname = "P"\nkind = "shop"\n', "[[publisher]] p: kind"),
        ("agreements.toml", FIXTURE["agreements.toml"].replace("2024-06-19", "June"), "[[agreement]] pact: signed"),
        ("agreements.toml", FIXTURE["agreements.toml"].replace('"KP"', ""), "two parties"),
        ("publishers.toml", FIXTURE["publishers.toml"].replace('"unit"', '"house"'), "the id is there twice"),
        (
            "overlay.toml",
            '[[alias]]\nname = "A"\nmeans = "actor/apt1"\nrelation = "same"\n',
            "overlay.toml: [[alias]] A",
        ),
        (
            "overlay.toml",
            '[[alias]]\nname="A"\nmeans="actor/nobody"\nrelation="same"\nnamer="n"\nsource="s"\ndate="2025-01-01"\n',
            "unknown id 'actor/nobody'",
        ),
    ],
)
def test_a_broken_data_file_is_named(tmp_path: Path, file: str, text: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        Catalog(folder(tmp_path, {file: text}))
    assert told in str(caught.value)


def test_a_workspace_overlay_comes_on_top(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(
        '[[name]]\nid="actor/velvet-harrow"\nkind="actor"\nname="Velvet Harrow"\nnexus="RU"\n'
        '[[alias]]\nname="APT29"\nmeans="actor/velvet-harrow"\nrelation="same"\nnamer="us"\nsource="note"\n'
        'date="2025-11-01"\n',
        encoding="utf-8",
    )
    catalog = Catalog.load(overlay)
    (mention,) = catalog.match("Velvet Harrow", "en")
    assert mention.id == "actor/velvet-harrow"
    assert catalog.canonical("actor/apt29") == "actor/velvet-harrow"
    assert Catalog.load().canonical("actor/apt29") == "actor/apt29"
