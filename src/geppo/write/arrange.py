"""Editions from stories: which themes, which stories in them, what closes a theme, and what fits the room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import STRENGTH, Claim, Rung
from geppo.model.edition import EditionKind, Role, Story
from geppo.model.entity import Kind, Term
from geppo.write.discourse import condensed
from geppo.write.facts import fact_key, names_somebody
from geppo.write.outline import HOSTILE, JOINT, Planner, named_subject
from geppo.write.statement import Outline, SectionPlan, Statement, statement
from geppo.write.weighting import limit, weights

HEADINGS_JA, HEADINGS_EN = 60, 40
"""Room left for headings, in characters and words."""

MOST_CLAIMS = 12
"""Claims that an overview's sentence names; its assessment has them all."""

MOST_HEADS = 3
"""Sections that the opening names."""

EARLIER_STEP = 22.0
"""Points by which a sentence of an earlier month's story is worth less when room is short."""

_OF_REPEATS = ("origins", "drift")
"""Forms on who repeats whom, which an earlier month has told."""

Size = Callable[[Statement], tuple[int, int] | None]
"""Length of a statement's sentence: Japanese characters and English words; None where it cannot be said in both."""


def arrange(planner: Planner, kind: EditionKind, size: Size, more: int = 0) -> Outline:
    """The outline of an edition, cut to its room in both languages; an excerpt has `more` characters of it."""
    public = kind is EditionKind.PUBLIC
    planner.sayable = lambda said: size(said) is not None
    themes = planner.themes()
    most, ahead = limit("public_sections" if public else "member_sections"), limit("public_sections_most")
    themes = sorted(themes, key=lambda item: min(story.rank for story in item[1]) > _first_rank(themes))
    leading = themes[: limit("public_sections")]
    order = sorted(leading, key=lambda item: (min(story.rank for story in item[1]), item[0]))
    plans: list[SectionPlan] = []
    told: set[str] = set()
    earlier: set[str] = set()
    for theme, stories in (*order, *themes[len(leading) :]):
        fresh = [story for story in stories if _key(planner, story) not in told]
        room = fresh and (len(plans) < most or (public and len(plans) < ahead and _short(plans, size)))
        plan = _section(planner, theme, fresh, public, size, earlier) if room else None
        if plan is not None:
            plans.append(plan)
            told |= {_key(planner, story) for story in fresh}
    plans = _told_once(plans)
    opening = _opening(planner, themes, plans, public, size)
    best = {_key(planner, story): story for story in reversed(planner.tellable())}
    ranked = sorted(best.values(), key=lambda story: (story.rank, story.id))
    judgements = tuple(one for one in (_judgement(planner, story) for story in ranked) if size(one) is not None)[
        : limit("key_judgements")
    ]
    outline = Outline(
        kind=kind,
        opening=opening,
        sections=tuple(plans),
        key_judgements=judgements,
        heads=tuple(plan.heading for plan in plans)[: limit("headings_subject")],
    )
    return _fit(outline, public, size, more)


def _short(plans: Sequence[SectionPlan], size: Size) -> bool:
    """True where all that can be said of these themes leaves an excerpt below its least length in a language."""
    said = [one for plan in plans for one in _flat(plan)]
    ja, en = _used(said, {one.id for one in said}, size)
    return ja < limit("public_ja_least") or en < limit("public_en_least")


def _told_once(plans: Sequence[SectionPlan]) -> list[SectionPlan]:
    """A contradiction that two stories hold is told with the first of them, and so is what would change our view.

    Two overlaps that the same findings would move need the sentence once: the table has both, with their shifts.
    """
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    moved: dict[tuple[str, ...], str] = {}
    out = []
    for plan in plans:
        paragraphs = []
        for paragraph in plan.paragraphs:
            kept = []
            for one in paragraph:
                key = one.form, one.assessments
                if one.form.startswith("contradiction.") and seen.setdefault(key, one.id) != one.id:
                    continue
                if one.form == "overlap.change" and one.assessment is not None:
                    findings = tuple(sorted(name for name, _ in one.assessment.would_change))
                    if moved.setdefault(findings, one.id) != one.id:
                        continue
                kept.append(one)
            paragraphs.append(tuple(kept))
        out.append(replace(plan, paragraphs=tuple(paragraphs)))
    return out


