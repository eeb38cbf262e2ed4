"""The round trip of an editor's copy: an edition goes out as Markdown or Word, and comes back as edits.

What was changed is found by labels, never by guessing from the text. Whatever has no place (a sentence taken out alone,
a text in no sentence) is named, and then nothing of the copy is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import re2

from geppo.deliver._copy import (
    HEADING,
    JUDGEMENTS,
    NOTE,
    Block,
    Copy,
    Label,
    Stretch,
    copy_of,
    digest_of,
    mark_of,
    plain,
)
from geppo.deliver._copy_docx import read_docx, write_docx
from geppo.deliver._copy_markdown import read_markdown, write_markdown
from geppo.deliver._page import as_utc
from geppo.deliver._tlp import highest_marking
from geppo.deliver._words import words
from geppo.model.edition import Edition, Issue, Role, Sentence
from geppo.model.edits import Drop, Edits, Remark, Rephrase

FORMATS = ("md", "docx")
_OWN = re2.compile(r"\[\[([^\[\]]{1,80})\]\]")
_SHOWN = 60
"""Characters of a text that an error repeats."""


def export(issue: Issue, edition: Edition, form: str) -> bytes:
    """The editor's copy of an edition as signed so far: `md` or `docx`."""
    copy = copy_of(issue, edition)
    if form == "md":
        return write_markdown(copy)
    return write_docx(copy, edition.title, highest_marking(issue, edition).label, as_utc(issue.month.as_of).isoformat())


