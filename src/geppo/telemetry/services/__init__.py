"""Formats of service records (scans, certificates); see `geppo.telemetry.formats`. Names of columns: `columns.toml`."""
