"""What is wrong with a form is told in words, beside the field that it is about: every form of every page is
sent empty, with nonsense, and with more text than any field takes, of which ``make check`` tries a third.
No word of a program is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from operator import itemgetter

import pytest

from decision_service.access.roles import Role
from tests.decision_service.web.test_queue import act, dear
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Whole, decided_by_machine
from tests.world.sweeps import share
from tests.world.visitors import Visitor, visitor

pytestmark = pytest.mark.slow

K = f"/k/{TENANT}"
OF_PROGRAMS = re.compile(
    r"\w_\w"  # a name of a field, or a code
    r"|\w\[\d|\b\w+\.[a-zåäö]+\b(?<!t\.ex)(?<!bl\.a)"  # a place: costs[0], kostnad.belopp
    r"|\b(?:true|false|null|None|told|checked|removed)\b"
    r"|\([a-z]+[:)]"  # (told), (checked: true)
    r"|\b[A-ZÅÄÖ]{6,}\b"  # DELAVSLAG
    r"|\b[0-9a-f]{16,}\b"
    r"|delavslag"
)
NONSENSE = ("x¤ <b>", "-1", "Långt. " * 3000)
NOT_HERE = ("/logga-ut", "/andamal", "/kontroll", "/omkorning")
"""Forms of every page, and buttons that need nothing."""
TEXT_OF_FILES = (f"{K}/deltagare/filer", "/fil")
"""Forms that take a whole file: what is wrong is told by the names in the file."""


@dataclass
class Sent:
    """A form of a page: where it goes, its fields as they stand, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    plain: bool = True


class Forms(HTMLParser):
    """The forms of a page that are sent with post."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[Sent] = []
        self._path, self._open = path, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method") == "post"
            if self._open:
                self.found.append(Sent(given.get("action") or self._path))
                self.found[-1].plain = "enctype" not in given
        elif self._open and tag in ("input", "select", "textarea") and given.get("name"):
            hidden = given.get("type") == "hidden"
            self.found[-1].fields.setdefault(given["name"], given.get("value", "") if hidden else "")
            self.found[-1].hidden |= {given["name"]} if hidden else set()
        elif self._open and tag == "button":
            where = given.get("formaction") or self.found[-1].action
            self.found[-1].buttons.append((where, given.get("name", ""), given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"


def faults_in(page: str) -> Iterator[tuple[str, str]]:
    """Each fault of a page: what it says beside the field's own label, and the id that it links to, empty for
    none."""
    for box in re.findall(r'<div class="ds-(?:error-summary|alert)"[^>]*role="alert".*?</div>', page, re.S):
        for each in re.findall(r"<li[^>]*>(.*?)</li>", box, re.S):
            link = re.search(r'<a href="#([^"]*)">[^<]+</a>', each)
            said = each.replace(link[0], "") if link is not None else each
            yield re.sub(r"<[^>]*>", "", said).removeprefix(": ").strip(), link[1] if link is not None else ""


@pytest.fixture(scope="module")
def places(one: Whole) -> list[str]:
    """Pages with every form there is, of somebody who may send them all."""
    kim = visitor(one, *Role)
    decided, _ = decided_by_machine(one)
    said = application(one.known(), NOVEMBER, otherInformation="Jag söker arbete varje dag.")
    taken, worded = dear(one), one.eservice().apply(said)
    one.settle()
    for case in (taken, worded):
        assert act(kim, case, "ta").status_code == 303
    after = kim.get(f"{K}/efter/{decided}").text
    decision = re.search(r'name="beslut" value="(\w+)"', after)
    assert decision is not None
    day = one.clock.now.date().isoformat()
    appeal = {"beslut": decision[1], "kom": day, "delgavs": day, "text": "Jag är inte nöjd."}
    assert kim.send(f"{K}/efter/{decided}/overklagande", appeal).status_code == 303
    person = {"personal_number": personal_number(one.person()), "first_name": "Kim", "last_name": "Ek"}
    enrolled = kim.send(f"{K}/deltagare/ny", person | {"day": day})
    draft = kim.send(f"{K}/lagandringar/ny", {"syfte": "Prov"})
    drawn = kim.send(f"{K}/stickprov", {"fran": "2026-01-01", "till": day, "antal": "5", "dela_vem": ""})
    group = {"title": "Grupp", "kind": "JOB_SEARCH", "support": "COACH", "first": day, "slots": "2 3 09:00"}
    assert kim.send(f"{K}/grupper/ny", group).status_code == 303
    made = [each.headers["location"].partition("?")[0] for each in (enrolled, draft, drawn)]
    of_group = re.search(rf"{K}/grupper/[0-9a-f]+", kim.get(f"{K}/grupper").text)
    assert of_group is not None
    own = ["scenario", "befolkning", "foljder", "deltagare", "grupper", "lagandringar", "stickprov"]
    own += [
        f"ko/{taken}",
        f"ko/{worded}",
        f"efter/{decided}",
        f"beslut/{decided}",
        "deltagare/filer",
        "beslut",
    ]
    return [f"{K}/{each}" for each in own] + [*made, of_group[0]]


def sendings(kim: Visitor, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each form of a page goes with each of its buttons, and nothing, nonsense and too much to send."""
    for form in Forms(kim.get(path).text, path).found:
        for where, name, value in form.buttons if form.plain else ():
            for wrong in ("", *NONSENSE) if not where.endswith(NOT_HERE) else ():
                filled = {
                    each: known if each in form.hidden else wrong for each, known in form.fields.items()
                }
                yield where, filled | ({name: value} if name else {})


def version_of(kim: Visitor, path: str) -> str:
    """The version of what a page shows now, taken anew where a form has given it back."""
    page = kim.get(path).text
    if f'action="{path}/ta"' in page:
        kim.send(f"{path}/ta", {"version": re.findall(r'name="version" value="(\d+)"', page)[0]})
        page = kim.get(path).text
    return (re.findall(r'name="version" value="(\d+)"', page) or [""])[0]


def test_what_is_wrong_is_told_in_words_at_its_field(one: Whole, places: list[str]) -> None:
    kim = visitor(one, *Role)
    told, wrong = set[str](), list[tuple[str, str, str]]()
    for path in places:
        stale = False
        for where, filled in share(sendings(kim, path), 3, itemgetter(0)):
            if "version" in filled and stale:
                filled["version"] = version_of(kim, path)
            found = kim.send(where, filled, csrf=filled["csrf"])
            stale = found.status_code in (303, 409)
            if found.status_code not in (200, 303, 400, 404, 409, 412, 422, 428):
                wrong.append((where, str(found.status_code), str(filled)))
            if NONSENSE[0] in found.text:
                wrong.append((where, "what was written is part of the page", str(filled)))
            for said, link in faults_in(found.text):
                told.add(said)
                if not where.endswith(TEXT_OF_FILES) and OF_PROGRAMS.search(said):
                    wrong.append((where, "a word of a program", said))
                there = f'action="{where}"' in found.text or where == path
                if found.status_code == 422 and there and f'id="{link}"' not in found.text:
                    wrong.append((where, "at no field of the page", said))
    assert not wrong, "\n".join(" | ".join(each) for each in sorted(set(wrong)))
    assert len(told) > 20, sorted(told)
