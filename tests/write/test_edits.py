"""An editor's edits: what the gate lets through, what it refuses, and what outlives a rebuild."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from geppo.errors import GateError
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Likelihood, Origins
from geppo.model.claim import Hedge, Predicate, Rung
from geppo.model.edition import Edition, EditionKind, Issue, Month, Role, Sentence
from geppo.model.edits import Drop, Edits, Pin, Remark, Rephrase, State
from geppo.model.marking import Tlp
from geppo.pipeline import Draft
from geppo.write.edit_gate import refusals
from geppo.write.edition import LANGUAGES, Options, Writer, write_issue
from geppo.write.edits import Desk
from geppo.write.statement import Outline, SectionPlan, Statement, statement
from tests.conftest import CASES, MONTHS, made_draft
from tests.write import test_gate_claims as made

KINDS = (EditionKind.MEMBER, EditionKind.PUBLIC)
DAY = date(2031, 6, 2)
_SOURCE = "It was after a long and quiet winter in which nothing at all had moved in the harbour that we saw it."
_CLOSED = "The closed page tells of a night in which every last lamp of the yard went out at one stroke."


def _cases(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((CASES / "write" / name).read_text(encoding="utf-8"))["case"]
    return rows


def _named(row: dict[str, Any]) -> str:
    return f"{row.get('machine', 'remark')} {row['language']} {row.get('finding', 'passes')}"


@cache
def _desks() -> dict[str, tuple[Writer, Statement]]:
    """One claim, and the statements that rest on it."""
    claim = made.desk(made.plain_claim()).writer.month.claims[0]
    rungs = {"likely": Rung.LIKELY, "reported": Rung.REPORTED}
    desks = {name: made.desk(replace(claim, hedge=Hedge(rung=rung))) for name, rung in rungs.items()}
    out = {name: (_sourced(one), one.said) for name, one in desks.items()}
    forms = {
        "single": ("origins.single_alone", {"n": "1", "m": "0"}),
        "several": ("origins.several", {"n": "3", "m": "0"}),
        "mixed": ("trend.mixed", {"n": "2", "m": "2"}),
        "own": ("grade.own", {"grade": "low", "G": claim.publisher}),
    }
    for name, (form, values) in forms.items():
        said = statement(form, Role.CAVEAT, "t1", 1.0, claims=("c1",), values=values)
        out[name] = (out["likely"][0], said)
    out["overlap"] = _judged(out["likely"][0])
    return out


def _judged(writer: Writer) -> tuple[Writer, Statement]:
    """A judgement of ours over the same claim: what two groups share is unlikely to show that they work together."""
    one = Assessment(
        id="a1", kind=AssessmentKind.OVERLAP, subjects=made.ACTORS[:2], claims=("c1",),
        likelihood=Likelihood(low=0.05, point=0.21, high=0.56), confidence=Confidence.LOW,
        origins=Origins(roots=("d1",), repeats=()), evidence=(), rivals=(), detail=(), would_change=(),
    )  # fmt: skip
    month = replace(writer.month, assessments=(one,))
    said = statement(
        "overlap.likelihood", Role.ASSESSMENT, "t1", 1.0, claims=("c1",), assessments=("a1",), assessment=one
    )
    return Writer(month, EditionKind.MEMBER, made._catalog(), made._reader()), said


def _sourced(desk: made.Desk) -> Writer:
    """The desk's writer over a page with words of its own."""
    month = desk.writer.month
    documents = tuple(replace(one, text=_SOURCE) for one in month.documents)
    return Writer(replace(month, documents=documents), EditionKind.MEMBER, made._catalog(), made._reader())


@pytest.mark.parametrize("row", _cases("rephrased.toml"), ids=_named)
def test_gate_reads_an_editors_sentence(row: dict[str, Any]) -> None:
    writer, said = _desks()[row["machine"]]
    machine = writer.composers[row["language"]].sentence(said)
    assert machine is not None
    findings = refusals(said, machine, row["text"], writer.gates[row["language"]])
    if "finding" not in row:
        assert findings == ()
        return
    assert any(row["finding"] in one for one in findings), findings
    assert all(one.startswith(f"{said.id} ({row['language']}): ") and one.endswith(row["text"]) for one in findings)


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_the_machines_own_sentences_may_stand_for_themselves(name: str) -> None:
    draft = made_draft(name)
    for kind in KINDS:
        writer = Writer(draft.month, kind, draft.catalog, draft.reader)
        for said, sentence, language in _said(writer):
            assert refusals(said, sentence.text, sentence.text, writer.gates[language]) == ()


