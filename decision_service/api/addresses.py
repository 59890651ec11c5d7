"""What stands in the address of a case: its id, and the number of an assessment, a claim or an appeal."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from decision_service.reading.whole_numbers import LARGEST

Application = Annotated[str, Path(description="Ansökans id", json_schema_extra={"pattern": "^[0-9a-f]{32}$"})]
Number = Annotated[int, Path(ge=1, le=LARGEST, description="Numret i ärendet")]
