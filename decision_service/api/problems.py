"""Every way a request can fail, as RFC 9457 problem documents in Swedish and English.

There is one register of problem types. A type's address is ``/problem/<code>``, where it is also explained.
What a problem says is written for the one who asked; what is for us alone goes to the log.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decision_service.api.language import in_language, preferred
from decision_service.reading.strict_json import InputError

MEDIA_TYPE = "application/problem+json"

_log = structlog.get_logger("lagrum.api")


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A way to fail. ``title`` is the same every time; ``detail`` says what to do, by language."""

    code: str
    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where the type is explained."""
        return f"/problem/{self.code}"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong in one place: ``pointer`` (JSON pointer in the body) or ``parameter``, and a sentence."""

    message: str
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        """As it stands in ``errors``."""
        place = {"pointer": self.pointer, "parameter": self.parameter}
        return {**{name: text for name, text in place.items() if text is not None}, "message": self.message}


class ProblemError(Exception):
    """A request fails in a known way. ``detail`` by language takes the place of the type's own."""

    def __init__(
        self,
        code: str,
        detail: Mapping[str, str] | None = None,
        *,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.type = PROBLEMS[code]
        self.detail = self.type.detail if detail is None else detail
        self.errors = tuple(errors)
        self.headers = dict(headers)
        self.more = dict(more)
        super().__init__(code)


def _type(code: str, status: int, title: str, english: str, detail: str, english_detail: str) -> ProblemType:
    return ProblemType(code, status, {"sv": title, "en": english}, {"sv": detail, "en": english_detail})


_ALL = (
    _type(
        *("malformed", 400, "Anropet går inte att läsa", "The request cannot be read"),
        "Innehållet är inte JSON i UTF-8, eller en uppgift är given på ett sätt som inte går att läsa.",
        "The content is not JSON in UTF-8, or something is given in a way that cannot be read.",
    ),
    _type(
        *("bad-cursor", 400, "Sidan går inte att hitta", "The page cannot be found"),
        "Markören i cursor är inte en som tjänsten har gett för den här listan. Börja om från första sidan.",
        "The cursor is not one that the service gave for this list. Start again from the first page.",
    ),
    _type(
        *("bad-idempotency-key", 400, "Nyckeln går inte att använda", "The key cannot be used"),
        "Idempotency-Key ska vara 1 till 255 tecken ur ASCII som går att skriva ut.",
        "Idempotency-Key must be 1 to 255 printable ASCII characters.",
    ),
    _type(
        *("idempotency-key-missing", 400, "Nyckeln saknas", "The key is missing"),
        "Skicka med Idempotency-Key, ett värde som bara hör till den här posten.",
        "Send Idempotency-Key, a value that belongs to this post alone.",
    ),
    _type(
        *("purpose-missing", 400, "Ändamålet saknas", "The purpose is missing"),
        "Skicka med Lagrum-Purpose: varför ärendet läses. Läsningen antecknas i spåret.",
        "Send Lagrum-Purpose: why the case is read. The read is written to the trail.",
    ),
    _type(
        *("unauthenticated", 401, "Vem som frågar är inte känt", "It is not known who asks"),
        "Skicka med en giltig token från en utfärdare som kommunen litar på: Authorization: Bearer …",
        "Send a valid token from an issuer that the municipality trusts: Authorization: Bearer …",
    ),
    _type(
        *("forbidden", 403, "Rollen räcker inte", "The role does not allow it"),
        "Den som frågar har ingen roll som får göra detta.",
        "The one who asks has no role that may do this.",
    ),
    _type(
        *("not-found", 404, "Det finns inte", "It does not exist"),
        "Det finns inget här, eller inget som den som frågar får se.",
        "There is nothing here, or nothing that the one who asks may see.",
    ),
    _type(
        *("method-not-allowed", 405, "Det går inte att göra här", "It cannot be done here"),
        "Adressen finns, men inte med den metoden. Svarets Allow säger vilka som finns.",
        "The address exists, but not with this method. Allow in the answer says which do.",
    ),
    _type(
        *("not-acceptable", 406, "Svaret finns inte i den formen", "The answer has no such form"),
        "Tjänsten kan inte svara i någon av de former som Accept tillåter.",
        "The service cannot answer in any of the forms that Accept allows.",
    ),
    _type(
        *("conflict", 409, "Det går inte i det här läget", "It cannot be done in this state"),
        "Ärendet är i ett läge där detta inte går att göra. Hämta det på nytt och se vad som har hänt.",
        "The case is in a state in which this cannot be done. Fetch it again and see what has happened.",
    ),
    _type(
        *("in-progress", 409, "Samma anrop pågår redan", "The same request is already under way"),
        "Ett anrop med samma Idempotency-Key är inte klart. Försök igen om en stund med samma nyckel.",
        "A request with the same Idempotency-Key is not done. Try again in a while with the same key.",
    ),
    _type(
        *("stale", 412, "Någon annan hann före", "Somebody else was first"),
        "Det har ändrats sedan du hämtade det. Hämta det på nytt och gör om ändringen.",
        "It has changed since you fetched it. Fetch it again and make the change again.",
    ),
    _type(
        *("too-large", 413, "Innehållet är för stort", "The content is too large"),
        "Anropet är större än vad tjänsten tar emot.",
        "The request is larger than what the service accepts.",
    ),
    _type(
        *("unsupported-media-type", 415, "Formen är inte känd", "The form is not known"),
        "Tjänsten läser inte innehåll av den typ som Content-Type anger.",
        "The service does not read content of the type that Content-Type says.",
    ),
    _type(
        *("invalid", 422, "Uppgifterna stämmer inte", "The data is not right"),
        "En eller flera uppgifter är fel. Varje fel står i errors.",
        "One or more values are wrong. Each fault is in errors.",
    ),
    _type(
        *("idempotency-key-reused", 422, "Nyckeln är redan använd", "The key has been used already"),
        "Samma Idempotency-Key har använts för ett annat anrop. Välj en ny nyckel.",
        "The same Idempotency-Key was used for another request. Choose a new key.",
    ),
    _type(
        *("version-missing", 428, "Versionen saknas", "The version is missing"),
        "Skicka med If-Match med den ETag du fick när du hämtade, så att ingen annans ändring går förlorad.",
        "Send If-Match with the ETag you got when you fetched, so that nobody's change is lost.",
    ),
    _type(
        *("too-many-requests", 429, "För många anrop", "Too many requests"),
        "Vänta så många sekunder som Retry-After säger och försök igen.",
        "Wait as many seconds as Retry-After says and try again.",
    ),
    _type(
        *("internal", 500, "Något gick fel hos oss", "Something went wrong here"),
        "Felet är antecknat. Ange error_id om du hör av dig.",
        "The fault has been noted. Give error_id if you contact us.",
    ),
    _type(
        *("unavailable", 503, "Tjänsten kan inte svara nu", "The service cannot answer now"),
        "Något som tjänsten behöver svarar inte. Försök igen om en stund.",
        "Something that the service needs does not answer. Try again in a while.",
    ),
)

PROBLEMS: Mapping[str, ProblemType] = MappingProxyType({each.code: each for each in _ALL})
"""Every problem type by its code."""

_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 406: "not-acceptable", 413: "too-large"} | {
    401: "unauthenticated",
    403: "forbidden",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}