def _said(writer: Writer) -> Iterator[tuple[Statement, Sentence, str]]:
    """Statements of an audience with their sentences, in both languages."""
    held: dict[str, Statement] = {}

    class Watch(Desk):
        def signed(self, edition: Edition, outline: Outline, gate: Any) -> Edition:
            plans = [one for plan in outline.sections for part in plan.paragraphs for one in part]
            held.update({one.id: one for one in (*plans, *outline.opening, *outline.key_judgements)})
            return edition

    writer.desk = Watch(Edits(), writer.month)
    for edition in writer.editions():
        for sentence in edition.sentences():
            yield held[sentence.id], sentence, edition.language


# -- remarks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", _cases("remarks.toml"), ids=_named)
def test_gate_reads_a_remark(row: dict[str, Any]) -> None:
    remark = Remark(
        language=row["language"], text=row["text"], by="H. Y.", day=DAY, section="espionage",
        own=tuple(row.get("own", [])),
    )  # fmt: skip
    writer, said = _desks()["likely"]
    month = _with_closed(writer.month)
    plan = SectionPlan(id="espionage", theme="espionage", story="t1", heading=said, paragraphs=((said,),))
    outline = Outline(kind=EditionKind.MEMBER, opening=(), sections=(plan,), key_judgements=(), heads=())
    desk = Desk(Edits(remarks=(remark,)), month)
    signed = desk.signed(_edition_of(said, writer, row["language"]), outline, writer.gates[row["language"]])
    (outcome,) = desk.outcomes([signed])
    if "finding" in row:
        assert outcome.state is State.REFUSED and any(row["finding"] in one for one in outcome.notes), outcome
        assert signed.sections[0].remarks == ()
    else:
        assert outcome.state is State.APPLIED, outcome
        assert signed.sections[0].remarks == (remark,)


def _with_closed(month: Month) -> Month:
    """The month with a closed page, and a claim on it that names what no open page does."""
    page = replace(month.documents[0], sha256="d2", text=_CLOSED, marking=Tlp.AMBER)
    claim = replace(
        month.claims[0], id="c2", report="d2", predicate=Predicate.USES, object=made.MALWARE[1], marking=Tlp.AMBER
    )
    return replace(month, documents=(*month.documents, page), claims=(*month.claims, claim))


def _edition_of(said: Statement, writer: Writer, language: str) -> Edition:
    text = writer.composers[language].sentence(said)
    assert text is not None
    sentence = Sentence(id=said.id, text=text, role=Role.LEAD, claims=said.claims, assessments=(), citations=(1,))
    whole = writer.editions()[LANGUAGES.index(language)]
    section = replace(whole.opening, id="espionage", story="t1", paragraphs=((sentence,),))
    return replace(whole, opening=replace(whole.opening, paragraphs=()), sections=(section,), key_judgements=())


def test_a_remark_is_no_claim_and_no_origin() -> None:
    draft = made_draft("kanto")
    plain = draft.issue(KINDS)
    section = plain.editions[0].sections[0]
    remark = Remark(language="ja", text="続報を待ちます。", by="山田", day=DAY, section=section.id)
    edited = draft.issue(KINDS, Edits(remarks=(remark,)))
    assert edited.month == plain.month
    assert [one.sentences() for one in edited.editions] == [one.sentences() for one in plain.editions]
    assert [one.references for one in edited.editions] == [one.references for one in plain.editions]
    shown = [one.language for one in edited.editions for part in one.sections if part.remarks]
    assert shown and set(shown) == {"ja"}


# -- whole months --------------------------------------------------------------------------------------------------


def _fact(issue: Issue, language: str) -> Sentence:
    """A sentence on one claim of a source, that leans on no other."""
    edition = next(one for one in issue.editions if one.language == language and one.kind is EditionKind.MEMBER)
    return next(one for one in edition.sections[0].paragraphs[0] if one.role is Role.LEAD)


