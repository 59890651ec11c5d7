"""From a template and what it shows to a page, or a part of one."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from decision_service.api.behind import office_of
from decision_service.decision.origin import agency_of
from decision_service.outputs.explained import ISOLATES
from decision_service.outputs.layout.shown import TURNS, by_number
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import STOCKHOLM, swedish_day
from decision_service.registers.ssbtek.benefits import label_of
from decision_service.web.charts import percent
from decision_service.web.codes import in_words
from decision_service.web.doors import pages_of, read_cases
from decision_service.web.sessions import SignedIn
from decision_service.web.visitors import Visitor, last_known
from decision_service.web.words import LANGUAGES, LEGAL, language_of, words_in
from decision_service.web.wrong import with_labels
from norms.month import Month
from rules.book import Rulebook
from rules.texts import kronor
from rules.texts import shown as seen

HERE = Path(__file__).parent
STATIC = HERE / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: only our own files, and nothing inside the page itself."""
_say = said_in(__file__)
WORK = "/k"
"""What the addresses of the pages of those who work in a municipality begin with."""


_TURNS = {ord(each): by_number(each) for each in TURNS if each not in ISOLATES}


def _in_order(value: Any) -> Any:
    """What is shown, where no text turns the direction of what comes after it: an amount or a word written by
    another would read otherwise than it is. Our own isolates, which end with the word, stay."""
    return value.translate(_TURNS) if isinstance(value, str) and not value.isascii() else value


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_in_order,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "kr": kr,
        "tal": count,
        "antal": counted,
        "lagrum": provision,
        "dag": day,
        "tid": moment,
        "manad": month,
        "procent": percent,
        "myndighet": agency_of,
        "forman": label_of,
        "i_ord": in_words,
    }
    made.globals |= {"fil": static_address}
    return made


@cache
def static_address(name: str) -> str:
    """The address of a static file, which changes when its content does, so that it may be kept for long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/statiskt/{name}?v={digest}"


def page(request: Request, template: str, /, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page, or a part of one. ``visitor`` among what is shown says in whose municipality it is. The pages
    of those who work there are Swedish, whatever language the open ones are read in."""
    guest = shown.get("visitor")
    signed_in: SignedIn | None = guest.signed_in if isinstance(guest, Visitor) else None
    if guest is None and "inloggad" not in shown:
        signed_in = last_known(request)
    works = _works(request)
    words = words_in(language_on(request))
    content = with_labels(
        _environment()
        .get_template(template)
        .render(
            {
                "ord": words,
                "spraken": LANGUAGES,
                "adress": request.url.path,
                "arbetar": works,
                "inloggad": signed_in,
                "kommun": guest.municipality if isinstance(guest, Visitor) else None,
                "roller": guest.roles if isinstance(guest, Visitor) else frozenset(),
                "egna_sidor": pages_of,
                "laser_arenden": read_cases,
                "vad": partial(_what, office_of(request).book),
                "visat": partial(_seen, office_of(request).book),
                "kommuner": office_of(request).installation.municipalities,
                "lasandamal": office_of(request).installation.purposes,
                **shown,
            }
        )
    )
    headers = {
        "Content-Language": words.language,
        "Vary": "Cookie, HX-Request",
        "Referrer-Policy": "same-origin",  # the page of a fault leads back to where it was asked
        "Content-Security-Policy": POLICY,
    }
    return HTMLResponse(content, status, headers)


def language_on(request: Request) -> str:
    """The language of the page that is asked for."""
    return LEGAL if _works(request) else language_of(request)


def _works(request: Request) -> bool:
    return request.url.path.startswith(f"{WORK}/")


def _what(book: Rulebook, fact: str) -> str:
    """What a fact is, as the vocabulary says it; the fact's own name where it says nothing."""
    term = book.vocabulary.terms.get(fact)
    return term.meaning if term is not None else fact


def _seen(book: Rulebook, fact: str, value: object) -> str:
    """The value of a fact as people write it: amounts in kronor, days as days."""
    term = book.vocabulary.terms.get(fact)
    if value is None:
        return _say("not_known")
    return seen(value, term.type) if term is not None else str(value)


def kr(amount: int | None) -> str:
    """An amount in öre as people write it; a dash for one that is not known."""
    return "–" if amount is None else kronor(amount)


def count(number: int) -> str:
    """A large number as people write it: 66 546."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def counted(number: int, one: str, more: str) -> str:
    """How many of what: 1 rad, 2 rader."""
    return f"{count(number)} {one if number == 1 else more}"


def provision(text: str) -> str:
    """A provision whose sign never stands alone at the beginning of a line: 12 kap. 7 §."""
    return text.replace(" §", "\N{NO-BREAK SPACE}§")


def day(found: date | datetime | str) -> str:
    """A day as people write it: 28 november 2026."""
    if isinstance(found, str):
        found = datetime.fromisoformat(found) if "T" in found else date.fromisoformat(found)
    found = swedish_day(found) if isinstance(found, datetime) else found
    return f"{found.day} {Month.of(found).in_words}"


def moment(found: datetime | str) -> str:
    """A moment in Swedish time: 28 november 2026 kl. 14.05."""
    when = datetime.fromisoformat(found) if isinstance(found, str) else found
    local = when.astimezone(STOCKHOLM)
    return f"{day(local.date())} kl. {local:%H.%M}"


def month(found: str | Month) -> str:
    """A month as people write it: november 2026."""
    return (Month.parse(found) if isinstance(found, str) else found).in_words
