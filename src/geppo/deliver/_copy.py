"""An editor's copy of one edition, before any format: blocks of text, each stretch with the label that finds it again.

A label is `<id>_<mark>`; the mark is the beginning of a hash of the text as it was handed out, so that a sentence that
the editor left alone is known as such even where the machine says it otherwise by now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import re2

from geppo.deliver._shown import shown
from geppo.deliver._words import Words, words
from geppo.model.edition import Edition, EditionKind, Issue, Section

JUDGEMENTS = "k"
"""The section id of the key judgements in a copy; their sentences stand a second time in the sections."""

HEADING, NOTE = "h_", "n_"
_ISSUE = re2.compile(r"issue_([0-9]{4})_([0-9]{2})(?:_([0-9]{1,3}))?_([a-z]+)_(ja|en)_([0-9a-f]{8})")
_LABEL = re2.compile(r"((?:k_|h_|n_)?)([A-Za-z0-9_]{1,60})_([0-9a-f]{8})")
_CITED = re2.compile(r"(?:\s*\[[0-9]{1,4}\])+\s*$")
_WIDE = re2.compile(r"[ぁ-んァ-ヶ一-龠々ー、。」』）]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a stretch of a copy is: `prefix` tells a heading, a note of ours or a key judgement."""

    prefix: str
    id: str
    mark: str

    @property
    def name(self) -> str:
        """As it stands in a copy: letters, digits and underscores, as a bookmark wants it."""
        return f"{self.prefix}{self.id.replace('-', '__')}_{self.mark}"

    @property
    def key(self) -> str:
        """What it names, whatever its text."""
        return self.prefix + self.id

    @classmethod
    def parse(cls, text: str) -> Label | None:
        """Read a label; None for a name that is none of ours."""
        found = _LABEL.fullmatch(text)
        if not found or _ISSUE.fullmatch(text):
            return None
        return cls(prefix=found.group(1), id=found.group(2).replace("__", "-"), mark=found.group(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A text with its label; without one it is the editor's own or lost its label. `cites` follow it and are ours."""

    label: Label | None
    text: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading or a paragraph. `style` is title, heading, note, remark or text; a copy that is read back has text."""

    stretches: tuple[Stretch, ...]
    style: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a copy was made of: the issue's name, the edition, and the beginning of a hash of all labels in order."""

    issue: str
    kind: EditionKind
    language: str
    digest: str

    @property
    def name(self) -> str:
        """As it stands in a copy."""
        return f"issue_{self.issue.replace('-', '_').replace('.', '_')}_{self.kind.value}_{self.language}_{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Head | None:
        """Read it; None for anything else."""
        found = _ISSUE.fullmatch(text)
        kinds = {kind.value for kind in EditionKind}
        if not found or found.group(4) not in kinds:
            return None
        year, month, revision, kind, language, digest = found.groups()
        name = f"{year}-{month}" + (f".{revision}" if revision else "")
        return cls(issue=name, kind=EditionKind(kind), language=language, digest=digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy as it is handed out or read back."""

    head: Head
    blocks: tuple[Block, ...]


def mark_of(text: str) -> str:
    """The beginning of a hash of a text without its blanks: how an editor's program breaks lines says nothing."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()[:8]


def digest_of(blocks: Iterable[Block]) -> str:
    """The beginning of a hash of all labels in order, whatever their texts."""
    name = "\x1f".join(one.label.key for block in blocks for one in block.stretches if one.label)
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def plain(text: str, language: str) -> str:
    """A text of a copy on one line; Japanese needs no blank where a line was broken."""
    out = ""
    for line in (" ".join(part.split()) for part in text.split("\n")):
        tight = language == "ja" and out and line and (_WIDE.match(out[-1]) or _WIDE.match(line[0]))
        out += line if not out or tight or not line else f" {line}"
    return out


def uncited(text: str) -> str:
    """A text without the numbers of sources at its end."""
    return str(_CITED.sub("", text))


def copy_of(issue: Issue, edition: Edition) -> Copy:
    """The copy of an edition, as signed so far."""
    labels = words(edition.language)
    blocks = tuple(_blocks(edition, labels))
    head = Head(issue=issue.name, kind=edition.kind, language=edition.language, digest=digest_of(blocks))
    return Copy(head=head, blocks=blocks)


def _single(prefix: str, id_: str, text: str, style: str) -> Block:
    seen = shown(text)
    return Block(stretches=(Stretch(label=Label(prefix=prefix, id=id_, mark=mark_of(seen)), text=seen),), style=style)


def _blocks(edition: Edition, labels: Words) -> Iterator[Block]:
    yield _single(HEADING, "title", edition.title, "title")
    yield _single(NOTE, "help", labels.ui("copy_help"), "note")
    if edition.key_judgements:
        yield _single(HEADING, JUDGEMENTS, labels.ui("lead"), "heading")
    for sentence in edition.key_judgements:
        text = shown(sentence.text)
        label = Label(prefix=f"{JUDGEMENTS}_", id=sentence.id, mark=mark_of(text))
        yield Block(stretches=(Stretch(label=label, text=text, cites=sentence.citations),))
    for section in (edition.opening, *edition.sections):
        yield from _section(section, labels)


def _section(section: Section, labels: Words) -> Iterator[Block]:
    yield _single(HEADING, section.id, section.heading, "heading")
    for paragraph in section.paragraphs:
        stretches = []
        for sentence in paragraph:
            text = shown(sentence.text)
            label = Label(prefix="", id=sentence.id, mark=mark_of(text))
            stretches.append(Stretch(label=label, text=text, cites=sentence.citations))
        yield Block(stretches=tuple(stretches))
        ids = {sentence.id for sentence in paragraph}
        for remark in section.remarks:
            if remark.sentence in ids:
                yield _single("", remark.id, f"{labels.ui('remark_open')}{labels.mark('colon')}{remark.text}", "remark")
    for remark in section.remarks:
        if not remark.sentence:
            yield _single("", remark.id, f"{labels.ui('remark_open')}{labels.mark('colon')}{remark.text}", "remark")
