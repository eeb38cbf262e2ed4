"""What geppo knows of languages: one reader for each thing read, and one folder of data for each language.

To add a language, add one folder, named by its ISO 639-1 code, with any of these files; no code changes:

    language.toml   how sentences, blocks and clauses end: abbreviations, words that open a sentence, clause breaks
    dates.toml      names of months, eras, parts of a month, and the forms in which dates are written
    numbers.toml    number words, magnitudes, the words that bound a number, what makes a number no count
    hedges.toml     words of each rung of the hedge ladder, of the grades, of negation, and what only looks so
    voices.toml     the words that say whose statement it is, and those of the author's own observation

The same folder holds what reading and writing build on top: `naming.toml` and `relations.toml` (see `geppo.read`),
`phrases.toml` and `glossary.toml` (see `geppo.write`).

A file that is missing means the rules in `neutral/`: sentences end at full stops and line breaks, a date is read in ISO
form only, a number only in digits, and there are no hedges, negations or voices. So a document in a language without
a folder is read with less, and never refused.

Rules of the pattern data:

* Patterns are RE2 (linear time, no look-around). A blank in a pattern stands for one white-space character with at most
  one more blank, so that a phrase may run over a line end. What must not match goes under `never`, a longer pattern.
* Patterns see a folded text of the same length: full-width letters and digits, typographic dashes, blanks and
  apostrophes become their ASCII forms, so data need only the plain ones. Offsets are those of the text as read.
* At one place the longest pattern wins, whatever its label: "very likely" before "likely", and an entry under `never`
  before both.

Every pattern needs a line in `tests/cases/language` that it must find and, where something looks like it, one that it
must not find.
"""
