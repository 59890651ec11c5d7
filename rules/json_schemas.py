"""The forms of rule files, settings, cases and tables as JSON Schema, for editors that help those who write.

An editor reads 3940 as a number where the files know text alone: what is text may be either.
What a form says of itself is for engineers and is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from norms.form import TablesFile
from rules.policy_cases.file import PolicyCaseFile
from rules.rulefile import RuleFile, SettingsFile

FOLDER = Path(__file__).with_name("scheman")
FORMS: Mapping[str, type[BaseModel]] = {
    "regler": RuleFile,
    "kommun": SettingsFile,
    "fall": PolicyCaseFile,
    "belopp": TablesFile,
}
"""The schemas by name, each with the form that it is made of."""


def schemas() -> dict[str, str]:
    """Every schema as its file has it, by the name of the file."""
    return {
        f"{name}.schema.json": json.dumps(_schema(form), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for name, form in FORMS.items()
    }


def _schema(form: type[BaseModel]) -> dict[str, Any]:
    made = _for_editors(form.model_json_schema(by_alias=True, mode="validation"))
    assert isinstance(made, dict)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _for_editors(node: Any, *, named: bool = False) -> Any:
    """A part of a schema. ``named``: its keys are names of fields and not words of JSON Schema."""
    if isinstance(node, list):
        return [_for_editors(each) for each in node]
    if not isinstance(node, dict):
        return node
    left_out = () if named else ("title", "description", "default", "discriminator")
    made = {
        key: _for_editors(each, named=not named and key in ("properties", "$defs"))
        for key, each in node.items()
        if key not in left_out
    }
    if not named and made.get("type") == "string" and not made.keys() & {"enum", "const", "pattern"}:
        made["type"] = ["string", "number", "boolean"]
    return made
