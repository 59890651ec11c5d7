"""Every way a request can fail, as RFC 9457 problem documents in Swedish and English.

There is one register of problem types, ``problems.yaml``. A type's address is ``/problem/<code>``, where it
is also explained. What a problem says is written for the one who asked; what is for us alone goes to the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, NotRequired, TypedDict

from pydantic import Field, RootModel
from starlette.responses import Response
from starlette.types import Scope

from decision_service.api.language import in_language, preferred
from decision_service.reading.sentences import say
from norms import document as files
from norms.fault import Fault
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("problems.yaml")
MEDIA_TYPE = "application/problem+json"


class _Texts(FileModel):
    sv: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _PageTexts(_Texts):
    ar: str = Field(min_length=1)


class _Entry(FileModel):
    status: Annotated[int, Field(ge=400, le=599)]
    title: _Texts
    detail: _Texts
    page: _PageTexts | None = None


class _Register(RootModel[dict[Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")], _Entry]]):
    """The whole file."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A way to fail. ``title`` is the same every time; ``detail`` says what to do, by language, and ``page``
    the same to whoever reads pages."""

    code: str
    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]
    page: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where the type is explained."""
        return f"/problem/{self.code}"


def read_types(path: Path = FILE) -> dict[str, ProblemType]:
    """The register. Raises FindingsError with every fault in the file."""
    return {
        code: ProblemType(
            code,
            one.status,
            one.title.model_dump(),
            one.detail.model_dump(),
            (one.page or one.detail).model_dump(),
        )
        for code, one in validate(_Register, files.read(path)).root.items()
    }


PROBLEMS: Mapping[str, ProblemType] = MappingProxyType(read_types())
"""Every problem type by its code."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong in one place: in the body, at the fault's path, or in a parameter."""

    fault: Fault
    parameter: str | None = None

    def as_json(self, language: str) -> dict[str, str]:
        """As it stands in ``errors``."""
        place = {"pointer": self.fault.pointer} if self.parameter is None else {"parameter": self.parameter}
        return {**place, "code": self.fault.code, "message": say(self.fault, language)}


class More(TypedDict, total=False):
    """What problems of some types say besides: the media types that are taken in, the largest body in bytes,
    the id of a fault of ours, the purposes that there are."""

    accepted: list[str]
    largest: int
    error_id: str
    purposes: dict[str, str]


class ProblemJson(More):
    """A problem document."""

    type: str
    title: str
    status: int
    detail: str
    instance: NotRequired[str]
    errors: NotRequired[list[dict[str, str]]]


class ProblemError(Exception):
    """A request fails in a known way. ``detail`` takes the place of the type's own."""

    def __init__(
        self,
        code: str,
        detail: Fault | None = None,
        *,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
        more: More | None = None,
    ) -> None:
        self.type = PROBLEMS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers)
        self.more = more or More()
        super().__init__(code)


def document(problem: ProblemError, language: str, base: str = "", instance: str = "") -> ProblemJson:
    """The problem as JSON. ``base`` is the service's public address, ``instance`` the path asked for."""
    kind, detail = problem.type, problem.detail
    found: ProblemJson = {
        "type": f"{base}{kind.path}",
        "title": in_language(kind.title, language),
        "status": kind.status,
        "detail": in_language(kind.detail, language) if detail is None else say(detail, language),
    }
    if instance:
        found["instance"] = instance
    if problem.errors:
        found["errors"] = [each.as_json(language) for each in problem.errors]
    return {**found, **problem.more}


def response(problem: ProblemError, scope: Scope) -> Response:
    """The answer to the request of a scope: a page for whoever asks for one, where the application has pages
    (``app.state.fault_page``), else a document."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    state = scope["app"].state if "app" in scope else None
    as_page: Callable[[ProblemError, Scope], Response] | None = getattr(state, "fault_page", None)
    if as_page is not None and b"text/html" in headers.get(b"accept", b""):
        return as_page(problem, scope)
    language = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
    base = getattr(state, "public_url", "")
    path = scope["path"] if scope["path"].isascii() else ""
    content = json.dumps(document(problem, language, base, path), ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    return Response(
        content,
        problem.type.status,
        {
            "Content-Type": MEDIA_TYPE,
            "Content-Language": language,
            "Vary": "Accept-Language",
            **problem.headers,
        },
    )
