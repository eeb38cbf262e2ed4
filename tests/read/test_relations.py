"""Every relation rule fires on its own lines and not on its near misses; the lines are the cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from geppo.read.names import introduced, naming
from geppo.read.rules import compile_rules, rules
from geppo.read.triggers import Slow, Triggers
from geppo.read.typed import TypedLine

LANGUAGES = ("en", "ja", "zh", "ru", "ko")


def _rule_lines() -> list[tuple[str, int, str, bool]]:
    return [
        (language, number, line, expected)
        for language in LANGUAGES
        for number, rule in enumerate(rules(language).rules)
        for lines, expected in ((rule.match, True), (rule.near, False))
        for line in lines
    ]


@pytest.mark.parametrize(("language", "number", "line", "expected"), _rule_lines())
def test_rule_line(language: str, number: int, line: str, expected: bool, typed: Callable[[str], TypedLine]) -> None:
    found = rules(language).compiled[number].search(typed(line).line)
    assert (found is not None) == expected, f"{language}/{rules(language).rules[number].id}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_and_single_rules_agree(language: str, typed: Callable[[str], TypedLine]) -> None:
    ruleset = rules(language)
    assert isinstance(ruleset.prefilter, Triggers), "run tools/compile_rules.py"
    left_out = []
    for rule in ruleset.rules:
        for line in (*rule.match, *rule.near):
            text = typed(line).line
            asked = set(ruleset.prefilter.of_sentence(text, text))
            left_out += [
                (line, ruleset.rules[number].id)
                for number, compiled in enumerate(ruleset.compiled)
                if number not in asked and compiled.search(text) is not None
            ]
    assert left_out == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_of_names_and_single_rules_agree(language: str, typed: Callable[[str], TypedLine]) -> None:
    known = naming(language)
    assert known is not None
    assert isinstance(known.prefilter, Triggers), "run tools/compile_rules.py"
    for rule in known.rules:
        for line in (*rule.match, *rule.near):
            text = typed(line).line
            found = {number for number, compiled in enumerate(known.compiled) if compiled.search(text) is not None}
            assert found <= set(known.prefilter.of_sentence(text, text))


def test_edited_rules_are_read_without_their_triggers(typed: Callable[[str], TypedLine]) -> None:
    text = """
        [words]
        lease = "(?:rents?|rented)"
        [[rule]]
        id = "lease"
        predicate = "provides"
        pattern = "{S:network} <lease>~{O:relay-class}"
        match = ["[network:Foxglove] rents out [relay-class:proxy exits]"]
    """
    ruleset = compile_rules("en", text, "edited")
    assert isinstance(ruleset.prefilter, Slow)
    assert ruleset.prefilter.of_line(typed(ruleset.rules[0].match[0]).line, [0]) == [0]
    assert ruleset.prefilter.of_line("nothing here", [0]) == []


def _naming_lines() -> list[tuple[str, str, str, bool]]:
    return [
        (language, rule.id, line, expected)
        for language in LANGUAGES
        for known in (naming(language),)
        if known is not None
        for rule in known.rules
        for lines, expected in ((rule.match, True), (rule.near, False))
        for line in lines
    ]


@pytest.mark.parametrize(("language", "rule_id", "line", "expected"), _naming_lines())
def test_naming_line(language: str, rule_id: str, line: str, expected: bool, typed: Callable[[str], TypedLine]) -> None:
    known = naming(language)
    assert known is not None
    number = next(number for number, rule in enumerate(known.rules) if rule.id == rule_id)
    assert (known.compiled[number].search(typed(line).line) is not None) == expected
    if expected:
        assert list(introduced(typed(line), language, range(len(known.rules)))), "the name must come out with a kind"
