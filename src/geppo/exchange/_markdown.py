"""The text of an edition in Markdown for an event report: headings, sentences with their numbers, the sources."""

from __future__ import annotations

from geppo.exchange._sound import sound_url
from geppo.model.edition import Edition, Section

_SPECIAL = str.maketrans({sign: "\\" + sign for sign in "\\`*_{}[]<>#|!@~&"})


def plain_words(text: str) -> str:
    """Text from outside as one line that Markdown shows as it is."""
    return " ".join(text.split()).translate(_SPECIAL)


def _section(section: Section, language: str) -> list[str]:
    gap = "" if language == "ja" else " "
    lines = [f"## {plain_words(section.heading)}", ""] if section.heading else []
    for paragraph in section.paragraphs:
        said = (
            plain_words(sentence.text) + "".join(f" \\[{n}\\]" for n in sentence.citations) for sentence in paragraph
        )
        lines += [gap.join(said), ""]
    return lines


def markdown(edition: Edition) -> str:
    """The edition without figures and tables."""
    lines = [f"# {plain_words(edition.title)}", ""]
    lines += [f"- {plain_words(judgement.text)}" for judgement in edition.key_judgements]
    lines += [""] if edition.key_judgements else []
    for section in (edition.opening, *edition.sections):
        lines += _section(section, edition.language)
    for one in edition.references:
        place = f" <{one.url}>" if sound_url(one.url) else ""
        words = f"{plain_words(one.publisher)}: {plain_words(one.title)}, {one.published.isoformat()}"
        lines.append(f"{one.n}. {words}{place}")
    return "\n".join(lines).strip() + "\n"
