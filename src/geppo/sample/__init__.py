"""The shipped month: notes of ours that retell real pages of autumn 2025, each with its true address."""

PERIOD = "2025-11"
AS_OF = "2025-12-05T06:01:00+09:00"
