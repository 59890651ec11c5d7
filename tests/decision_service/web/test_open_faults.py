"""What is wrong on the pages that anybody reads: told in the language of the page, with nothing written there
lost, as a page whatever layer of the service refuses it; and numbers are numbers in whatever digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import httpx
import pytest

from decision_service.access.roles import Role
from decision_service.api.problems import PROBLEMS, ProblemError
from decision_service.reading.typed import typed
from decision_service.web.visitors import SentForm
from decision_service.web.words import LANGUAGES
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import PAGE, visitor

OPEN = f"/oppet/{TENANT}"
FORM = {"manad": "2026-11", "vuxna": "1", "barn": "4", "hyra": "5000"}
WRONG = {
    "manad": ("", "nu", "2026-13", "1990-01", "2090-01"),
    "vuxna": ("", "0", "3", "x"),
    "barn": ("x", "-1", "99", "1.5", ",".join("1" * 60)),
    "hyra": ("mycket", "-5", "1e9", "5000,555", "5.000", "9" * 12, "9" * 30),
}
ADDRESSES = (
    "/finns-inte",
    "/oppet/0000/regler",
    f"{OPEN}/regler/finns-inte",
    f"{OPEN}/belopp?manad=1990-01",
    f"{OPEN}/belopp/riksnorm.gemensam?rad=-1",
    f"{OPEN}/belopp/riksnorm.gemensam?rad=x",
    f"{OPEN}/regler?sok={'x' * 101}",
    *(f"{OPEN}/{page}?manad=nu" for page in ("regler", "belopp", "register", "vem-beslutar", "utkast")),
)
LATIN = re.compile(r"[A-Za-zÅÄÖåäö]{2,}")
KNOWN = {"riksnorm", "Lagrum", "mycket", "nu", "kr"}
"""Names, and what was written itself."""


def told(page: str) -> str:
    """What the alerts of a page say, beside what they quote."""
    alerts = re.findall(r'<div class="ds-[^"]*"[^>]*role="alert".*?</div>', page, re.S)
    assert alerts
    assert not any("lang=" in each for each in alerts), "in another language"
    return re.sub(r"<[^>]*>|”[^”]*”", " ", " ".join(alerts))


def refusals(one: Whole, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """Everything that the open pages can refuse."""
    for field, values in WRONG.items():
        for value in values:
            yield one.http.post(f"{OPEN}/berakna", data=FORM | {field: value}, headers=headers)
    for address in ADDRESSES:
        yield one.http.get(address, headers=headers)
    yield one.http.post("/sprak", headers=headers)
    kind = {"content-type": "application/json"}
    yield one.http.post(f"{OPEN}/berakna", content=b"{}", headers=headers | kind)
    yield one.http.post(f"{OPEN}/berakna", data={f"x{n}": "1" for n in range(600)}, headers=headers)
    yield one.http.post(f"{OPEN}/berakna", data={"hyra": "5" * 70_000}, headers=headers)
    yield one.http.get(f"{OPEN}/regler?sok=%00", headers=headers)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_on_an_open_page_is_told_in_its_language(one: Whole, language: str) -> None:
    one.http.cookies.clear()
    hooks, one.http.event_hooks = one.http.event_hooks, {}
    seen = 0
    try:
        for found in refusals(one, {**PAGE, "accept-language": language}):
            where = f"{found.request.url} {found.request.content[:60]!r}"
            assert 400 <= found.status_code < 500, where
            assert found.headers["content-type"].startswith("text/html"), where
            assert found.headers["content-language"] == language, where
            foreign = set(LATIN.findall(told(found.text))) - KNOWN if language == "ar" else set()
            assert not foreign, (where, foreign)
            seen += 1
    finally:
        one.http.event_hooks = hooks
    assert seen == sum(map(len, WRONG.values())) + len(ADDRESSES) + 5


def test_every_kind_of_fault_that_a_page_meets_is_said_in_every_language() -> None:
    on_pages = [each for each in PROBLEMS.values() if "ar" in each.page]
    assert len(on_pages) >= 15
    for each in on_pages:
        assert set(each.page) == set(LANGUAGES)
        assert not re.search(
            r"Retry-After|If-Match|Idempotency|Content-Type|error_id", "".join(each.page.values())
        )


def test_what_is_wrong_is_told_at_its_field(one: Whole) -> None:
    for field, values in WRONG.items():
        page = one.http.post(f"{OPEN}/berakna", data=FORM | {field: values[0]}, headers=PAGE).text
        there = "vuxna-1" if field == "vuxna" else field
        assert f'<a href="#{there}">' in page, field
        assert f'id="{there}" aria-invalid="true"' in page, field
        assert field == "vuxna" or f'id="{field}-fel"' in page, field


def test_what_a_layer_refuses_is_a_page_with_its_way_to_try_again(one: Whole) -> None:
    """And a document for a program."""
    kim = visitor(one, Role.JURIST, purpose="granskning")
    for method, address, content in (
        ("GET", f"/k/{TENANT}/beslut?vem=%00", b""),
        ("POST", f"/k/{TENANT}/beslut/person", b"person=" + b"1" * one.service.settings.largest_body),
    ):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        found = one.http.request(method, address, content=content, headers={**kim.headers, **kind})
        assert found.status_code in (413, 422)
        assert found.headers["content-type"].startswith("text/html")
        assert found.headers["content-security-policy"].startswith("default-src 'none'")
        assert "Gå tillbaka" in found.text
        document = one.http.get("/v1/9999/rules", headers={"accept": "*/*"}, params={"month": "nu"})
        assert document.headers["content-type"] == "application/problem+json"
    paced = one.app.state.fault_page(
        ProblemError("too-many-requests", headers={"Retry-After": "7"}),
        {"type": "http", "app": one.app, "path": "/", "headers": [], "query_string": b"", "method": "GET"},
    )
    assert paced.headers["retry-after"] == "7"


def test_a_form_of_an_earlier_login_says_so(one: Whole) -> None:
    kim = visitor(one, Role.HANDLAGGARE)
    found = kim.send("/andamal", {"andamal": "handlaggning", "tillbaka": "/"}, csrf="från förut")
    assert found.status_code == 403
    assert "Formuläret gäller inte längre" in found.text
    assert "tidigare inloggning" in found.text
    assert "Rollen räcker inte" not in found.text


DIGITS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９")


@pytest.mark.parametrize("digits", DIGITS)
def test_a_number_is_a_number_in_any_digits(one: Whole, digits: str) -> None:
    """Amounts, ages, counts, months and personal numbers; words stay as they were written."""
    own = str.maketrans("0123456789", digits)
    said = {"manad": "2026-11", "vuxna": "2", "barn": "11, 5", "hyra": "8200,50", "lon": "5000"}
    theirs = {name: value.translate(own) for name, value in said.items()}
    pages = [one.http.post(f"{OPEN}/berakna", data=form, headers=PAGE) for form in (said, theirs)]
    assert pages[1].status_code == 200
    rows = [re.findall(r"<tr.*?</tr>", each.text, re.S) for each in pages]
    assert rows[0] == rows[1] != []
    month = one.http.get(f"{OPEN}/belopp", params={"manad": "2026-11".translate(own)}, headers=PAGE)
    assert "november 2026" in month.text
    number = SentForm([("person", typed("19880128-9912".translate(own)))]).personal_number("person")
    assert number == "19880128-9912"
    assert typed(f"Rum {digits}") == f"Rum {digits}"


def test_separators_of_arabic_numbers_are_read() -> None:
    assert SentForm([("hyra", typed("٧٬٥٠٠٫٥٠"))]).kronor("hyra") == "7500.50"


def test_what_nobody_sees_is_a_blank() -> None:
    unseen = map(chr, chain(range(9), (11, 12), range(14, 32), range(127, 160)))
    for each in unseen:
        assert typed(f"Hyran{each}är 7 500.") == "Hyran är 7 500."
    assert typed("en rad\r\ntill\tslut") == "en rad\ntill\tslut"
