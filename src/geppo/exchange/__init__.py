"""Our model in foreign formats, and back: STIX 2.1, MISP, CSV."""

from __future__ import annotations

from geppo.exchange._imported import Imported as Imported
from geppo.exchange._package import Package as Package
from geppo.exchange._package import below as below