def _first_rank(themes: Sequence[tuple[str, list[Story]]]) -> int:
    """The best rank of all: its theme is told first, whatever else a theme weighs."""
    return min((story.rank for _, stories in themes for story in stories), default=0)


def _key(planner: Planner, story: Story) -> str:
    """What a story leads with: two stories with one lead are told once."""
    return "\x1f".join(fact_key(planner.lead(story).best, planner.catalog))


def _judgement(planner: Planner, story: Story) -> Statement:
    lead = planner.lead(story)
    return statement("fact", Role.LEAD, story.id, story.total, claims=lead.ids, facts=(lead,))


def _heading(planner: Planner, theme: str, stories: Sequence[Story], size: Size) -> Statement | None:
    """A heading is the strongest claim of its theme that can be said; one that names somebody, if there is one."""
    for story in sorted(stories, key=lambda story: not names_somebody(planner.lead(story))):
        lead = planner.lead(story)
        said = statement("heading", Role.LEAD, story.id, 0.0, claims=lead.ids, facts=(lead,), values={"theme": theme})
        if size(said) is not None:
            return said
    return None


def _section(
    planner: Planner, theme: str, stories: Sequence[Story], public: bool, size: Size, behind: set[str]
) -> SectionPlan | None:
    """One theme. `behind` are earlier months' stories that another section has told already; it is added to."""
    heading = _heading(planner, theme, stories, size)
    if heading is None:
        return None
    most_stories = limit("stories_public" if public else "stories_member")
    most_claims = limit("claims_story_public" if public else "claims_story_member")
    paragraphs: list[tuple[Statement, ...]] = []
    first = stories[0]
    glossed = False
    for number, story in enumerate(stories[:most_stories]):
        connective = _connective(planner, first, story) if number else ""
        said = planner.story_statements(story, most_claims if not number else max(2, most_claims - 2), connective)
        if not glossed:
            said, glossed = _with_gloss(said)
        beside = number > 0 or len(stories) == 1 or _is_short(said[:1], size)
        said = condensed(said, beside, planner.sayable)
        paragraphs.append(tuple(one for one in said if size(one) is not None))
    most_earlier = limit("background_public" if public else "background_member")
    earlier = [
        story
        for story in planner.background(stories[:most_stories])
        if story.id not in behind and named_subject(planner.lead(story))
    ][:most_earlier]
    behind |= {story.id for story in earlier}
    for number, story in enumerate(earlier):
        behind_it = "background" if planner.stands_behind(story, stories[:most_stories]) else "earlier"
        said = planner.story_statements(story, 2, "addition" if number else behind_it)
        said = condensed(said, False, planner.sayable)
        told = [one for one in said if not one.form.startswith(_OF_REPEATS) and size(one) is not None]
        paragraphs.append(tuple(_quieter(one) for one in told))
    partner = _partner(planner, stories[:most_stories])
    if partner:
        paragraphs.append(tuple(one for one in partner if size(one) is not None))
    closing = _closing(planner, theme, stories[:most_stories])
    if closing is not None and size(closing) is not None:
        paragraphs.append((closing,))
    kept_paragraphs = tuple(paragraph for paragraph in paragraphs if paragraph)
    if not kept_paragraphs:
        return None
    return SectionPlan(id=theme, theme=theme, story=first.id, heading=heading, paragraphs=kept_paragraphs)


def _is_short(said: Sequence[Statement], size: Size) -> bool:
    """True for a lead that leaves its sentence room for where it comes from."""
    sizes = [size(one) for one in said]
    return any(one is not None and one[0] <= limit("lead_ja_short") for one in sizes)


def _connective(planner: Planner, first: Story, story: Story) -> str:
    """ "By contrast" only where one story joins what the other divides; else it is one more case."""
    one, other = planner.lead(first).best.predicate, planner.lead(story).best.predicate
    if (one in JOINT and other in HOSTILE) or (one in HOSTILE and other in JOINT):
        return "contrast"
    return "addition"


