"""The table [llm]: local by default, nothing remote without leave, no key in a file or a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from geppo import config
from geppo.config import Settings, Value
from geppo.errors import UsageError
from geppo.llm.options import Options, options
from geppo.model.marking import Tlp

_KEY = "sk-made-0123456789"


def _settings(**values: Value) -> Settings:
    return Settings(known=config.load().known, values={f"llm.{name}": value for name, value in values.items()})


def _options(**values: Value) -> Options:
    found = options(_settings(**{"model": "made", **values}), {"MADE_KEY": _KEY})
    assert found is not None
    return found


def test_no_endpoint_is_no_model() -> None:
    assert options(config.load()) is None
    assert options(_settings(endpoint="  ", model="made")) is None


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "127.8.9.1", "[::1]:1234", "localhost:11434", "LOCALHOST"])
def test_this_machine_needs_no_leave(host: str) -> None:
    found = _options(endpoint=f"http://{host}/v1/")
    assert not found.remote
    assert found.address == f"http://{host}/v1/chat/completions"
    assert found.ceiling is Tlp.GREEN


@pytest.mark.parametrize(
    "host",
    ["llm.example", "192.0.2.7", "10.0.0.2", "169.254.169.254", "0.0.0.0", "127.1", "0x7f.0.0.1", "2130706433",
     "localhost.example", "127.0.0.1.example", "[::ffff:10.0.0.2]", "[fe80::1]"],
)  # fmt: skip
def test_any_other_host_needs_leave(host: str) -> None:
    with pytest.raises(UsageError, match="allow_remote"):
        _options(endpoint=f"https://{host}/v1")
    found = _options(endpoint=f"https://{host}/v1", allow_remote=True)
    assert found.remote
    assert found.ceiling is Tlp.CLEAR
    with pytest.raises(UsageError, match="https://"):
        _options(endpoint=f"http://{host}/v1", allow_remote=True)


@pytest.mark.parametrize(
    "endpoint",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:8080", "http://", "http://user:pw@127.0.0.1/v1",
     "http://127.0.0.1/v1?key=1", "http://127.0.0.1/#a", "http://127.0.0.1:99999/", "http://[::1/v1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(endpoint: str) -> None:
    with pytest.raises(UsageError, match=r"\[llm\] endpoint"):
        _options(endpoint=endpoint)


def test_markings_of_here_and_there_are_two_settings() -> None:
    here = _options(endpoint="http://127.0.0.1/v1", max_marking="tlp:amber+strict")
    there = _options(endpoint="https://llm.example/v1", allow_remote=True, max_marking="TLP:RED")
    assert (here.ceiling, there.ceiling) == (Tlp.AMBER_STRICT, Tlp.CLEAR)
    with pytest.raises(UsageError, match="TLP:GREEN"):
        _options(endpoint="http://127.0.0.1/v1", max_marking="secret")


def test_the_key_comes_from_the_environment_and_stands_nowhere() -> None:
    found = _options(endpoint="http://127.0.0.1/v1", key_env="MADE_KEY")
    assert found.key == _KEY
    assert _KEY not in repr(found)
    with pytest.raises(UsageError, match="OTHER_KEY"):
        _options(endpoint="http://127.0.0.1/v1", key_env="OTHER_KEY")
    with pytest.raises(UsageError) as caught:
        _options(endpoint="http://127.0.0.1/v1", key_env=_KEY)
    assert _KEY not in str(caught.value)


def test_a_model_has_a_name() -> None:
    with pytest.raises(UsageError, match="model"):
        _options(endpoint="http://127.0.0.1/v1", model="")
    with pytest.raises(UsageError, match="model"):
        _options(endpoint="http://127.0.0.1/v1", model="a\nb")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[llm]\nendpoint = "http://127.0.0.1/v1"\nmodel = "m"\nclaims = true\n', None),
        ("[llm]\nkey = 1\n", "llm.key"),
        ('[llm]\nallow_remote = "yes"\n', "bool"),
        ("[llm]\nallow_remote = 1\n", "bool"),
        ("[llm]\nseed = true\n", "int"),
        ('llm = "on"\n', "expected a table"),
        ('[settings]\n"llm.seed" = 1\n[llm]\nseed = 2\n', "twice"),
    ],
)
def test_geppo_toml(text: str, said: str | None, tmp_path: Path) -> None:
    file = tmp_path / "geppo.toml"
    file.write_text(text, encoding="utf-8")
    if said is None:
        found = options(config.load(file))
        assert found is not None
        assert found.claims
        assert found.wording
        return
    with pytest.raises(UsageError, match=said):
        config.load(file)
