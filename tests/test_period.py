"""The month of an edition and the one before it."""

from __future__ import annotations

import pytest

from geppo.model.time import Period


@pytest.mark.parametrize(("month", "before"), [("2026-03", "2026-02"), ("2026-01", "2025-12"), ("2024-12", "2024-11")])
def test_the_month_before(month: str, before: str) -> None:
    period = Period.parse(month)
    assert str(period.previous) == before
    assert period.previous.span.end < period.span.start
