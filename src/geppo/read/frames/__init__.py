"""Statements by frames: a verb, who does it and what it is done to, in whatever order a sentence puts them.

A relation rule (`relations.toml`) is a line: it reads one construction exactly. A frame (`frames.toml`) knows only a
verb and the kinds of its roles; the grammar of the language finds the roles around it, active or passive, in a relative
clause, a participle or a list. Rules are asked first; frames add what no rule read.
"""

from geppo.read.frames.frame import Frame, Statement, frames
from geppo.read.frames.grammar import possible, statements

__all__ = ["Frame", "Statement", "frames", "possible", "statements"]
