"""Formats of flow records; see `geppo.telemetry.formats` for what a member is. Names of columns: `columns.toml`."""
