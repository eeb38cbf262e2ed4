"""What is looked for in a text: a spelling with the conditions under which it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from geppo.catalog.agreements import Agreement
from geppo.catalog.folding import fold, is_hangul, is_katakana, is_word, key
from geppo.catalog.names import Name, Names
from geppo.catalog.places import Compound, Place
from geppo.catalog.publishers import Publisher
from geppo.catalog.rules import Marks, Rules
from geppo.catalog.spelling import spellings
from geppo.catalog.terms import Concept
from geppo.model.entity import Kind


class Case(IntEnum):
    """How the printed case of a form binds."""

    ANY = 0
    UPPER = 1
    """A capital somewhere, except in the name of a tool."""
    CAPITAL = 2
    """Every word starts with a capital or a digit, small words and words of a kind aside."""
    CASED = 3
    """As printed, or with a capital first, or all in capitals."""
    EXACT = 4
    """As printed."""
    TITLE = 5
    """As CAPITAL, and the last word, too: "Winnti Group" is a name, the Winnti group is a group of that name."""


class Use(IntEnum):
    """What a hit is for. Among readings of one span the lower number wins."""

    PHRASE = 0
    """A phrase in which an ordinary word is no name (kind TEXT) or a place no state (kind LOCATION)."""
    VOTE = 1
    """A word of a kind, such as `group` or `ransomware`."""
    FRAME = 2
    """Marks of countries inside a compound."""
    PLACE = 3
    ORGANISATION = 4
    NAME = 5
    EXTRA = 6
    TERM = 7
    ORDINARY_NAME = 8
    """A name that is an ordinary word: needs a word of its kind nearby."""


class Part(NamedTuple):
    """A country inside a frame: where, how long, which."""

    start: int
    length: int
    id: str
    name: str


class Form(NamedTuple):
    """One spelling. A tuple, because tens of thousands are made at start.

    `pattern` is what the automaton looks for; `tails` are what must follow where a form has `*` inside or at its end:
    each `*` takes the word to its end, then the next text must stand there. `key` finds the readings of a name;
    `lower` is true for tools, which texts print in small letters as commands.
    """

    pattern: str
    use: Use
    kind: Kind
    id: str
    name: str
    case: Case
    printed: str
    tails: tuple[str, ...] | None = None
    plural: bool = False
    lenient: bool = False
    key: str = ""
    lower: bool = False
    parts: tuple[Part, ...] = ()
    context: str = ""


LEADING = "leading"
HEADLINE = "headline"
CITY = "city"
_SHORT = 3


def _form(printed: str, use: Use, kind: Kind, identity: str, name: str, *, cased: bool = False) -> Form:
    """A form of a data file, where `*` stands for any ending of a word."""
    head, *tails = fold(printed).split("*")
    if printed.isascii() and _initials(printed):
        case = Case.EXACT
    elif cased:
        case = Case.CASED
    elif printed.isascii() and printed[:1].isupper() and kind in (Kind.LOCATION, Kind.IDENTITY, Kind.PRODUCT):
        case = Case.CAPITAL
    else:
        case = Case.ANY
    return Form(
        pattern=head,
        use=use,
        kind=kind,
        id=identity,
        name=name,
        case=case,
        printed=printed,
        tails=tuple(tails) or None,
        plural=kind in (Kind.LOCATION, Kind.SECTOR, Kind.CONCEPT, Kind.PRODUCT),
        lenient=kind not in (Kind.LOCATION, Kind.IDENTITY),
    )


def _initials(printed: str) -> bool:
    """True for few letters with two capitals or more."""
    letters = sum(map(str.isalpha, printed))
    return 0 < letters <= _SHORT + 1 and sum(map(str.isupper, printed)) >= 2


def _spoken(table: Mapping[str, tuple[str, ...]], language: str) -> Iterator[str]:
    """Forms of a language and the English ones, which stand in texts of all languages."""
    yield from dict.fromkeys((*table.get(language, ()), *table.get("en", ())))


def place_forms(places: Iterable[Place], language: str) -> Iterator[Form]:
    """Countries, regions and the cities in them."""
    for place in places:
        for printed in _spoken(place.cities, language):
            form = _form(printed, Use.PLACE, Kind.LOCATION, place.id, place.bare_name, cased=True)
            yield form._replace(context="" if language == "zh" else CITY)
        for table in (place.forms, place.metonyms):
            for printed in _spoken(table, language):
                yield _form(printed, Use.PLACE, Kind.LOCATION, place.id, place.bare_name, cased=place.cased)


def term_forms(terms: Iterable[Concept], language: str) -> Iterator[Form]:
    """Sectors and concepts, also by the labels that we print ourselves: what geppo writes, it reads."""
    rows = tuple(terms)
    taken = {printed.casefold() for term in rows for printed in _spoken(term.forms, language)}
    for term in rows:
        own = {"ja": (term.name_ja,), "en": tuple(one.removeprefix("the ") for one in (term.name, term.plural))}.get(
            language, ()
        )
        labels = tuple(label for label in dict.fromkeys(own) if label and label.casefold() not in taken)
        if term.id.startswith("unit/"):
            labels = ()
        for printed in (*_spoken(term.forms, language), *labels):
            yield _form(printed, Use.TERM, term.kind, term.id, term.name.removeprefix("the "), cased=term.cased)


def publisher_forms(publishers: Iterable[Publisher]) -> Iterator[Form]:
    """Publishers under all their names, whatever the language."""
    for publisher in publishers:
        for printed in publisher.names:
            yield _form(printed, Use.ORGANISATION, Kind.IDENTITY, publisher.id, publisher.name)


def agreement_forms(agreements: Iterable[Agreement], language: str) -> Iterator[Form]:
    """Treaties and other agreements."""
    for agreement in agreements:
        for printed in _spoken(agreement.forms, language):
            yield _form(printed, Use.PLACE, Kind.AGREEMENT, agreement.id, agreement.name)


def inflected_name(printed: str) -> Form:
    """A name of the overlay whose endings are left open (`*`)."""
    return _form(printed, Use.NAME, Kind.INTRUSION_SET, "", "")._replace(key=key(printed))


def name_forms(names: Names) -> Iterator[Form]:
    """Names of the lists and of the overlay in all their spellings."""
    for printed, folded in names.spoken.items():
        if printed.endswith("*"):
            yield inflected_name(printed)
            continue
        title = names.has_bare_form(printed)
        for pattern, split in spellings(printed):
            ordinary = folded in names.ordinary or (split and pattern.replace("-", " ") in names.ordinary_phrases)
            if len(folded) <= _SHORT and pattern.isascii():
                case = Case.EXACT
            elif ordinary or split or (" " in pattern and pattern != pattern.upper()):
                case = Case.TITLE if title else Case.CAPITAL
            else:
                case = Case.UPPER
            use = Use.ORDINARY_NAME if ordinary else Use.NAME
            lower = folded in names.lower
            yield Form(pattern, use, Kind.INTRUSION_SET, "", "", case, printed, key=folded, lower=lower)


def extra_forms(extra: Sequence[Name]) -> Iterator[Form]:
    """Names that only this month knows: in their printed case. One with an id of its own comes before a new one."""
    taken: set[tuple[Kind, str]] = set()
    for name in sorted(extra, key=lambda name: name.id.startswith("new:")):
        for printed in dict.fromkeys((name.name, *name.forms)):
            case = Case.CAPITAL if printed[:1].isupper() and len(printed) > _SHORT else Case.EXACT
            if not printed.isascii():
                case = Case.ANY
            for pattern, _ in spellings(printed):
                if (name.kind, pattern) not in taken:
                    taken.add((name.kind, pattern))
                    yield Form(pattern, Use.EXTRA, name.kind, name.id, name.name, case, printed)


def rule_forms(rules: Rules) -> Iterator[Form]:
    """Words of a kind, and phrases in which an ordinary word is no name or a place no state."""
    for word, kind in rules.kind_words:
        yield _form(word, Use.VOTE, kind, "", "")._replace(plural=True, lenient=True)
    for phrase in rules.phrases:
        yield _form(phrase, Use.PHRASE, Kind.TEXT, "", "")
    for phrase in rules.place_phrases:
        yield _form(phrase, Use.PHRASE, Kind.LOCATION, "", "")._replace(lenient=True)


def mark_forms(marks: Marks, names: Mapping[str, str]) -> Iterator[Form]:
    """One-character marks of countries in their frames. `names` gives the English name of a country code."""

    def mark(printed: str, places: tuple[tuple[int, str], ...], context: str = "") -> Form:
        parts = tuple(Part(start, 1, f"country/{code}", names.get(code, code)) for start, code in places)
        return Form(fold(printed), Use.FRAME, Kind.LOCATION, "", "", Case.ANY, printed, parts=parts, context=context)

    for frame, places in marks.frames.items():
        yield mark(frame, places)
    for context, characters in ((LEADING, marks.leading), (HEADLINE, marks.headline)):
        for character in characters:
            yield mark(character, ((0, marks.countries[character]),), context)


def compound_forms(compounds: Iterable[Compound], places: Sequence[Place], marks: Marks | None) -> Iterator[Form]:
    """Forms that name several states: each state at its own place in the form, none where it has no such place."""
    by_code = {place.code: place for place in places}
    for compound in compounds:
        parts = tuple(_parts(compound, by_code, marks.countries if marks else {}))
        pattern, *tails = fold(compound.form).split("*")
        yield Form(
            pattern,
            Use.FRAME,
            Kind.LOCATION,
            "",
            "",
            Case.ANY,
            compound.form,
            tails=tuple(tails) or None,
            parts=parts,
        )


def _parts(compound: Compound, places: Mapping[str, Place], marks: Mapping[str, str]) -> Iterator[Part]:
    """Where each country stands in a compound: its own name first, then its mark, then the piece most like a form."""
    text = fold(compound.form)
    taken: list[tuple[int, int]] = []
    for code in compound.codes:
        place = places.get(code)
        forms = [fold(form).rstrip("*") for form in place.forms.get(compound.language, ())] if place else []
        whole = [(text.find(form), len(form)) for form in forms if form in text]
        single = [(at, 1) for at, c in enumerate(text) if marks.get(c) == code]
        like = [] if whole or single else _alike(text, forms)
        free = [span for span in (*whole, *single, *like) if all(span[0] >= e or sum(span) <= s for s, e in taken)]
        if free:
            start, length = max(free, key=lambda span: (span[1], -span[0]))
            taken.append((start, start + length))
            yield Part(start, length, f"country/{code}", place.bare_name if place else code)


def _alike(text: str, forms: Sequence[str]) -> list[tuple[int, int]]:
    """Hyphenated pieces that begin like a form: the combining forms of adjectives."""
    spans, start = [], 0
    for piece in text.rstrip("*").split("-"):
        shared = max((_common(piece, form) for form in forms), default=0)
        if shared >= _SHORT:
            spans.append((start, len(piece)))
        start += len(piece) + 1
    return spans


def _common(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


class Edges(NamedTuple):
    """What a pattern's ends are made of: a letter next to it of the same script is no edge."""

    word_left: bool
    word_right: bool
    kana_left: bool
    kana_right: bool
    hangul: bool


def edges(pattern: str) -> Edges:
    """Edges of a folded pattern."""
    first, last = pattern[0], pattern[-1]
    return Edges(is_word(first), is_word(last), is_katakana(first), is_katakana(last), is_hangul(first))
