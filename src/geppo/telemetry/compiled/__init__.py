"""SQL of the shared expressions as Ibis compiles it for DuckDB; `tests/telemetry/test_scale.py` keeps it up to date."""
