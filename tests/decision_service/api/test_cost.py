"""No request costs more than its size: processor and memory follow the bytes that are sent, to any operation,
each of which ``make check`` sends a share of what is nasty.

    .venv/bin/pytest tests/decision_service/api/test_cost.py -s

prints the dearest of them. Processor time is that of the service and of the children that evaluate; the
client of the test is among it. Nothing depends on how quick the machine is but the generous bounds.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from decision_service.access.roles import Role
from decision_service.web.site import WORKING
from tests.decision_service.api.test_schemathesis import Subject
from tests.world.description import Operation, operations
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.sweeps import share
from tests.world.visitors import Visitor, visitor

pytestmark = pytest.mark.slow

SIZE = 60_000
"""Bytes of a body, about: below what somebody without a token may send."""
SECONDS, SECONDS_A_KILOBYTE = 0.5, 0.01
MEGABYTES, MEGABYTES_A_KILOBYTE = 40, 0.5
LONGEST_ANSWER = 50_000
"""Bytes of an answer beside those of what it echoes."""


class Raw(str):
    """JSON as it is to stand, and no text."""


def written(value: Any) -> str:
    """A value as JSON; what is Raw stands as it is."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


@dataclass(frozen=True)
class Kind:
    """What stands in every text, in every number, and how many members a list and an object have."""

    text: Any = "x"
    number: Any = 1
    members: int = 1
    strangers: int = 0


LONG = {
    "one letter": "x",
    "digits": "1",
    "digits with spaces": "1 ",
    "dashes": "-",
    "commas": "1,",
    "letters of two bytes": "å",
    "escapes": "\n",
}
NUMBERS = [
    "1e999999999",
    "1e-999999999",
    "9" * SIZE,
    "0." + "1" * SIZE,
    "-1e100000000",
    "1E+9999999999999999999",
]


