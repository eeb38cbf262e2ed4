"""The lab: records with truth, never traffic.

It makes rows of the two tables of `geppo.model.telemetry` from a seed and a preset, with the truth beside them. It
knows nothing of the detectors, and they nothing of it: what is planted follows published descriptions and stated
assumptions (`docs/lab.md`), not what can be found. Same seed, preset and sizes, same rows.
"""

from geppo.relay.lab.make import make_flows, make_services
from geppo.relay.lab.preset import Preset, preset, presets

__all__ = ["Preset", "make_flows", "make_services", "preset", "presets"]
