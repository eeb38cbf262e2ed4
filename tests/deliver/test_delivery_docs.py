"""The files that docs/delivery.md shows are taken as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from geppo.deliver.channel import read_channels
from geppo.deliver.corrections import read_corrections
from geppo.deliver.subscribers import read_subscribers

TEXT = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, re.S)


def test_the_files_shown_are_taken(tmp_path: Path) -> None:
    names = {"[[subscriber]]": "subscribers.toml", "[[channel]]": "channels.toml", "[[correction]]": "corrections.toml"}
    for block in BLOCKS:
        (tmp_path / names[block.splitlines()[0]]).write_text(block, encoding="utf-8")
    roll = read_subscribers(tmp_path)
    assert len(roll.subscribers) == 1 and not roll.problems
    assert [one.kind for one in read_channels(tmp_path, 1, "Asia/Tokyo")] == ["smtp", "folder", "taxii", "webhook"]
    (correction,) = read_corrections(tmp_path, "2025-11.2")
    assert correction.corrects == "2025-11"
