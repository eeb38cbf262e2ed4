"""The store: documents, readings, claims, months, gaps and edits, kept for good.

`Store` (store.py) is the protocol in model types; `sqlite.py` is the embedded default and `postgres.py` the one for
several machines, both on `_sql.py`; `place.py` opens either. Rows are added and never changed, and a question names the
time that it asks for. `transfer.py` copies stores, `retention.py` says what may be dropped.
"""
