"""A session: the marking, the cache, and when an endpoint is left alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from geppo.errors import InputError
from geppo.llm.cache import Cache, Kept
from geppo.llm.client import Schema
from geppo.llm.options import Options, options
from geppo.llm.record import Proposal, Reason, digest, render
from geppo.llm.session import Question, Session
from geppo.model.marking import Tlp
from tests.llm.endpoint import Endpoint

_SCHEMA = {"type": "object"}


class _Model:
    """Gives its answers in turn; an error is raised."""

    def __init__(self, answers: Sequence[dict[str, Any] | str], seconds: float = 0.0) -> None:
        self.answers, self.asked, self.spent, self._seconds = list(answers), 0, 0.0, seconds

    def ask(self, system: str, data: str, name: str, schema: Schema) -> dict[str, Any]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        self.spent += self._seconds
        if isinstance(answer, str):
            raise InputError(answer, f"made: {answer}")
        return answer


def _options(**values: float | str) -> Options:
    found = options(Endpoint(port=9, answer=lambda _: "").settings(**values))
    assert found is not None
    return found


def _question(text: str = "A.", marking: Tlp = Tlp.CLEAR, task: str = "wording.en") -> Question:
    return Question(task=task, data={"sentence": text}, schema=_SCHEMA, marking=marking)


@pytest.mark.parametrize("ceiling", list(Tlp))
@pytest.mark.parametrize("marking", list(Tlp))
def test_the_marking_decides_what_is_asked(ceiling: Tlp, marking: Tlp) -> None:
    model = _Model([{"sentence": "B."}])
    session = Session(_options(max_marking=ceiling.label), Cache(None), model)
    reply = session.ask(_question(marking=marking))
    assert model.asked == int(marking <= ceiling)
    assert reply.reason == (None if marking <= ceiling else Reason.MARKING)


def test_a_long_question_is_not_sent() -> None:
    model = _Model([{}])
    session = Session(_options(question_characters=50), Cache(None), model)
    assert session.ask(_question("x" * 60)).reason is Reason.TOO_LONG
    assert model.asked == 0


def test_what_was_taken_or_dropped_is_not_asked_again(tmp_path: Path) -> None:
    for reason in (None, Reason.WORDS):
        model = _Model([{"sentence": "B-8841."}])
        folder = tmp_path / str(reason)
        first = Session(_options(), Cache(folder), model)
        reply = first.ask(_question())
        first.keep(reply, reason)
        again = Session(_options(), Cache(folder), model).ask(_question())
        assert model.asked == 1
        assert (again.reason, again.key, again.digest) == (reason, reply.key, reply.digest)
        assert again.answer == ({"sentence": "B-8841."} if reason is None else None)
        (file,) = folder.iterdir()
        assert ("8841" in file.read_text(encoding="utf-8")) == (reason is None)


@pytest.mark.parametrize(
    ("values", "question"),
    [({"model": "other"}, {}), ({"seed": 1}, {}), ({}, {"text": "C."}), ({}, {"task": "wording.ja"})],
)
def test_another_question_is_asked(values: dict[str, Any], question: dict[str, Any], tmp_path: Path) -> None:
    model = _Model([{"sentence": "B."}])
    first = Session(_options(), Cache(tmp_path), model)
    first.keep(first.ask(_question()), None)
    Session(_options(**values), Cache(tmp_path), model).ask(_question(**question))
    assert model.asked == 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"answer": 1, "reason": "", "digest": ""}', '{"answer": null, "reason": "<b>", "digest": ""}',
     '{"answer": null, "reason": "words", "digest": "<script>"}', '{"answer": null, "reason": "words", "digest": 1}',
     "[" * 50_000, "x" * 200_000],
)  # fmt: skip
def test_a_file_that_is_no_entry_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert Cache(tmp_path).find("a") is None


def test_a_cache_keeps_what_it_is_given(tmp_path: Path) -> None:
    kept = Kept(answer={"a": "ä"}, reason=None, digest=digest("x"))
    Cache(tmp_path / "new").keep("k", kept)
    assert Cache(tmp_path / "new").find("k") == kept
    Cache(None).keep("k", kept)
    assert Cache(None).find("k") is None


def test_an_endpoint_that_fails_is_left_alone() -> None:
    model = _Model(["timeout", {"sentence": "B."}, "timeout", "server-error"])
    session = Session(_options(failures=2), Cache(None), model)
    reasons = [session.ask(_question(str(number))).reason for number in range(7)]
    assert reasons == [Reason.ENDPOINT, None, *[Reason.ENDPOINT] * 5]
    assert model.asked == 4
    assert [(gap.source, gap.kind, gap.message[:2]) for gap in session.gaps()] == [
        ("llm", "server-error", "ma"), ("llm", "timeout", "ma"), ("llm", "given-up", "3 "),
    ]  # fmt: skip
    assert "2 questions" in session.gaps()[1].message


def test_an_answer_that_is_no_json_is_no_failure_of_the_endpoint(tmp_path: Path) -> None:
    model = _Model(["no-json"])
    session = Session(_options(failures=2), Cache(tmp_path), model)
    assert [session.ask(_question(str(number))).reason for number in range(5)] == [Reason.NO_JSON] * 5
    assert model.asked == 5
    assert session.gaps() == ()
    assert Session(_options(), Cache(tmp_path), model).ask(_question("0")).reason is Reason.NO_JSON
    assert model.asked == 5


def test_a_month_spends_so_long() -> None:
    model = _Model([{"sentence": "B."}], seconds=40.0)
    session = Session(_options(month_seconds=100), Cache(None), model)
    for number in range(5):
        session.ask(_question(str(number)))
    assert model.asked == 3
    assert [gap.kind for gap in session.gaps()] == ["given-up"]


def test_the_record_holds_text_only_where_it_was_taken() -> None:
    rows = [
        Proposal(where="member.en", about="s1", reason=None, prompt="p", answer="a", text="Taken."),
        Proposal(where="member.en", about="s2", reason=Reason.WORDS, prompt="p", answer="a", text="Attack."),
    ]
    record = json.loads(render("made", rows))
    assert [row["text"] for row in record["proposals"]] == ["Taken.", ""]
    assert [row["accepted"] for row in record["proposals"]] == [True, False]
    assert record["model"] == "made"
