"""Settings of the relay commands: those of the workspace that the command runs in, where there is one."""

from __future__ import annotations

from pathlib import Path

from geppo import config
from geppo.config import Settings


def settings() -> Settings:
    """The settings of the nearest `geppo.toml` upward, else the packaged ones. Raises UsageError as `config.load`."""
    root = config.workspace(Path.cwd())
    return config.load(root / config.WORKSPACE_FILE if root else None)
