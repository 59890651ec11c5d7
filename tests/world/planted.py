"""An application in which every field says something that can be found again, wherever it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from decision_service.application.adapters.canonical import ApplicationDocument
from tests.world.people import OCTOBER, personal_number

Json = dict[str, Any]
APPLICANT, CO_APPLICANT, CHILD = 1, 2, 130_011
"""Nobody born on a day of the month whose cases are never deleted."""


@dataclass
class Planter:
    """Fills what it is given by its JSON schema, and remembers every value that is nobody else's."""

    schema: Json = field(default_factory=lambda: ApplicationDocument.model_json_schema(by_alias=True))
    values: list[str] = field(default_factory=list)

    def text(self, room: int = 4000) -> str:
        """A text that stands nowhere else."""
        self.values.append(f"Kvitten{len(self.values):04d}"[:room])
        return self.values[-1]

    def amount(self) -> str:
        """An amount in kronor that is nobody else's; it is found in kronor and in öre. Each is less than the
        ones before, as what is granted may not be more than what was applied for."""
        kronor = 8_123_999 - len(self.values)
        self.values.append(str(kronor))
        return f"{kronor}.37"

    def filled(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A value of a schema with everything in it."""
        if "$ref" in schema:
            return self.filled(self.schema["$defs"][schema["$ref"].rpartition("/")[2]], name)
        if name in _GIVEN:
            return _GIVEN[name]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            if {"number", "string"} <= {each.get("type") for each in schema["anyOf"]}:
                return self.amount()
            return self.filled(schema["anyOf"][0], name)
        match schema["type"]:
            case "object":
                return {key: self.filled(one, key) for key, one in schema["properties"].items()}
            case "array":
                return [self.filled(schema["items"], name)]
            case "boolean":
                return True
            case "integer":
                return schema.get("minimum", 2019)
            case "string" if schema.get("format") == "date":
                return "2026-09-20"
            case "string" if schema.get("format") == "date-time":
                return "2026-09-20T08:00:00+02:00"
            case _:
                return self.text(schema.get("maxLength", 4000))

    def application(self) -> Json:
        """Two adults and a child, with every field of the form and of the people filled."""
        form = self.filled(self.schema["$defs"]["Application"])
        form |= {"periodMonth": OCTOBER.number, "periodYear": OCTOBER.year}
        adult = form["persons"][0]
        form["persons"] = [
            {**adult, "role": "APPLICANT", "partyId": "p1"},
            {**self.filled(self.schema["$defs"]["AdultAnswers"]), "role": "CO_APPLICANT", "partyId": "p2"},
        ]
        form["children"][0]["partyId"] = "p3"
        numbers = map(personal_number, (APPLICANT, CO_APPLICANT, CHILD))
        roles = ("APPLICANT", "CO_APPLICANT", "CHILD")
        people = []
        for place, (number, role) in enumerate(zip(numbers, roles, strict=True), start=1):
            person = self.filled(self.schema["$defs"]["Person"])
            del person["born"]
            if role != "CHILD":  # nothing would go out to the dead
                del person["died"]
            people.append({**person, "id": f"p{place}", "role": role, "personal_number": number})
            self.values.append(number)
        return {"schema": "ansokan/1", "application": form, "people": people}


_GIVEN: Json = {
    "partyId": "p1",
    "person": "p1",
    "recipient": "p1",
    "month": "2026-09",
    "clearingNumber": "8327",
    "accountNumber": "9034567891",
    "protected": False,
    "personal_number": personal_number(APPLICANT),
    "id": "p1",
}
"""What must be of a certain form."""