def _with_gloss(said: list[Statement]) -> tuple[list[Statement], bool]:
    """A term of the glossary is explained once, right behind the first sentence that uses it."""
    for place, one in enumerate(said):
        for fact in one.facts:
            for term in (*fact.objects, *(t for _, t in fact.best.qualifiers)):
                if term.id.startswith(("relay-class/orb", "relay-class/residential")):
                    gloss = statement(
                        "gloss.sentence", Role.NOTE, one.story, one.priority - 0.5, claims=fact.ids, parent=one.id,
                        terms={"T": term},
                    )  # fmt: skip
                    return [*said[: place + 1], gloss, *said[place + 1 :]], True
    return said, False


def _quieter(said: Statement) -> Statement:
    """What earlier months reported gives way to what this month brought."""
    role = Role.BACKGROUND if said.role is Role.CONTRAST else said.role
    return replace(said, role=role, priority=said.priority - EARLIER_STEP)


def _partner(planner: Planner, stories: Sequence[Story]) -> list[Statement]:
    """Attacks between partners, the best founded first; how sure we are of them is said once where it is the same."""
    found: dict[str, tuple[Story, Assessment]] = {}
    for story in stories:
        for one in planner.of_kind(story, AssessmentKind.PARTNER_TARGETING):
            found.setdefault("|".join(term.id for term in one.subjects), (story, one))
    told = sorted(found.values(), key=lambda item: (-len(item[1].origins.roots), -item[0].total, item[1].id))
    out: list[Statement] = []
    for story, one in told[: limit("partners_most")]:
        out += _partner_statements(story, one)
    levels = [said for said in out if said.role is Role.CONFIDENCE]
    if len({said.assessment.confidence for said in levels if said.assessment}) == 1 and len(levels) > 1:
        first = levels[0]
        whole = statement(
            first.form, first.role, first.story, first.priority, parent=first.parent, assessment=first.assessment,
            claims=[claim for said in levels for claim in said.claims],
            assessments=[judged for said in levels for judged in said.assessments],
        )  # fmt: skip
        out = [*(said for said in out if said not in levels), whole]
    return out


def _partner_statements(story: Story, one: Assessment) -> list[Statement]:
    form = "partner.claim" if one.get("agreement") else "partner.claim_no_pact"
    groups = _named_groups(one)
    terms = {f"G{n}": term for n, term in enumerate(groups)}
    claim = statement(
        form, Role.ASSESSMENT, story.id, 95.0, claims=one.claims, assessments=[one.id], assessment=one, terms=terms
    )
    out = [claim]
    if one.confidence is not None:
        out.append(
            statement(
                "partner.confidence", Role.CONFIDENCE, story.id, 60.0, claims=one.claims, assessments=[one.id],
                assessment=one, parent=claim.id,
            )
        )  # fmt: skip
    if len(groups) >= 2:
        out.append(
            statement(
                "partner.apart", Role.CAVEAT, story.id, 76.0, claims=one.claims, assessments=[one.id], assessment=one,
                parent=claim.id, terms=terms,
            )
        )  # fmt: skip
    return out


def _named_groups(one: Assessment) -> list[Term]:
    """The groups of a partner-targeting assessment that have a name of their own."""
    groups: dict[str, Term] = {}
    number = 1
    while identifier := one.get(f"{number}.id"):
        if not identifier.startswith(("role/", "group-kind/", "country/")):
            groups[identifier] = Term(kind=Kind.INTRUSION_SET, id=identifier, name=one.get(f"{number}.name"))
        number += 1
    return list(groups.values())


def _closing(planner: Planner, theme: str, stories: Sequence[Story]) -> Statement | None:
    """The sentence that closes a theme: a trend only on two independent origins that say the same kind of thing."""
    leads = [planner.lead(story) for story in stories]
    origins = {origin for story in stories for origin in story.origins}
    claims = [claim for lead in leads for claim in lead.ids]
    same = [lead for lead in leads if lead.best.predicate is leads[0].best.predicate and _carries(lead.best)]
    speakers = list(
        dict.fromkeys(
            house
            for story, lead in zip(stories, leads, strict=True)
            if lead in same
            for house in planner.houses(story, lead)
        )
    )
    carries = leads[0].best.predicate.value in weights()["trend"].get(theme, ())
    carries = carries and leads[0] in same
    if carries and len(same) >= 2 and len(speakers) >= 2:
        return statement(
            "trend.trend", Role.TREND, stories[0].id, 90.0, claims=[one.id for lead in same for one in lead.claims],
            values={"theme": theme, **{f"X{n}": name for n, name in enumerate(speakers[:3])}},
        )  # fmt: skip
    if len(origins) <= 1:
        return statement(
            "trend.alone", Role.TREND, stories[0].id, 90.0, claims=claims, values={"G": leads[0].best.speaker}
        )
    if len(stories) >= 2:
        acts = {lead.best.predicate for lead in leads}
        form = "trend.both" if acts & JOINT and acts & HOSTILE else "trend.mixed"
        return statement(
            form, Role.TREND, stories[0].id, 88.0, claims=claims,
            values={"n": str(len(origins)), "m": str(len(stories))},
        )  # fmt: skip
    return None


