"""A month to its editions: one outline an audience, worded in both languages, cited, gated."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geppo.catalog import Catalog
from geppo.errors import GateError
from geppo.model.claim import Claim
from geppo.model.edition import Editing, Edition, EditionKind, Issue, Month, Role, Section, Sentence, Story
from geppo.model.edits import Edits, State
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.write import chart, networks, table
from geppo.write.arrange import arrange
from geppo.write.brief import NONE, Fits, Interests, brief
from geppo.write.cite import Citations
from geppo.write.compose import Composer
from geppo.write.discourse import connected
from geppo.write.edits import Desk
from geppo.write.gate import Gate, Readback
from geppo.write.outline import Planner
from geppo.write.phrases import fill, phrases
from geppo.write.smooth import Smoother
from geppo.write.spelling import spellings
from geppo.write.statement import Outline, SectionPlan, Statement
from geppo.write.weighting import limit

LANGUAGES = ("ja", "en")

_CEILING = {EditionKind.PUBLIC: Tlp.CLEAR, EditionKind.MEMBER: Tlp.GREEN, EditionKind.BRIEF: Tlp.GREEN}
"""The closed-most marking that an edition may carry."""


def visible(month: Month, kind: EditionKind) -> Month:
    """The month without what its audience may not see: documents, claims, and judgements that rest on them."""
    ceiling = _CEILING[kind]
    documents = tuple(document for document in month.documents if document.marking <= ceiling)
    reports = {document.sha256 for document in documents}
    claims = tuple(claim for claim in month.claims if claim.report in reports and claim.marking <= ceiling)
    allowed = {claim.id for claim in claims}
    assessments = tuple(one for one in month.assessments if set(one.claims) <= allowed)
    kept = {one.id for one in assessments}
    stories = tuple(
        replace(
            story,
            reports=tuple(report for report in story.reports if report in reports),
            origins=tuple(o for o in story.origins if o in reports or o.startswith("named:")),
            claims=tuple(claim for claim in story.claims if claim in allowed),
            assessments=tuple(one for one in story.assessments if one in kept),
        )
        for story in month.stories
    )
    return replace(
        month,
        documents=documents,
        claims=claims,
        assessments=assessments,
        stories=tuple(story for story in stories if story.reports and story.claims),
        networks=tuple(one for one in month.networks if one.report in reports),
    )


def printed_houses(month: Month, catalog: Catalog, language: str) -> dict[str, str]:
    """How a language prints the houses of a month: in Japanese by the Japanese name of the very name they print.

    A longer name that only holds a known one ("… Biz", a branch) is another house to a reader, and stays as it is. A
    house that nobody knows stands by one name, in letters that a reader knows if a page prints it so.
    """
    one_name = {name: _readable(row, language) for row in month.houses for name in row}
    names = {document.publisher for document in month.documents}
    names |= {name for claim in month.claims for name in (claim.speaker, claim.publisher, *claim.voices)}
    printed = {}
    for name in sorted(names):
        plain = name.partition("(")[0].strip() or name
        known = catalog.publisher(plain)
        term = Term(kind=Kind.IDENTITY, id=known.id, name=known.name) if known else None
        same = term is not None and plain.casefold() == (catalog.label(term, "en") or "").casefold()
        if known is None:
            plain = one_name.get(name, plain)
        printed[name] = (catalog.label(term, language) or plain) if term is not None and same else plain
    return printed


def _readable(names: Sequence[str], language: str) -> str:
    """The first of a house's names in letters that readers of a language know; else its own."""
    plain = [name.partition("(")[0].strip() or name for name in names]
    return next((name for name in plain if _in_known_letters(name, language)), plain[0])


def _in_known_letters(name: str, language: str) -> bool:
    letters = tuple(phrases(language).text("house", "letters").split())
    return all(not one.isalpha() or unicodedata.name(one, "").startswith(letters) for one in name)


