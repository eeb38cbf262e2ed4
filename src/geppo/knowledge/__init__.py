"""The store: documents, reports, claims, assessments, stories and gaps, kept for good.

`Store` (store.py) is the protocol in model types; `sqlite.py` is the embedded default. Nothing is overwritten: a
second reading of a document by another version adds rows under that version, and a question names the time it asks for.
"""