def _carries(claim: Claim) -> bool:
    """True for what a trend can rest on: said to be so, or to be possible; not denied, and not merely left open."""
    return (
        not claim.negated
        and claim.hedge.rung is not Rung.DENIES
        and STRENGTH[claim.hedge.rung] >= STRENGTH[Rung.POSSIBLE]
    )


def _opening(
    planner: Planner, themes: Sequence[tuple[str, list[Story]]], plans: Sequence[SectionPlan], public: bool, size: Size
) -> tuple[Statement, ...]:
    stories = planner.tellable()
    if not stories:
        return ()
    span = planner.month.period.span
    inside = [doc for doc in planner.month.documents if span.start <= doc.published <= span.end]
    leads = [planner.lead(story) for story in stories]
    every = [claim for lead in leads for claim in lead.ids]
    out = [
        statement(
            "opening.counts", Role.LEAD, "", 99.0, claims=every,
            values={"n": str(len(inside)), "p": str(len({doc.publisher for doc in inside})), "k": str(len(stories))},
        )
    ]  # fmt: skip
    heads = [plan.heading for plan in plans][:MOST_HEADS]
    mains = (
        statement(
            "opening.main", Role.LEAD, "", 98.0, claims=[claim for head in heads[:most] for claim in head.claims],
            facts=tuple(fact for head in heads[:most] for fact in head.facts),
        )
        for most in range(len(heads), 0, -1)
    )  # fmt: skip
    out += [one for one in (next((one for one in mains if size(one) is not None), None),) if one is not None]
    top = stories[:6]
    single = [story for story in top if len(story.origins) <= 1]
    if len(top) >= 2 and single:
        out.append(
            statement(
                "opening.doubt", Role.CAVEAT, "", 97.0, claims=[c for s in top for c in planner.lead(s).ids],
                values={"s": str(len(single)), "k": str(len(top))},
            )
        )  # fmt: skip
    conflicts = [
        one for one in planner.month.assessments if one.kind in (AssessmentKind.CONTRADICTION, AssessmentKind.COUNTING)
    ]
    if conflicts:
        out.append(
            statement(
                "opening.conflict", Role.CAVEAT, "", 96.0, claims=[c for one in conflicts for c in one.claims][:12],
                assessments=[one.id for one in conflicts], values={"c": str(len(conflicts))},
            )
        )  # fmt: skip
    out += _tempo(planner)
    rest = [theme for theme, _ in themes[len(plans) :] if theme != "other"][:2]
    if public and rest:
        out.append(
            statement(
                "opening.later", Role.NOTE, "", 50.0,
                claims=[c for theme, group in themes if theme in rest for c in planner.lead(group[0]).ids],
                values={f"T{n}": theme for n, theme in enumerate(rest)},
            )
        )  # fmt: skip
    return tuple(one for one in out if size(one) is not None)


def _tempo(planner: Planner) -> list[Statement]:
    """What more, or fewer, origins report than in the months before: the rises first, each with its confidence."""
    trends = [one for one in planner.month.assessments if one.kind is AssessmentKind.TREND and one.claims]
    trends.sort(key=lambda one: (one.get("direction") != "rising", float(one.get("p") or 1.0), one.id))
    out: list[Statement] = []
    for one in trends[: limit("tempo_most")]:
        rests = one.claims[:MOST_CLAIMS]
        said = statement(
            f"tempo.{one.get('direction')}", Role.TREND, "", 95.5, claims=rests, assessments=[one.id], assessment=one
        )
        level = statement(
            "tempo.confidence", Role.CONFIDENCE, "", 95.4, claims=rests, assessments=[one.id], assessment=one,
            parent=said.id,
        )  # fmt: skip
        out += [said, level]
    return out


