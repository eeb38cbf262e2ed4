"""Every relation rule fires on its own lines and not on its near misses; the lines are the cases."""

from __future__ import annotations

import re

import pytest

from geppo.model.entity import Kind, Term
from geppo.read.names import introduced, naming
from geppo.read.rules import compile_rules, kind_marks, rules
from geppo.read.triggers import Slow, Triggers
from geppo.read.typed import Item, TypedLine, typed_line

LANGUAGES = ("en", "ja", "zh", "ru", "ko")
_MENTION = re.compile(r"\[([a-z-]+):([^\]]+)\]")


def typed(line: str) -> TypedLine:
    """A typed line from `[kind:text]` notation."""
    items: list[Item] = []
    text = ""
    at = 0
    for found in _MENTION.finditer(line):
        text += line[at : found.start()]
        at = found.end()
        kind, name = found.groups()
        assert kind in kind_marks(), f"unknown kind {kind} in {line!r}"
        term = Term(kind=Kind.TEXT, id=f"{kind}/{name}", name=name)
        items.append(Item(kind=kind, start=len(text), end=len(text) + len(name), terms=(term,)))
        text += name
    text += line[at:]
    return typed_line(text, 0, len(text), items, ())


def _rule_lines() -> list[tuple[str, int, str, bool]]:
    return [
        (language, number, line, expected)
        for language in LANGUAGES
        for number, rule in enumerate(rules(language).rules)
        for lines, expected in ((rule.match, True), (rule.near, False))
        for line in lines
    ]


@pytest.mark.parametrize(("language", "number", "line", "expected"), _rule_lines())
def test_rule_line(language: str, number: int, line: str, expected: bool) -> None:
    found = rules(language).compiled[number].search(typed(line).line)
    assert (found is not None) == expected, f"{language}/{rules(language).rules[number].id}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_and_single_rules_agree(language: str) -> None:
    ruleset = rules(language)
    assert isinstance(ruleset.prefilter, Triggers), "run tools/compile_rules.py"
    left_out = []
    for rule in ruleset.rules:
        for line in (*rule.match, *rule.near):
            text = typed(line).line
            asked = set(ruleset.prefilter.of_sentence(text, ""))
            left_out += [
                (line, ruleset.rules[number].id)
                for number, compiled in enumerate(ruleset.compiled)
                if number not in asked and compiled.search(text) is not None
            ]
    assert left_out == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_of_names_and_single_rules_agree(language: str) -> None:
    known = naming(language)
    assert known is not None
    assert isinstance(known.prefilter, Triggers), "run tools/compile_rules.py"
    for rule in known.rules:
        for line in (*rule.match, *rule.near):
            text = typed(line).line
            found = {number for number, compiled in enumerate(known.compiled) if compiled.search(text) is not None}
            assert found <= set(known.prefilter.of_sentence(text, ""))


def test_edited_rules_are_read_without_their_triggers() -> None:
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
def test_naming_line(language: str, rule_id: str, line: str, expected: bool) -> None:
    known = naming(language)
    assert known is not None
    number = next(number for number, rule in enumerate(known.rules) if rule.id == rule_id)
    assert (known.compiled[number].search(typed(line).line) is not None) == expected
    if expected:
        assert list(introduced(typed(line), language, range(len(known.rules)))), "the name must come out with a kind"