def kinds(fields: int) -> Iterator[tuple[str, Kind]]:
    """Every kind of body, for a form with so many places."""
    share = max(1, SIZE // max(1, fields))
    for name, letters in LONG.items():
        yield f"text of {name}", Kind(text=(letters * share)[:share])
    for number in NUMBERS:
        yield f"number {number[:12]}", Kind(number=Raw(number[:share]) if len(number) > 99 else Raw(number))
        yield f"number for text {number[:12]}", Kind(text=Raw(number[:share] if len(number) > 99 else number))
    yield "strangers", Kind(strangers=max(1, SIZE // 12 // max(1, fields // 8 + 1)))
    yield "members", Kind(members=6)
    yield "empty members", Kind(members=-1)


def instance(schema: Any, kind: Kind, deep: int = 0) -> Any:
    """A value that fits a schema as far as its fields go, filled by a kind."""
    schema = chosen(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            found = {
                name: instance(each, kind, deep + 1) for name, each in schema.get("properties", {}).items()
            }
            return found | {f"f{number}": 0 for number in range(kind.strangers)}
        case "array":
            inner = schema.get("items", {})
            if kind.members < 0:
                return [{}] * (SIZE // 40)
            return [instance(inner, kind, deep + 1) for _ in range(kind.members if deep < 4 else 1)]
        case "integer" | "number":
            return kind.number
        case "boolean":
            return True
        case _:
            return kind.text


def chosen(schema: Any) -> Any:
    """The first of several forms that is not nothing."""
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            if each.get("type") != "null":
                return chosen(each)
    return schema


def places(schema: Any) -> int:
    """How many texts and numbers a form has room for."""
    value = instance(schema, Kind())
    return written(value).count(":") or 1


def bodies(schema: Any) -> Iterator[tuple[str, bytes]]:
    """Nasty bodies for a form, and some that have none."""
    for name, kind in kinds(places(schema)):
        yield name, written(instance(schema, kind)).encode()
    yield "depth of lists", b"[" * SIZE
    yield "depth of objects", b'{"a":' * (SIZE // 5)
    yield "one long name", written({"n" * SIZE: 1}).encode()
    yield "one name many times", b"{" + b",".join([b'"a":1'] * (SIZE // 6)) + b"}"
    yield "no text", b"\xff" * SIZE
    yield "half letters", b'{"a":"' + b"\\ud800" * (SIZE // 6) + b'"}'
    yield "steering", b'{"a":"' + b"\\u0000\\u001b" * (SIZE // 12) + b'"}'


def forms(operation: Operation) -> Iterator[tuple[str, Any]]:
    content = operation.described.get("requestBody", {}).get("content", {})
    yield from ((kind, said["schema"]) for kind, said in content.items())


def grown(value: Any, size: int = SIZE) -> Iterator[Any]:
    """An example with one of its lists grown to a size, each list in turn; members with ids get their own. In
    ``make check`` a share of the lists."""
    for path, members in share(lists(value), 6):
        one = members[-1]
        count = max(2, size // (len(json.dumps(one)) + 1))
        more = [own(one, number) for number in range(count)]
        yield put(value, path, [*members, *more])


def own(member: Any, number: int) -> Any:
    if not isinstance(member, dict):
        return member
    named = {name: f"{member[name]}{number}" for name in ("id", "partyId") if name in member}
    birth = {"personal_number": f"19{number % 10**10:010d}"} if "personal_number" in member else {}
    return {**member, **named, **birth}


def lists(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    if isinstance(value, list) and value:
        yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from lists(each, (*path, key))


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], new)
    return copied


class Meter:
    """What the service uses: seconds of processor in it and in its children, and megabytes at the most. What
    all the tests before have left is not looked through meanwhile: that takes as long whatever is sent."""

    def __enter__(self) -> Meter:
        gc.disable()
        Path("/proc/self/clear_refs").write_text("5")
        self._seconds, self._megabytes = _seconds(), _peak()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.megabytes = _seconds() - self._seconds, _peak() - self._megabytes
        gc.enable()


def _seconds() -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    found = time.process_time()
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(FileNotFoundError):
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                found += (int(fields[11]) + int(fields[12])) / ticks
    return found


def _peak() -> float:
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


class Prices:
    """What every body cost, and which cost too much."""

    def __init__(self, one: Whole) -> None:
        self._subject = Subject(one)
        self.tried: list[tuple[float, str]] = []
        self.dear: list[str] = []

    def attempt(self, operation: Operation, media_type: str, name: str, body: bytes) -> None:
        user = self._subject.user
        case = next(self._subject.applications) or "0" * 32
        path = re.sub(r"\{\w+\}", "k", operation.path.format_map(_Known(kommunkod=TENANT, application=case)))
        version = self._subject.version(case) if "/tasks/" in path else '"v1"'
        key = f"cost-{len(self.tried)}"
        headers = user.headers(idempotency_key=key, content_type=media_type, if_match=version)
        with Meter() as used:
            answer = user.http.request(operation.method, path, content=body, headers=headers)
        self._noted(f"{operation.name} {media_type} {name}", body, answer, used)

    def form(self, visitor: Visitor, path: str, name: str, body: bytes) -> None:
        """A form of a page, posted by somebody signed in."""
        address = re.sub(r"\{\w+(:\w+)?\}", "0", path.replace("{kommunkod}", TENANT))
        headers = {**visitor.headers, "content-type": "application/x-www-form-urlencoded"}
        with Meter() as used:
            answer = visitor.http.post(address, content=body, headers=headers)
        self._noted(f"POST {path} form {name}", body, answer, used)

    def _noted(self, name: str, body: bytes, answer: httpx.Response, used: Meter) -> None:
        kilobytes = len(body) / 1024
        what = (
            f"{name}: {len(body)} B, {answer.status_code} of {len(answer.content)} B, "
            f"{used.seconds:.2f} s, {used.megabytes:.0f} MB"
        )
        self.tried.append((used.seconds, what))
        if (
            used.seconds > SECONDS + SECONDS_A_KILOBYTE * kilobytes
            or used.megabytes > MEGABYTES + MEGABYTES_A_KILOBYTE * kilobytes
            or len(answer.content) > LONGEST_ANSWER + len(body)
            or answer.status_code >= 500
        ):
            self.dear.append(what)


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def examples(operation: Operation, media_type: str) -> Iterator[Any]:
    said = operation.described["requestBody"]["content"][media_type]
    if "example" in said:
        yield said["example"]
    yield from (each["value"] for each in said.get("examples", {}).values())


def test_no_body_costs_more_than_its_size(one: Whole) -> None:
    prices = Prices(one)
    for operation in operations(one.description):
        for media_type, schema in forms(operation):
            for name, body in share(bodies(schema), 6):
                prices.attempt(operation, media_type, name, body)
            for example in examples(operation, media_type):
                for value in grown(example):
                    prices.attempt(operation, media_type, "grown", json.dumps(value).encode())
    print(f"{len(prices.tried)} bodies; the dearest:")
    print(*(what for _, what in sorted(prices.tried)[-15:]), sep="\n")
    assert prices.dear == []
    assert len(prices.tried) > 200


FORMS = {
    "many fields": b"&".join(b"f%d=1" % number for number in range(SIZE // 7)),
    "one field many times": b"&".join([b"skal=1"] * (SIZE // 7)),
    "one long field": b"skal=" + b"x" * SIZE,
    "digits": b"belopp=" + b"9" * SIZE,
    "a number too large": b"belopp=1e999999999&granted=1e999999999&antal=1e999999999",
    "percent": b"%" * SIZE,
    "NUL": b"skal=" + b"%00" * (SIZE // 3),
    "half letters": b"skal=" + b"%ED%A0%80" * (SIZE // 9),
    "steering": b"skal=" + b"%1b%9b%0d%0a" * (SIZE // 12),
    "ampersands": b"&" * SIZE,
    "equal signs": b"=" * SIZE,
    "semicolons": b"a;" * (SIZE // 2),
    "no form": b"\xff" * SIZE,
}


def test_no_form_of_a_page_costs_more_than_its_size(one: Whole) -> None:
    """With what our own pages put in it, so that it comes as far as a form can."""
    prices, somebody = Prices(one), visitor(one, *(set(Role) - {Role.ESERVICE}))
    csrf = b"csrf=" + somebody.csrf().encode() + b"&"
    routes = [route for router in WORKING for route in router.routes if isinstance(route, APIRoute)]
    pages = [route.path for route in routes if "POST" in (route.methods or ())]
    for path, name in share(itertools.product(pages, FORMS), 6, itemgetter(0)):
        prices.form(somebody, path, name, csrf + FORMS[name])
    print(f"{len(prices.tried)} forms; the dearest:")
    print(*(what for _, what in sorted(prices.tried)[-15:]), sep="\n")
    assert prices.dear == []
    assert len(pages) > 20


LONG_HEAD = 28_000
"""Characters of a header, below what the server takes."""
HEADERS = {
    "accept": ("a/b;q=0.5,", "text/html,", "a/", "*/*;q=", ";"),
    "accept-language": ("sv;q=0.5,", "a-", ";q=", "sv;q=9"),
    "authorization": ("Bearer eyJhbGciOiJFZERTQSJ9.", "Bearer .", "Bearer a.", "Basic "),
    "content-type": ("application/json;a=b", ";", "multipart/form-data; boundary="),
    "cookie": ("a=b; ", "=", ";", ' "', "\\", '__Host-lagrum="\\"', 'lagrum="\\"', 'a="\\054'),
    "forwarded": ("for=1.1.1.1,", "for="),
    "host": ("a.", "a", ":"),
    "if-match": ('"x",', "W/", '"'),
    "if-none-match": ('"x",', "W/", '"'),
    "lagrum-purpose": ("x",),
    "prefer": ("wait=1,", "wait=9", "wait=1;"),
    "range": ("bytes=0-1,", "bytes=-"),
    "x-forwarded-for": ("1.1.1.1,", ","),
}
"""What each header is filled with: the first of it once, and the end of it again and again; one that begins a
quotation ends it too."""


def long_heads() -> Iterator[tuple[str, str]]:
    for name, fills in HEADERS.items():
        for fill in fills:
            tail = fill[-2:] if name in ("authorization", "cookie") else fill
            yield name, (fill + tail * (LONG_HEAD // len(tail)))[:LONG_HEAD].strip() + '"' * ('="' in fill)


@pytest.mark.parametrize("path", ["/healthz", "/", f"/v1/{TENANT}/norms?month=2026-11"])
def test_no_head_costs_more_than_its_size(one: Whole, path: str) -> None:
    """Nor to whoever asks whether the process lives: a head is read before anybody is known."""
    one.http.get(path)
    prices = Prices(one)
    for name, value in long_heads():
        with Meter() as used:
            answer = one.http.get(path, headers={name: value})
        prices._noted(f"GET {path} {name} {value[:20]}", value.encode(), answer, used)
    print(*(what for _, what in sorted(prices.tried)[-5:]), sep="\n")
    assert prices.dear == []


STRANGE = [
    *("%00", "a%00b", "%1b%5b2J", "%C2%9B2J", "%7f", "%ff", "%C3", "%ED%A0%80", "%E2%82%AC", "%F0%9F%98%80"),
    *("%0d%0aSet-Cookie:a=b", "%2e%2e%2f%2e%2e", "..", "%252e%252e", "'--", "%25s", "%7Bx%7D", "x" * 4000),
    *(
        "9" * 400,
        "-1",
        "NaN",
        "1e400",
        "%EF%BC%99%EF%BC%99%EF%BC%99%EF%BC%99",
        "%20",
        "null",
        "%5C",
        ";",
        "*",
    ),
]
"""What stands in the place of a parameter, as it stands in an address."""


def test_no_strange_address_is_more_than_a_fault_of_the_sender(whole: Whole) -> None:
    """A fault of ours would be told as 500, which the description says of none of them."""
    user, tried = whole.user(*Role, purpose="handlaggning"), 0
    whole.swept()
    for operation in operations(whole.description):
        for _, address in share(strange(operation), 8, itemgetter(0)):
            answer = whole.http.request(
                operation.method,
                address,
                content=b"{}",
                headers=user.headers(content_type="application/json"),
            )
            assert answer.status_code < 500, f"{operation.method} {address[:200]}: {answer.text}"
            tried += 1
    assert tried > 500


def strange(operation: Operation) -> Iterator[tuple[str, str]]:
    """Addresses of an operation with something strange in the place of one parameter, which is named."""
    given = operation.described.get("parameters", [])
    known = _Known(kommunkod=TENANT, application="0" * 32)
    for parameter in given:
        for value in STRANGE:
            if parameter["in"] == "path":
                path = operation.path.format_map(_Known({**known, parameter["name"]: value}))
                yield parameter["name"], re.sub(r"\{\w+\}", "k", path)
            elif parameter["in"] == "query":
                path = re.sub(r"\{\w+\}", "k", operation.path.format_map(known))
                yield parameter["name"], f"{path}?{parameter['name']}={value}"
