"""Detectors over flows: one module each, found by `geppo.registry.family("geppo.relay.detect")`.

A member has `NAME`, `FAMILY` (which line of evidence it belongs to; inside one the best counts, not the sum) and

    detect(stage: Stage) -> list[Detection]

which yields one Detection a host, sorted by host, or nothing. The order of the rows of the flow table never matters,
and a table without rows gives nothing. `score` is in bits: minus log2 of the chance that this comes of nothing.
A member
says what it saw, not what it means: roles and likelihood are `geppo.relay.classify` and `geppo.relay.odds`. A member of
the family `baseline` is for comparison only and is never evidence.
"""
