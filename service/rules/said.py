"""What a layer says, before it is kept."""

from dataclasses import dataclass
from typing import Any

from models import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a layer says: about which task of which procedure, for whom, and in which year (empty: every)."""

    layer: Layer
    scope: str
    procedure: str
    task: str
    definition: dict[str, Any]
    school_year: str = ""
    reason: str = ""