def _introductions(month: Month, printed: Mapping[str, str], language: str) -> dict[str, str]:
    """Printed houses in letters that readers of a language need not know, each with the tongue that it writes in."""
    words, out = phrases(language), {}
    for document in month.documents:
        name = printed[document.publisher]
        if not _in_known_letters(name, language) and words.has("house", "tongue", document.language):
            tongue = words.text("house", "tongue", document.language)
            out[name] = fill(words.text("house", "introduced"), {"G": name, "T": tongue})
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What has a say in an issue beside its month.

    `interests` are the brief's reader's, `fits` says whether a brief is short enough, `smoother` proposes wordings,
    `edits` are an editor's, who wins; `strict`: an edit that the gate refuses stops the issue.
    """

    interests: Interests = NONE
    fits: Fits = lambda _: True
    smoother: Smoother | None = None
    edits: Edits | None = None
    strict: bool = True


class Writer:
    """Writes the editions of one month for one audience, with an editor's edits where a desk holds some."""

    def __init__(
        self,
        month: Month,
        kind: EditionKind,
        catalog: Catalog,
        readback: Readback,
        smoother: Smoother | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._smoother = smoother
        self.desk = desk or Desk(Edits(), month)
        self.month = visible(self.desk.staged(month), kind)
        self.kind = kind
        self.catalog = catalog
        self.planner = Planner(self.month, catalog)
        spelled = spellings(self.month.claims, catalog)
        self.composers: Mapping[str, Composer] = {
            language: Composer(
                language=language,
                catalog=catalog,
                period=month.period,
                publishers=printed_houses(self.month, catalog, language),
                claims=self.planner.claims,
                made=self.month.made,
                spellings=spelled,
            )
            for language in LANGUAGES
        }
        self.gates = {
            language: Gate(
                language=language,
                kind=kind,
                catalog=catalog,
                composer=self.composers[language],
                planner=self.planner,
                readback=readback,
            )
            for language in LANGUAGES
        }
        self._sizes: dict[str, tuple[int, int] | None] = {}
        self.refused: dict[str, tuple[str, ...]] = {}

    def size(self, said: Statement) -> tuple[int, int] | None:
        """Length in both languages; None where one of them cannot say it or its gate refuses it."""
        if said.id not in self._sizes:
            self._sizes[said.id] = self._measure(said)
        return self._sizes[said.id]

    def sayable(self, said: Statement) -> bool:
        """True where both languages have words for a statement, connective and all, that pass their gates."""
        texts = {language: self.composers[language].sentence(said) for language in LANGUAGES}
        return all(text is not None and not self.gates[language].check(said, text) for language, text in texts.items())

    def _measure(self, said: Statement) -> tuple[int, int] | None:
        texts = {}
        for language in LANGUAGES:
            text = self.composers[language].sentence(said)
            if text is None:
                return None
            findings = self.gates[language].check(said, text)
            if findings:
                self.refused[said.id] = findings
                return None
            texts[language] = text
        return len(texts["ja"]) + 3, len(texts["en"].split())

    def editions(self) -> tuple[Edition, ...]:
        """Both languages of this audience. Raises GateError where a finished edition fails.

        Joined sentences are shorter than their parts, so that an excerpt is planned with more room than it has, and
        with less where it then comes out too long.
        """
        over = (
            range(limit("public_over_most"), 0, -limit("public_over_step")) if self.kind is EditionKind.PUBLIC else ()
        )
        for more in (*over, 0):
            planned = arrange(self.planner, self.kind, self.size, more)
            outline = self._with_own(self.desk.placed(connected(planned, self.planner, self.sayable)))
            made = tuple(self._edition(outline, language) for language in LANGUAGES)
            if not any(self.gates[edition.language].overlong(edition) for edition in made):
                break
        made = tuple(self.desk.signed(one, outline, self.gates[one.language]) for one in made)
        if self._smoother is not None:
            made = tuple(self._smoother.edition(one, self.gates[one.language], outline) for one in made)
        findings = self.gates["ja"].same_ids(made[0], made[1])
        for edition in made:
            findings += self.gates[edition.language].whole(edition)
        if findings:
            raise GateError(findings)
        return made

    def _with_own(self, outline: Outline) -> Outline:
        """The outline of a member edition with the section on networks in our own records at its end."""
        own = networks.section(self.planner, self.sayable) if self.kind is EditionKind.MEMBER else None
        return replace(outline, sections=(*outline.sections, own)) if own is not None else outline

    def _edition(self, outline: Outline, language: str) -> Edition:
        composer = self.composers[language]
        citations = Citations(claims=self.planner.claims, documents=self.planner.documents)
        houses = _introductions(self.month, composer.publishers, language)
        words = _Rotation(composer, self.gates[language], self.month.stories, houses)
        opening = Section(
            id="opening",
            heading=composer.phrases.text("edition", "summary"),
            heading_claims=(),
            heading_assessments=(),
            story="",
            paragraphs=_paragraphs([outline.opening] if outline.opening else [], words, citations),
        )
        sections = tuple(self._section(plan, words, citations) for plan in outline.sections)
        # Each stands alone: no line leans on the one before it ("the company").
        words.introduce(houses)
        judgements = tuple(one for (one,) in _paragraphs([(one,) for one in outline.key_judgements], words, citations))
        member = self.kind is EditionKind.MEMBER
        figures = chart.figures(self.planner, composer, citations) if member else ()
        own = networks.figure(self.planner, composer, citations) if member else None
        tables = table.tables(self.planner, composer, citations, self.kind)
        period = composer.wording.month(self.month.period.span.start)
        heads = [text for head in outline.heads if (text := composer.heading(head))]
        title = fill(composer.phrases.text("edition", "title"), {"M": period})
        return Edition(
            language=language,
            kind=self.kind,
            title=title,
            subject=_subject(composer, heads, period),
            opening=opening,
            sections=sections,
            references=citations.references(),
            key_judgements=judgements,
            figures=(*figures, own) if own else figures,
            tables=tables,
        )

    def _section(self, plan: SectionPlan, words: _Rotation, citations: Citations) -> Section:
        return Section(
            id=plan.id,
            heading=words.composer.heading(plan.heading) or plan.theme,
            heading_claims=plan.heading.claims,
            heading_assessments=plan.heading.assessments,
            story=plan.story,
            paragraphs=_paragraphs(plan.paragraphs, words, citations),
        )


class _Rotation:
    """Turns the wording of facts, so that one sentence shape does not stand three times in a row."""

    def __init__(self, composer: Composer, gate: Gate, stories: Sequence[Story], houses: Mapping[str, str]) -> None:
        self.composer = composer
        self._origins = {story.id: frozenset(story.origins) for story in stories}
        self._gate = gate
        self._turn: dict[str, int] = {}
        self._named: set[str] = set()
        self._speaker = ""
        self._of: date | None = None
        self.introduce(houses)

    def introduce(self, houses: Mapping[str, str]) -> None:
        """Have these printed houses introduced where they are named first from here on."""
        self._houses = dict(houses)

    def _introduced(self, said: Statement, text: str) -> str:
        """The sentence with the houses that it names first introduced, where the gate lets that through."""
        speakers = {self.composer.publishers.get(fact.best.speaker, "") for fact in said.facts}
        for name in sorted(speakers & set(self._houses)):
            whole = self.composer.wording_sentence(self._with_tongue(text, name))
            if not self._gate.check(said, whole):
                text = whole
                del self._houses[name]
        return text

    def _with_tongue(self, text: str, name: str) -> str:
        """The text with a house introduced; before the day of its report, within the same brackets."""
        end, start = self.composer.phrases.choices("house", "brackets")
        introduced = self._houses[name]
        dated = text.find(name + start)
        if dated >= 0 and dated == text.find(name):
            joined = introduced.removesuffix(end) + self.composer.phrases.text("list", "comma")
            return text.replace(name + start, joined, 1)
        return text.replace(name, introduced, 1)

    def text(self, said: Statement) -> str:
        variant = 0
        self.composer.wording.seen = frozenset(self._named)
        self._named |= {
            term.id
            for fact in said.facts
            for term in (fact.best.subject, fact.best.object)
            if term is not None and term.kind is Kind.AGREEMENT
        }
        if said.assessment is not None:
            self._named |= {term.id for term in said.assessment.subjects if term.kind is Kind.AGREEMENT}
        if said.facts:
            rung = said.facts[0].best.hedge.rung.value
            variant = self._turn.get(rung, 0)
            self._turn[rung] = variant + 1
        elif said.role is Role.TREND:
            variant = self._turn.get(said.form, 0)
            self._turn[said.form] = variant + 1
        self.composer.again, self.composer.again_of = self._speaker, self._of
        if not said.form.startswith(("origins.", "drift.")):
            self._speaker = _speaker_behind(said)
            self._of = said.facts[0].best.published if said.facts else None
        text = self.composer.sentence(said, variant)
        self.composer.again, self.composer.again_of = "", None
        if text is None or self._gate.check(said, text):
            text = self.composer.sentence(said)
        if text is None:
            raise GateError((f"{said.id}: no words in {self.composer.language} for {said.form}",))
        return self._introduced(said, text)

    def origins(self, said: Statement) -> frozenset[str]:
        """Reports of the story's origins: they are cited first."""
        return self._origins.get(said.story, frozenset())

    def paragraph(self) -> None:
        """A new paragraph names things in full again."""
        self._named.clear()
        self._speaker = ""
        self.composer.wording.seen = frozenset()


def _speaker_behind(said: Statement) -> str:
    """Whom a sentence leaves in mind as the speaker: nobody where it names another organisation too."""
    if said.form.partition(".")[0] not in ("fact", "grade", "alternative"):
        return ""
    speaker = said.facts[0].best.speaker if said.facts else said.value("G")
    others = {
        term.name
        for fact in said.facts
        for term in (fact.best.subject, fact.best.object, *(term for _, term in fact.best.qualifiers))
        if term is not None and term.kind is Kind.IDENTITY
    }
    return "" if others - {speaker} else speaker


def _parties(said: Statement, claims: Mapping[str, Claim]) -> list[frozenset[str]]:
    """The pages of each party that a sentence sets beside others."""
    group = said.form.partition(".")[0]
    if group == "contradiction" and said.assessment is not None:
        return [frozenset(said.assessment.get(f"{side}_reports").split()) for side in ("a", "b")]
    if group not in ("counting", "partner") and said.form != "trend.trend":
        return []
    pages: dict[str, set[str]] = {}
    for claim in (claims[one] for one in said.claims if one in claims):
        # Who attacked whom and whose group it is are told by different pages.
        party = claim.predicate.value if group == "partner" else claim.speaker
        pages.setdefault(party, set()).add(claim.report)
    return [frozenset(reports) for reports in pages.values()]


def _sentence(said: Statement, words: _Rotation, citations: Citations) -> Sentence:
    # What closes a section rests on all its stories, not on the first one's origins.
    origins = frozenset[str]() if said.form in ("trend.mixed", "trend.both") else words.origins(said)
    marks = (
        ()
        if said.form.startswith("opening")
        else citations.marks(said.claims, origins, _parties(said, citations.claims))
    )
    return Sentence(
        id=said.id,
        text=words.text(said),
        role=said.role,
        claims=said.claims,
        assessments=said.assessments,
        citations=marks,
        story=said.story,
    )


def _paragraphs(
    plan: Sequence[Sequence[Statement]], words: _Rotation, citations: Citations
) -> tuple[tuple[Sentence, ...], ...]:
    paragraphs = []
    for paragraph in plan:
        words.paragraph()
        paragraphs.append(tuple(_sentence(said, words, citations) for said in paragraph))
    words.paragraph()
    return tuple(paragraphs)


def _subject(composer: Composer, heads: Sequence[str], period: str) -> str:
    form = "subject_none" if not heads else "subject_one" if len(heads) == 1 else "subject"
    joiner = composer.phrases.text("edition", "part_of_title")
    return fill(composer.phrases.text("edition", form), {"heads": joiner.join(heads), "M": period, "L": "[", "R": "]"})


def write_issue(
    month: Month,
    catalog: Catalog,
    readback: Readback,
    kinds: Sequence[EditionKind],
    options: Options | None = None,
) -> Issue:
    """All editions of a month, signed with an editor's edits where there are any.

    Raises GateError if an edition fails, and for an edit that the gate refuses; without `strict` the machine's text
    stands in its place and the outcome says why. Edits are tried on all editions, so that what is said of them does
    not hang on `kinds`.
    """
    asked = options or Options()
    if not asked.edits:
        made = _editions(month, catalog, readback, kinds, asked, None)
        return Issue(month=month, editions=tuple(one for kind in kinds for one in made[kind]))
    desk, every = Desk(asked.edits, month), tuple(EditionKind)
    machine = _editions(month, catalog, readback, kinds, asked, None)
    signed = _editions(month, catalog, readback, every, asked, desk)
    outcomes = desk.outcomes([one for kind in (EditionKind.MEMBER, EditionKind.PUBLIC) for one in signed[kind]])
    refused = tuple(note for one in outcomes if one.state is State.REFUSED for note in one.notes)
    if refused and asked.strict:
        raise GateError(refused)
    return Issue(
        month=month,
        editions=tuple(one for kind in kinds for one in signed[kind]),
        editing=Editing(
            edits=desk.current(),
            machine=tuple(one for kind in kinds for one in machine[kind]),
            outcomes=outcomes,
        ),
    )


def _editions(
    month: Month,
    catalog: Catalog,
    readback: Readback,
    kinds: Sequence[EditionKind],
    asked: Options,
    desk: Desk | None,
) -> dict[EditionKind, tuple[Edition, ...]]:
    """The editions of each kind; a brief is cut from the member edition."""
    made: dict[EditionKind, tuple[Edition, ...]] = {}
    for kind in dict.fromkeys((EditionKind.MEMBER if kind is EditionKind.BRIEF else kind) for kind in kinds):
        made[kind] = Writer(month, kind, catalog, readback, asked.smoother, desk).editions()
    if EditionKind.BRIEF in kinds:
        seen = visible(month, EditionKind.BRIEF)
        made[EditionKind.BRIEF] = brief(made[EditionKind.MEMBER], seen, catalog, asked.interests, asked.fits)
    return made