def document(problem: ProblemError, language: str, base: str = "", instance: str = "") -> dict[str, Any]:
    """The problem as JSON. ``base`` is the service's public address, ``instance`` the path asked for."""
    found: dict[str, Any] = {
        "type": f"{base}{problem.type.path}",
        "title": in_language(problem.type.title, language),
        "status": problem.type.status,
        "detail": in_language(problem.detail, language),
    }
    if instance:
        found["instance"] = instance
    if problem.errors:
        found["errors"] = [fault.as_json() for fault in problem.errors]
    return {**found, **problem.more}


def response(problem: ProblemError, scope: Scope) -> Response:
    """The answer to the request of a scope."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    language = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
    app = scope.get("app")
    base = getattr(app.state, "public_url", "") if app is not None else ""
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


def add_handlers(app: FastAPI) -> None:
    """Answer every fault with a problem document."""
    app.add_exception_handler(ProblemError, _of_problem)
    app.add_exception_handler(InputError, _of_input)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


async def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return response(error, request.scope)


async def _of_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    return response(invalid_input(error), request.scope)


async def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = preferred(request.headers.get("accept-language"))
    faults = [_fault(detail, language) for detail in error.errors()]
    unreadable = any(detail["type"] == "json_invalid" for detail in error.errors())
    return response(ProblemError("malformed" if unreadable else "invalid", errors=faults), request.scope)


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed")
    return response(ProblemError(code, headers=dict(error.headers or {})), request.scope)


_PLACE = re.compile(r"([A-Za-z_][\w.]*(?:\[\d+\][\w.]*)*): (.*)", re.DOTALL)


def invalid_input(error: InputError) -> ProblemError:
    """The problem of an input that does not hold, with each fault at its place."""
    return ProblemError("invalid", errors=[_of_sentence(fault) for fault in error.faults])


def _of_sentence(sentence: str) -> FieldFault:
    """``costs[0].amount: Uppgiften saknas.`` with its place as a JSON pointer."""
    found = _PLACE.fullmatch(sentence)
    if not found or found[1] == "indata":
        return FieldFault(found[2] if found else sentence, pointer="")
    parts = re.findall(r"[^.\[\]]+", found[1])
    return FieldFault(found[2], pointer=_pointer(parts))


def _pointer(parts: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _fault(detail: Mapping[str, Any], language: str) -> FieldFault:
    """One fault of pydantic in the reader's language."""
    where, *rest = detail["loc"]
    message = _message(detail, language)
    if where == "body":
        return FieldFault(message, pointer=_pointer(rest))
    return FieldFault(message, parameter=str(rest[0]) if rest else str(where))


