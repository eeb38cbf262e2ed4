"""A house that a repeat credits for what another house has seen.

A page that names the origin's house anywhere, by its name, its initials, its sound or a link, credits it. Else the page
credits the wrong house where it names a house that has told nothing of the matter: the only one that it credits, on a
page that names nothing that the origin does not name, or in one sentence with a figure of the origin's.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from geppo.judge._reference import mark_languages, retold_words, speaker_words
from geppo.judge.citations import Citations
from geppo.judge.origins import Tracer
from geppo.judge.pages import ACCORDING, Page, Sentence
from geppo.judge.quantities import printed
from geppo.judge.slips import TextChange
from geppo.judge.sounds import sound_alike
from geppo.judge.speakers import bracketed, fold, initials, is_nobody, letters_of
from geppo.language import voices
from geppo.language.sentences import Span
from geppo.model.entity import Kind

_TELLING, _DIGITS = 100, 3
"""A number by which a house is known: from so much on, with so many digits before its noughts."""
_SHORTEST, _BEFORE = 4, 20
_NO_HOUSE = frozenset(Kind) - {Kind.IDENTITY}


class Credited:
    """Compares whom repeats credit with whose pages they repeat."""

    def __init__(self, graph: Citations, tracer: Tracer) -> None:
        self._graph, self._tracer = graph, tracer

    def changes(self, root: Page, page: Page) -> Iterator[TextChange]:
        """The wrong house, at most one for a page."""
        graph, directory = self._graph, self._graph.directory
        if root.report.id in graph.leans_on[page.report.id] or names_house(page.text, root.report.document.publisher):
            return
        credited = tuple(dict.fromkeys((*graph.credits[page.report.id], *page.introduced)))
        if any(directory.key(one) == graph.house(root.report.id) for one in credited):
            return
        unknown = [one for one in credited if self._is_other(one, page, root) and not directory.observes(one)]
        alone = len(unknown) == len(credited) and page.names <= root.names
        for house in unknown:
            if alone or any(house in one.text and _of(one, root) for one in page.sentences):
                yield _change(root, house)
                return
        for house, sentence, according in _speakers(page):
            told = _of(sentence, root) or (according and not credited and page.names and page.names <= root.names)
            if told and house not in root.text and self._is_other(house, page, root):
                yield _change(root, house)
                return

    def _is_other(self, name: str, page: Page, root: Page) -> bool:
        """True for a house without pages here that is no paper, and cannot be the origin's under another spelling.

        A name that the page prints in brackets behind it is the same house's.
        """
        directory, document = self._graph.directory, root.report.document
        if is_nobody(name) or directory.is_media(name) or directory.reports(directory.key(name)):
            return False
        printed_as = {name, *(other for one, other in bracketed(page.report) if one == name)}
        same = {may_be_spelled(one, document.publisher, document.url, document.language) for one in printed_as}
        return False in same and True not in same


def names_house(text: str, publisher: str) -> bool:
    """True where a text prints a house: a word of its name, two of a public body's, or its initials."""
    words, lower, tokens = speaker_words(), text.casefold(), fold(publisher).split()
    common = words.house | words.media | words.forms | retold_words().institutions
    told = [one for one in tokens if len(one) >= _SHORTEST and one not in common]
    public = any(one in retold_words().institutions for one in tokens)
    if sum(one in lower for one in told) > (public and len(told) > 1):
        return True
    short = initials(publisher)
    return bool(short) and short in text


def may_be_spelled(name: str, house: str, url: str = "", spoken: str = "") -> bool | None:
    """Whether a name is a house's in other letters, by its sound or the address of its pages; None where none can tell.

    Chinese writes foreign names with characters of its own choice, and names of public bodies are translated into all
    languages; Japanese, Korean and Russian spell the names of firms by their sound, also those in Chinese characters
    of a language (`spoken`) that other languages take over by sound.
    """
    scripts = {letters_of(name), letters_of(house)}
    if len(scripts) == 1:
        return False
    host = urlsplit(url).netloc.casefold()
    by_sound = "KANA" in scripts or (spoken in retold_words().sounded and not name.isascii())
    if letters_of(house) == "HAN" and by_sound and len(host.split(".")[0]) > _SHORTEST:
        return sounds_like(name, host)
    if sounds_like(name, house) or any(one in host for one in fold(name).split() if len(one) >= _SHORTEST):
        return True
    if not name.isascii() and (
        "HAN" in scripts or any(one in retold_words().institutions for one in fold(house).split())
    ):
        return None
    return False


def sounds_like(name: str, house: str) -> bool:
    """True where a name, or one of its first words, sounds like the beginning of a house's."""
    return sound_alike(name, house) or any(sound_alike(word, house) for word in fold(name).split()[:2])


def _of(sentence: Sentence, root: Page) -> bool:
    """True for a sentence with a figure of the origin's that is no round one."""
    values = {one.value for one in root.numbers}
    return any(
        one >= _TELLING and one in values and len(printed(one).rstrip("0")) >= _DIGITS for one in sentence.values
    )


def _speakers(page: Page) -> Iterator[tuple[str, Sentence, bool]]:
    """Who speaks in a sentence and may be a house, and whether what is told is told according to it.

    That is a name with a word that firms of the trade have in their names, a name in Latin letters according to which a
    page in other letters tells something, or a name of one word that the page uses for nothing and nobody else.
    """
    taken = {one.name for one in page.report.mentions if one.kind in _NO_HOUSE}
    words = retold_words()
    firms = words.firms
    for sentence in page.sentences:
        for one in voices.voices(sentence.text, Span(start=0, end=len(sentence.text)), page.language):
            name = sentence.text[one.name_start : one.name_end].strip()
            if one.anaphoric or not name or name in taken:
                continue
            according = one.kind == ACCORDING
            foreign = according and name.isascii() and name[0].isupper() and page.language not in mark_languages()
            before = sentence.text[max(0, one.name_start - _BEFORE) : one.name_start].casefold()
            firm = any(word in name.casefold() for word in firms) or any(word in before for word in words.firms_before)
            firm = firm or foreign
            if firm or (name[0].isupper() and name.isascii() and " " not in name and not _follows_name(page, name)):
                yield name, sentence, firm and according


def _follows_name(page: Page, name: str) -> bool:
    """True where a word stands behind another one with a capital somewhere: the family name of a person."""
    at = page.text.find(f" {name}")
    while at >= 0:
        before = page.text[:at].rsplit(" ", 1)[-1].rsplit("\n", 1)[-1]
        if before[:1].isupper() and before[-1:].isalpha():
            return True
        at = page.text.find(f" {name}", at + 1)
    return False


def _change(root: Page, house: str) -> TextChange:
    return TextChange(what="reporter", root_value=root.report.document.publisher, repeat_value=house)
