"""Hold every answer of a test to what the API's own description says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema_rs

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """A method on a path of the description."""

    method: str
    path: str
    described: Json

    @property
    def name(self) -> str:
        """As a reader would write it."""
        return f"{self.method.upper()} {self.path}"

    @property
    def guarded(self) -> bool:
        """Whether it needs a token."""
        return bool(self.described.get("security"))


def operations(description: Json) -> Iterator[Operation]:
    """Every operation there is."""
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(method, path, item[method])


class Form:
    """The description, ready to hold answers against."""

    def __init__(self, description: Json) -> None:
        self.description = description
        self._components = description["components"]
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", one.path)), one) for one in operations(description)
        ]
        self._validators: dict[str, Any] = {}

    def of(self, method: str, path: str) -> Operation | None:
        """The operation that a request comes to."""
        found = [
            one
            for pattern, one in self._operations
            if pattern.fullmatch(path) and one.method == method.lower()
        ]
        return min(found, key=lambda one: one.path.count("{")) if found else None

    def check(self, response: httpx.Response) -> None:
        """An answer has a status that is described, and the form that is described for it."""
        operation = self.of(response.request.method, response.request.url.path)
        if operation is None:
            path, kind = response.request.url.path, response.headers.get("content-type", "")
            page = (
                kind.startswith(("text/html", "text/csv"))
                or path.startswith(("/statiskt/", "/k/", "/logga-ut/"))
                or response.status_code == 303
            )
            assert page or path == "/openapi.json" or response.status_code in (404, 405), response.request.url
            return
        response.read()
        described = operation.described["responses"].get(str(response.status_code))
        where = f"{operation.name}: {response.status_code}"
        assert described is not None, f"{where} is not described. {response.text[:500]}"
        assert response.status_code != 500 or "/not-as-logged" in response.text, f"{where}: {response.text}"
        if not response.content:
            return
        kind = response.headers["content-type"].partition(";")[0]
        assert kind in described["content"], f"{where} comes as {kind}"
        if kind.endswith("json"):
            schema = described["content"][kind]["schema"]
            errors = [f"{list(e.instance_path)}: {e.message}" for e in self._errors(schema, response.json())]
            assert not errors, f"{where}: {errors[:5]}"

    def errors(self, schema: Json, value: Any) -> list[str]:
        """What is wrong with a value that should have a form of the description."""
        return [f"{list(each.instance_path)}: {each.message}" for each in self._errors(schema, value)]

    def _errors(self, schema: Json, value: Any) -> Iterator[Any]:
        key = repr(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._components}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return iter(self._validators[key].iter_errors(value))