def _rephrased(sentence: Sentence, language: str, text: str, **more: Any) -> Rephrase:
    rests = (*sentence.claims, *sentence.assessments)
    return Rephrase(
        sentence=sentence.id, language=language, text=text, was=sentence.text, by="H. Y.", rests=rests, **more
    )


def _other_words(draft: Draft, sentence: Sentence, language: str) -> str:
    """A wording of the sentence that geppo has not chosen: surely no stronger."""
    writer = Writer(draft.month, EditionKind.MEMBER, draft.catalog, draft.reader)
    said = next(one for one, other, _ in _said(writer) if other.id == sentence.id)
    turns = (writer.composers[language].sentence(said, turn) for turn in range(3))
    return next(one for one in turns if one is not None and one != sentence.text)


@pytest.mark.parametrize("name", sorted(MONTHS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edit_of_one_language_leaves_the_other(name: str, language: str) -> None:
    draft = made_draft(name)
    plain = draft.issue(KINDS)
    sentence = _fact(plain, language)
    text = _other_words(draft, sentence, language)
    issue = draft.issue(KINDS, Edits(rephrases=(_rephrased(sentence, language, text),)))
    assert issue.editing is not None
    (outcome,) = issue.editing.outcomes
    assert outcome.state is State.APPLIED and f"member.{language}" in outcome.where
    assert any("stays as the machine wrote it" in one for one in outcome.notes)
    for before, after in zip(plain.editions, issue.editions, strict=True):
        if after.language != language:
            assert before == after
    found = [one for edition in issue.editions for one in edition.sentences() if one.machine]
    assert found and {(one.id, one.text, one.edited_by) for one in found} == {(sentence.id, text, "H. Y.")}
    assert [one.claims for one in found] == [sentence.claims] * len(found)


def test_the_same_edits_give_the_same_issue_again() -> None:
    draft = made_draft("kanto")
    sentence = _fact(draft.issue(KINDS), "ja")
    edits = Edits(rephrases=(_rephrased(sentence, "ja", _other_words(draft, sentence, "ja")),))
    one, other = (write_issue(draft.month, draft.catalog, draft.reader, KINDS, Options(edits=edits)) for _ in range(2))
    assert one == other


def test_an_edit_for_other_words_or_other_claims_does_not_apply() -> None:
    draft = made_draft("kanto")
    sentence = _fact(draft.issue(KINDS), "en")
    good = _rephrased(sentence, "en", _other_words(draft, sentence, "en"))
    gone = replace(good, sentence="s0000000000")
    nowhere = replace(gone, rests=("c-none",))
    cases = (
        (replace(good, was="Something else was said."), "machine now says: "),
        (replace(good, rests=("c-none",)), f"machine now says: {sentence.text} (the same words, resting on other"),
        (replace(gone, was="Something else was said."), "machine now says: "),
        (replace(nowhere, was=sentence.text[:-5]), f"machine now says: {sentence.text}"),
        (replace(nowhere, was="#"), "machine now says nothing"),
    )
    for edit, words in cases:
        issue = draft.issue(KINDS, Edits(rephrases=(edit,)))
        assert issue.editing is not None
        (outcome,) = issue.editing.outcomes
        assert outcome.state is State.UNFIT and any(words in note for note in outcome.notes), outcome
        assert issue.editions == issue.editing.machine


def test_an_edit_outlives_a_new_id_of_its_story() -> None:
    draft = made_draft("kanto")
    sentence = _fact(draft.issue(KINDS), "en")
    good = _rephrased(sentence, "en", _other_words(draft, sentence, "en"))
    for edit, state in (
        (replace(good, sentence="s0000000000"), State.APPLIED),
        (replace(good, sentence="s0000000000", rests=()), State.UNFIT),
        (replace(good, sentence="s0000000000", was=f"Also, {good.was}"), State.UNFIT),
    ):
        issue = draft.issue(KINDS, Edits(rephrases=(edit,)))
        assert issue.editing is not None
        (outcome,) = issue.editing.outcomes
        assert outcome.state is state, outcome
        applied = {one.id for edition in issue.editions for one in edition.sentences() if one.machine}
        assert applied == ({sentence.id} if state is State.APPLIED else set())
        assert (f"the sentence is now {sentence.id}" in outcome.notes) == (state is State.APPLIED)


def test_an_edit_outlives_a_turn_of_the_machines_wording() -> None:
    draft = made_draft("kanto")
    member = next(one for one in draft.issue((EditionKind.MEMBER,)).editions if one.language == "ja")
    writer = Writer(draft.month, EditionKind.MEMBER, draft.catalog, draft.reader)
    printed = [sentence.text for _, sentence, _ in _said(writer)]
    sentences = {one.id: one for one in member.sentences()}
    turns = (
        (sentences[said.id], text)
        for said, sentence, language in _said(writer)
        if language == "ja" and said.form == "fact" and not said.connective
        for text in (writer.composers["ja"].sentence(said, turn) for turn in range(3))
        if text is not None and text not in printed
    )
    sentence, unprinted = next(turns)
    mine = f"{sentence.text[:-1]}。" if not sentence.text.endswith("。") else sentence.text.replace("は、", "は ", 1)
    edit = replace(_rephrased(sentence, "ja", mine, edition="member"), was=unprinted)
    issue = draft.issue(KINDS, Edits(rephrases=(edit,)), strict=False)
    assert issue.editing is not None
    (outcome,) = issue.editing.outcomes
    assert outcome.state is not State.UNFIT, outcome


def test_the_later_edit_of_a_sentence_counts() -> None:
    draft = made_draft("kanto")
    sentence = _fact(draft.issue(KINDS), "en")
    first = _rephrased(sentence, "en", _other_words(draft, sentence, "en"))
    back = replace(first, text=sentence.text)
    issue = draft.issue(KINDS, Edits(rephrases=(first, back)))
    assert issue.editing is not None
    assert [one.state for one in issue.editing.outcomes] == [State.REPLACED, State.APPLIED]
    assert issue.editions == issue.editing.machine


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_edit_stops_the_issue(language: str) -> None:
    draft = made_draft("kanto")
    plain = next(one for one in draft.issue(KINDS).editions if one.language == language)
    facts = [paragraph[0] for part in plain.sections for paragraph in part.paragraphs]
    sentence = next(one for one in facts if "9,460" in one.text and one.role is Role.LEAD)
    edit = _rephrased(sentence, language, sentence.text.replace("9,460", "9,560"))
    assert edit.text != sentence.text
    with pytest.raises(GateError) as stopped:
        draft.issue(KINDS, Edits(rephrases=(edit,)))
    assert f"{sentence.id} ({language}): the number 9560 that its grounds do not hold in: {edit.text}" in str(
        stopped.value
    )
    lenient = draft.issue(KINDS, Edits(rephrases=(edit,)), strict=False)
    assert lenient.editing is not None and lenient.editions == lenient.editing.machine


def _stories(edition: Edition) -> list[str]:
    told = (one.story for part in edition.sections for paragraph in part.paragraphs for one in paragraph[:1])
    return list(dict.fromkeys(story for story in told if story))


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_a_dropped_story_is_not_told_and_stays_on_record(name: str) -> None:
    draft = made_draft(name)
    plain = draft.issue(KINDS)
    story = _stories(plain.editions[0])[1]
    claims = {one.id: set(one.claims) for one in plain.month.stories}
    alone = claims[story] - {claim for other, held in claims.items() if other != story for claim in held}
    issue = draft.issue(KINDS, Edits(drops=(Drop(story=story, reason="told last month"),)))
    for edition in issue.editions:
        assert story not in {one.story for one in edition.sentences()}
        rows = {claim for table in edition.tables for row in table.rows for claim in row.claims}
        assert not alone & (rows | {claim for one in edition.sentences() for claim in one.claims})
    assert issue.month == plain.month


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_a_pinned_story_is_told_first(name: str) -> None:
    draft = made_draft(name)
    plain = draft.issue(KINDS)
    story = _stories(plain.editions[0])[-1]
    tellable = {one.story for one in plain.editions[0].key_judgements} | {
        one.story for part in plain.editions[0].sections for one in part.paragraphs[0][:1]
    }
    story = next((one for one in reversed(_stories(plain.editions[0])) if one in tellable), story)
    issue = draft.issue(KINDS, Edits(pins=(Pin(story=story),)))
    for edition in issue.editions:
        assert edition.sections[0].paragraphs[0][0].story == story, edition.kind
        assert edition.key_judgements[0].story == story


@pytest.mark.parametrize("name", sorted(MONTHS))
def test_an_order_moves_sections_and_takes_nothing_away(name: str) -> None:
    draft = made_draft(name)
    member = draft.issue(KINDS).editions[0]
    wanted = [part.paragraphs[0][0].story for part in reversed(member.sections)]
    rest = [story for story in _stories(member) if story not in wanted]
    issue = draft.issue(KINDS, Edits(order=(*wanted, *rest)))
    moved = issue.editions[0]
    assert [part.id for part in moved.sections] == [part.id for part in reversed(member.sections)]
    assert moved.sections == tuple(reversed(member.sections)) and moved.opening == member.opening
    judged = [one.story for one in moved.key_judgements]
    assert judged == sorted(judged, key=[*wanted, *rest, *judged].index)


def test_a_story_is_known_again_by_its_claims() -> None:
    draft = made_draft("kanto")
    plain = draft.issue(KINDS)
    story = next(one for one in plain.month.stories if one.id == _stories(plain.editions[0])[0])
    drop = Drop(story="s-000000000000", reason="x", claims=story.claims[: len(story.claims) // 2 + 1])
    issue = draft.issue(KINDS, Edits(drops=(drop, Drop(story="s-1", reason="x"))))
    assert issue.editing is not None
    assert [one.state for one in issue.editing.outcomes] == [State.APPLIED, State.UNFIT]
    assert f"the story is now {story.id}" in issue.editing.outcomes[0].notes
    assert story.id not in _stories(issue.editions[0])
    assert issue.editing.edits.drops[0].story == story.id


def test_what_is_said_of_an_edit_does_not_hang_on_the_editions_asked_for() -> None:
    draft = made_draft("kanto")
    public = next(one for one in draft.issue(KINDS).editions if one.kind is EditionKind.PUBLIC and one.language == "en")
    sentence = public.sections[0].paragraphs[0][0]
    text = _other_words(draft, sentence, "en")
    edit = _rephrased(sentence, "en", text, edition="public")
    remark = Remark(language="en", text="More soon.", by="H. Y.", day=DAY, section="opening", edition="public")
    for kinds in (KINDS, (EditionKind.MEMBER,)):
        issue = draft.issue(kinds, Edits(rephrases=(edit,), remarks=(remark,)))
        assert issue.editing is not None
        assert [set(one.where) for one in issue.editing.outcomes] == [{"public.en"}] * 2
        assert {one.kind for one in issue.editions} == {one.kind for one in issue.editing.machine} == set(kinds)
        changed = {one.kind for one in issue.editions for part in one.sentences() if part.machine}
        assert changed == set(kinds) - {EditionKind.MEMBER}
        assert {one.kind for one in issue.editions if one.opening.remarks} == changed


def test_a_dropped_story_takes_along_only_what_nobody_else_says() -> None:
    writer, _ = _desks()["overlap"]
    (story,), (claim,), (judged,) = writer.month.stories, writer.month.claims, writer.month.assessments
    shared, alone = replace(claim, id="c2"), replace(claim, id="c3")
    month = replace(
        writer.month,
        claims=(claim, shared, alone),
        assessments=(judged, replace(judged, id="a2", claims=("c2",)), replace(judged, id="a3", claims=("c2", "c3"))),
        stories=(replace(story, claims=("c1", "c2")), replace(story, id="t2", claims=("c2", "c3"), rank=2)),
    )
    staged = Desk(Edits(drops=(Drop(story="t2", reason="x"),)), month).staged(month)
    assert [one.id for one in staged.stories] == ["t1"]
    assert [one.id for one in staged.claims] == ["c1", "c2"]
    assert [one.id for one in staged.assessments] == ["a1", "a2"]


def test_no_edits_are_no_editing() -> None:
    draft = made_draft("kanto")
    assert draft.issue(KINDS, Edits()).editing is None