def read_copy(data: bytes, where: str) -> Copy:
    """Read an edited copy; a Word file is told by its first bytes. Raises UsageError where it is no copy of ours."""
    return read_docx(data, where) if data[:2] == b"PK" else read_markdown(data, where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a copy says to change, and what in it has no place."""

    edits: Edits
    problems: tuple[str, ...]


def found_in(copy: Copy, issue: Issue, edition: Edition, *, by: str, day: date, reason: str) -> Found:
    """Compare an edited copy with the edition it was made of, as it is written now.

    `by` signs, `day` is the date of remarks, `reason` that of dropped stories.
    """
    comparison = _Comparison(copy, copy_of(issue, edition), edition, by, day, reason)
    return Found(edits=comparison.edits(), problems=tuple(dict.fromkeys(comparison.problems)))


def order_of(edition: Edition) -> tuple[str, ...]:
    """The stories of an edition's sections in the order in which they are told."""
    told = (one.story for section in edition.sections for part in section.paragraphs for one in part[:1])
    return tuple(dict.fromkeys(story for story in told if story))


@dataclass(slots=True)
class _Read:
    """One paragraph of a copy with its labels in place."""

    section: str
    stretches: list[Stretch]
    remark: str = ""


@dataclass(slots=True)
class _Comparison:
    copy: Copy
    base: Copy
    edition: Edition
    by: str
    day: date
    reason: str
    problems: list[str] = field(default_factory=list)
    _sentences: dict[str, Sentence] = field(default_factory=dict)
    _known: dict[str, Label] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)
    """Keys of the copy with the section in which each stands."""

    def edits(self) -> Edits:
        self._known = {one.label.key: one.label for block in self.base.blocks for one in block.stretches if one.label}
        self._sentences = {f"{JUDGEMENTS}_{one.id}": one for one in self.edition.key_judgements}
        parts = (self.edition.opening, *self.edition.sections)
        self._sentences |= {one.id: one for section in parts for part in section.paragraphs for one in part}
        there = (block for block in self.copy.blocks if any(one.text.strip() for one in block.stretches))
        held = {one.label.key for block in there for one in block.stretches if one.label}
        read = list(self._paragraphs(held))
        rephrased = tuple(dict.fromkeys(self._rephrased(read)))
        remarks = tuple(self._remarks(read))
        if self._stale():
            if digest_of(self.copy.blocks) != self.copy.head.digest:
                self._problem(
                    "parts of the copy were moved or taken out, and the issue has changed since it was made: "
                    "export it again for that"
                )
            return Edits(rephrases=rephrased, remarks=remarks)
        drops = tuple(self._drops())
        return Edits(rephrases=rephrased, remarks=remarks, drops=drops, order=self._order(read, drops))

    def _stale(self) -> bool:
        return self.copy.head.digest != self.base.head.digest

    def _problem(self, text: str) -> None:
        self.problems.append(text)

    # -- labels in place ---------------------------------------------------------------------------------------------

    def _paragraphs(self, held: set[str]) -> Iterator[_Read]:
        section = ""
        for block in self.copy.blocks:
            if not any(one.text.strip() for one in block.stretches):
                continue
            first = block.stretches[0].label
            if first is not None and first.prefix == NOTE:
                continue
            if first is not None and first.prefix == HEADING:
                section = first.id
                self._heading(block, first)
                continue
            stretches = self._placed(block, held)
            if all(one.label is None for one in stretches):
                yield self._loose(section, stretches)
                continue
            for one in stretches:
                self._run_in(one)
                if one.label is None:
                    self._problem(f"a text that stands in no sentence: {_short(one.text)}")
                elif one.label.key in self._seen:
                    self._problem(f"{one.label.id} stands twice, or in two paragraphs")
                else:
                    self._seen[one.label.key] = section
            yield _Read(section=section, stretches=[one for one in stretches if one.label is not None])

    def _run_in(self, stretch: Stretch) -> None:
        """A remark on a line of its own, but in the middle of a paragraph."""
        lines = stretch.text.split("\n")
        for line in lines if stretch.label is None else lines[1:]:
            if self._remark_text(line):
                self._problem(f"a remark inside a paragraph; put it behind, with a blank line around: {_short(line)}")

    def _heading(self, block: Block, label: Label) -> None:
        text = " ".join(one.text for one in block.stretches)
        self._seen[label.key] = label.id
        if mark_of(text) != label.mark:
            self._problem(
                f"the heading of {label.id} was changed; a heading is a claim and cannot be edited: {_short(text)}"
            )

    def _placed(self, block: Block, held: set[str]) -> list[Stretch]:
        """Text without a label goes to the sentence whose label it lost, else to the sentence before or behind it.

        A word processor drops the bookmark of a sentence that is typed over as a whole.
        """
        out: list[Stretch] = []
        for number, one in enumerate(block.stretches):
            if one.label is not None:
                out.append(one)
                continue
            behind = next((other.label for other in block.stretches[number + 1 :] if other.label), None)
            lost = self._between(out[-1].label if out else None, behind, held)
            if lost is not None:
                out.append(Stretch(label=lost, text=one.text))
                held.add(lost.key)
            elif out and out[-1].label is not None:
                out[-1] = Stretch(label=out[-1].label, text=f"{out[-1].text}{one.text}")
            else:
                out.append(one)
        opens = bool(out) and out[0].label is None and not self._remark_text(plain(out[0].text, self.edition.language))
        if opens and len(out) > 1 and out[1].label is not None:
            out[:2] = [Stretch(label=out[1].label, text=f"{out[0].text}{out[1].text}")]
        return out

    def _between(self, before: Label | None, behind: Label | None, held: set[str]) -> Label | None:
        """The one sentence that stood between these two and is nowhere in the copy."""
        for block in self.base.blocks:
            labels = [one.label for one in block.stretches if one.label]
            keys = [label.key for label in labels]
            anchor = before or behind
            if anchor is None or anchor.key not in keys:
                continue
            start = keys.index(before.key) + 1 if before and before.key in keys else 0
            end = keys.index(behind.key) if behind and behind.key in keys else len(keys)
            missing = [label for label in labels[start:end] if label.key not in held]
            return missing[0] if len(missing) == 1 else None
        return None

    def _loose(self, section: str, stretches: Sequence[Stretch]) -> _Read:
        text = plain("".join(one.text for one in stretches), self.edition.language)
        remark = self._remark_text(text)
        if not remark:
            labels = words(self.edition.language)
            opening = f"{labels.ui('remark_open')}{labels.mark('colon')}".strip()
            self._problem(
                f"a paragraph that is no sentence of the issue; begin it with “{opening}”, or take it out: "
                f"{_short(text)}"
            )
        return _Read(section=section, stretches=[], remark=remark)

    def _remark_text(self, text: str) -> str:
        """What stands behind "Editor's remark:", with or without a name in brackets; empty for anything else."""
        bare = text.replace("*", "").replace("'", "’").strip()
        opening = words(self.edition.language).ui("remark_open")
        if not bare.casefold().startswith(opening.casefold()):
            return ""
        rest = bare[len(opening) :].lstrip()
        if rest[:1] in ("（", "("):
            rest = rest[1:].partition("）" if rest[0] == "（" else ")")[2].lstrip()
        return rest[1:].strip() if rest[:1] in ("：", ":") else ""

    # -- sentences ---------------------------------------------------------------------------------------------------

    def _rephrased(self, read: Iterable[_Read]) -> Iterator[Rephrase]:
        made: dict[tuple[str, str], str] = {}
        for one in (stretch for paragraph in read for stretch in paragraph.stretches):
            label = one.label
            if label is None or mark_of(one.text) == label.mark:
                continue
            text = plain(one.text, self.edition.language).strip()
            sentence = self._sentences.get(label.key)
            if label.id.startswith("r"):
                self._problem(f"the remark {label.id} was changed; change it in issue.toml: {_short(text)}")
            elif sentence is None:
                self._problem(f"{label.id} is no sentence of the issue now: {_short(text)}")
            elif self._known[label.key].mark != label.mark:
                self._problem(f"{label.id} has other words since this copy was made, now: {sentence.text}")
            elif not text:
                self._problem(
                    f"{label.id} was emptied; a sentence cannot go alone: put it back, or take out its whole paragraph"
                )
            else:
                was = sentence.machine or sentence.text
                if made.setdefault((sentence.id, was), text) != text:
                    self._problem(f"{label.id} stands twice and was changed in two ways: {_short(text)}")
                yield Rephrase(
                    sentence=sentence.id, language=self.edition.language, text=text, was=was, by=self.by,
                    rests=(*sentence.claims, *sentence.assessments),
                )  # fmt: skip

    def _remarks(self, read: Sequence[_Read]) -> Iterator[Remark]:
        for number, paragraph in enumerate(read):
            if not paragraph.remark:
                continue
            if paragraph.section in ("", "title", JUDGEMENTS):
                self._problem(
                    f"a remark outside the sections; put it behind a paragraph of one: {_short(paragraph.remark)}"
                )
                continue
            same = [one for one in read[:number] if one.section == paragraph.section and one.stretches]
            last = not any(one.section == paragraph.section and one.stretches for one in read[number + 1 :])
            behind = next((one.label.id for one in reversed(same[-1].stretches) if one.label), "") if same else ""
            if not last and not behind.startswith("s"):
                self._problem(f"a remark before the first paragraph of its section: {_short(paragraph.remark)}")
                continue
            own = tuple(dict.fromkeys(found.group(1) for found in _OWN.finditer(paragraph.remark)))
            yield Remark(
                language=self.edition.language, text=_OWN.sub(r"\1", paragraph.remark), by=self.by, day=self.day,
                section=paragraph.section if last else "", sentence="" if last else behind,
                edition=self.edition.kind.value, own=own,
            )  # fmt: skip

    # -- stories -----------------------------------------------------------------------------------------------------

    def _drops(self) -> Iterator[Drop]:
        gone = {key for key in self._known if key not in self._seen and not key.startswith(NOTE)}
        dropped: dict[str, set[str]] = {}
        for section in self.edition.sections:
            for part in section.paragraphs:
                lead = part[0]
                whole = all(one.id in gone for one in part)
                if whole and lead.story and lead.role in (Role.LEAD, Role.CONTRAST, Role.BACKGROUND):
                    dropped.setdefault(lead.story, set()).update(one for each in part for one in each.claims)
        for key in sorted(gone, key=list(self._known).index):
            sentence = self._sentences.get(key)
            if sentence is not None and sentence.story not in dropped:
                self._problem(
                    f"{sentence.id} was taken out; a sentence cannot go alone, for others lean on it or it limits "
                    f"them: put it back, or take out all of its story: {_short(sentence.text)}"
                )
            elif sentence is None and key.startswith(HEADING) and not self._emptied(key.removeprefix(HEADING), dropped):
                self._problem(f"the heading of {key.removeprefix(HEADING)} was taken out, and its text was not")
            elif sentence is None and not key.startswith(HEADING):
                self._problem(f"the remark {key} was taken out; take it out of issue.toml")
        for key, label in self._known.items():
            story = self._sentences[key].story if key in self._sentences else ""
            if (
                story in dropped
                and key in self._seen
                and self._sentences[key].role is not Role.TREND
                and label.prefix == ""
            ):
                text = _short(self._sentences[key].text)
                self._problem(f"{label.id} was left of a story that was taken out; take it out too: {text}")
        for story, claims in dropped.items():
            yield Drop(story=story, reason=self.reason, by=self.by, claims=tuple(sorted(claims)))

    def _emptied(self, section: str, dropped: Iterable[str]) -> bool:
        """True where all stories of a section were taken out, so that its heading may go."""
        found = next((one for one in self.edition.sections if one.id == section), None)
        return (
            found is not None
            and all(one.story in dropped for part in found.paragraphs for one in part if one.id not in self._seen)
            and not any(one.id in self._seen for part in found.paragraphs for one in part)
        )

    def _order(self, read: Sequence[_Read], drops: Iterable[Drop]) -> tuple[str, ...]:
        """The stories in the copy's order where that differs from the edition's; else nothing."""
        homes = {one.id: section.id for section in self.edition.sections for part in section.paragraphs for one in part}
        homes |= {one.id: "opening" for part in self.edition.opening.paragraphs for one in part}
        homes |= {f"{JUDGEMENTS}_{one.id}": JUDGEMENTS for one in self.edition.key_judgements}
        rows = [[one.label.key for one in block.stretches if one.label] for block in self.base.blocks]
        parted: set[str] = set()
        for paragraph in read:
            keys = [one.label.key for one in paragraph.stretches if one.label]
            home = next((row for row in rows if keys and keys[0] in row), [])
            if parted & set(home[:1]):
                self._problem(f"the paragraph that begins with {home[0]} was parted; a remark stands behind the whole")
            parted |= set(home[:1])
            if keys != [key for key in home if key in keys]:
                self._problem(
                    f"{keys[-1]} stands in another paragraph or place than before; only whole paragraphs move"
                )
            for key in keys:
                if homes.get(key, paragraph.section) != paragraph.section:
                    self._problem(f"{key} stands in another section than before")
        gone = {one.story for one in drops}
        sections = [key.removeprefix(HEADING) for key in self._seen if key.startswith(HEADING)]
        known = [key.removeprefix(HEADING) for key in self._known if key.startswith(HEADING)]
        told = [one.story for one in self._leads(read) if one.story not in gone]
        before = [story for story in order_of(self.edition) if story not in gone]
        moved = list(dict.fromkeys(told)) != before
        if sections != [section for section in known if section in sections] and not moved:
            self._problem("sections were moved in a way that no order of stories gives; the opening stays first")
        return tuple(dict.fromkeys(told)) if moved else ()

    def _leads(self, read: Iterable[_Read]) -> Iterator[Sentence]:
        """The first sentence of each paragraph of a section's stories, in the copy's order."""
        for paragraph in read:
            label = next((one.label for one in paragraph.stretches), None)
            sentence = self._sentences.get(label.key) if label and not label.prefix else None
            if sentence is not None and sentence.story:
                yield sentence


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return f"“{bare[:_SHOWN]}{'…' if len(bare) > _SHOWN else ''}”"


def out_of_order(copy: Copy, issue: Issue, edition: Edition) -> str:
    """The first paragraph that stands elsewhere in the copy than in this edition, or an empty text.

    What only one of the two holds is passed over: where a story goes, another may come in.
    """
    made, wanted = _firsts(copy_of(issue, edition)), _firsts(copy)
    ours = [key for key in made if key in wanted]
    theirs = [key for key in wanted if key in made]
    return next((there for here, there in zip(ours, theirs, strict=True) if here != there), "")


def _firsts(copy: Copy) -> list[str]:
    """Keys of the headings and of the first sentences of paragraphs, without the key judgements."""
    labels = (next((one.label for one in block.stretches if one.label), None) for block in copy.blocks)
    return [label.key for label in labels if label and label.prefix in ("", HEADING) and not label.id.startswith("r")]