def _fit(outline: Outline, public: bool, size: Size, more: int) -> Outline:
    """Keep what matters most within the room of both languages; what hangs on a dropped statement goes too."""
    if public:
        keep = _shared_room(outline, size, more)
        sections = tuple(_cut(plan, keep) for plan in outline.sections)
        opening = tuple(one for one in outline.opening if one.id in keep)
        return replace(outline, opening=opening, sections=tuple(plan for plan in sections if plan.paragraphs))
    fitted: list[SectionPlan] = []
    for plan in outline.sections:
        flat = [one for paragraph in plan.paragraphs for one in paragraph]
        wide = len(fitted) < limit("public_sections")
        room = "section_ja_wide", "section_en_wide"
        if not wide:
            room = "section_ja_most", "section_en_most"
        keep = _chosen(flat, size, limit(room[0]), limit(room[1]))
        cut = _cut(plan, keep)
        if cut.paragraphs:
            fitted.append(cut)
    return replace(outline, sections=tuple(fitted))


def _flat(plan: SectionPlan) -> list[Statement]:
    return [one for paragraph in plan.paragraphs for one in paragraph]


def _shared_room(outline: Outline, size: Size, more: int) -> set[str]:
    """The excerpt's room: the opening, an equal share for each of its themes, the rest for whatever matters most.

    Themes that only fill it up have no share: the two that lead it lose nothing to them.
    """
    ja, en = limit("public_ja_most") - HEADINGS_JA + more, limit("public_en_most") - HEADINGS_EN + more // 3
    keep = _chosen(outline.opening, size, ja, en)
    leading = outline.sections[: limit("public_sections")]
    for plan in leading:
        used_ja, used_en = _used([*outline.opening, *_flat(plan)], keep, size)
        share = max(1, len(leading))
        keep |= _chosen(_flat(plan), size, (ja - used_ja) // share, (en - used_en) // share)
    every = [*outline.opening, *(one for plan in outline.sections for one in _flat(plan))]
    used_ja, used_en = _used(every, keep, size)
    rest = [one for one in every if one.id not in keep]
    return keep | _chosen(rest, size, ja - used_ja, en - used_en, keep)


def _used(statements: Sequence[Statement], keep: set[str], size: Size) -> tuple[int, int]:
    sizes = [measured for one in statements if one.id in keep and (measured := size(one)) is not None]
    return sum(ja for ja, _ in sizes), sum(en for _, en in sizes)


def _cut(plan: SectionPlan, keep: set[str]) -> SectionPlan:
    paragraphs = []
    for paragraph in plan.paragraphs:
        kept = tuple(one for one in paragraph if one.id in keep)
        if kept:
            paragraphs.append(kept)
    return replace(plan, paragraphs=tuple(paragraphs))


def _chosen(
    statements: Sequence[Statement], size: Size, most_ja: int, most_en: int, held: set[str] | None = None
) -> set[str]:
    """Statements that fit, the weightiest first; one that hangs on another comes with it. `held` are kept already."""
    by_id = {one.id: one for one in statements}
    kept: set[str] = set(held or ())
    room_ja, room_en = most_ja, most_en
    for one in sorted(statements, key=lambda one: (-one.priority, one.id)):
        wanted = _with_it(one, by_id, kept)
        if wanted is None:
            continue
        sizes = [measured for link in wanted if (measured := size(link)) is not None]
        need_ja, need_en = sum(ja for ja, _ in sizes), sum(en for _, en in sizes)
        if need_ja <= room_ja and need_en <= room_en:
            kept |= {link.id for link in wanted}
            room_ja -= need_ja
            room_en -= need_en
    return kept


def _with_it(one: Statement, by_id: Mapping[str, Statement], kept: set[str]) -> list[Statement] | None:
    """A statement with all that must be printed with it and is not kept yet; None where a part is not to be had."""
    wanted: dict[str, Statement] = {}
    waiting = [one]
    while waiting:
        link = waiting.pop()
        if link.id in kept or link.id in wanted:
            continue
        wanted[link.id] = link
        if link.parent and link.parent not in kept:
            if link.parent not in by_id:
                return None
            waiting.append(by_id[link.parent])
        if link.group:
            waiting += [other for other in by_id.values() if other.group == link.group]
    return list(wanted.values())