_MESSAGES: Mapping[str, tuple[str, str]] = {
    "missing": ("Uppgiften saknas.", "The value is missing."),
    "extra_forbidden": ("Fältet finns inte.", "There is no such field."),
    "json_invalid": ("Innehållet är inte JSON.", "The content is not JSON."),
    "int_type": ("Väntade ett heltal.", "Expected a whole number."),
    "int_parsing": ("Väntade ett heltal.", "Expected a whole number."),
    "int_from_float": ("Väntade ett heltal.", "Expected a whole number."),
    "bool_type": ("Väntade true eller false.", "Expected true or false."),
    "bool_parsing": ("Väntade true eller false.", "Expected true or false."),
    "string_type": ("Väntade en text.", "Expected a text."),
    "list_type": ("Väntade en lista.", "Expected a list."),
    "model_type": ("Väntade ett objekt.", "Expected an object."),
    "model_attributes_type": ("Väntade ett objekt.", "Expected an object."),
    "dict_type": ("Väntade ett objekt.", "Expected an object."),
    "greater_than_equal": ("Minst {ge}.", "At least {ge}."),
    "less_than_equal": ("Högst {le}.", "At most {le}."),
    "greater_than": ("Mer än {gt}.", "More than {gt}."),
    "less_than": ("Mindre än {lt}.", "Less than {lt}."),
    "string_too_short": ("Minst {min_length} tecken.", "At least {min_length} characters."),
    "string_too_long": ("Högst {max_length} tecken.", "At most {max_length} characters."),
    "too_long": ("Högst {max_length} värden.", "At most {max_length} values."),
    "too_short": ("Minst {min_length} värden.", "At least {min_length} values."),
    "enum": ("Tillåtna värden: {expected}.", "Allowed values: {expected}."),
    "literal_error": ("Tillåtna värden: {expected}.", "Allowed values: {expected}."),
    "string_pattern_mismatch": ("Värdet har fel form.", "The value has the wrong form."),
}
_UNKNOWN = ("Värdet går inte att läsa.", "The value cannot be read.")


def _message(detail: Mapping[str, Any], language: str) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return f"{str(context['error']).rstrip('.')}."
    swedish, english = _MESSAGES.get(detail["type"], _UNKNOWN)
    if language == "en":
        return english.format_map(context)
    expected = str(context.get("expected", "")).replace(" or ", " eller ")
    return swedish.format_map({**context, "expected": expected})


@dataclass
class UnhandledErrors:
    """Innermost ASGI layer: what nobody handled becomes a 500 with an id, and the log has the rest."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; answer with a problem unless an answer has already begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            problem = _unhandled(error)
            if started:
                raise
            await response(problem, scope)(scope, receive, send)


def _unhandled(error: Exception) -> ProblemError:
    error_id = uuid.uuid4().hex
    _log.error("unhandled", error_id=error_id, exc_info=error)
    return ProblemError("internal", more={"error_id": error_id})
