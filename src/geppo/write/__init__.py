"""Story to Edition: what is said (outline), in which words (compose), on which grounds (cite, trace), and the gate.

The outline is made once, without a language; Japanese and English are two wordings of it, so that both editions hold
the same claims and assessments.
"""
