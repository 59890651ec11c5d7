"""Signing in at an issuer's page: real redirects over HTTP, roles that go away, and all that can go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import URL, text

from decision_service.access.logins import LoginFailedError, LoginService, PendingLogin
from decision_service.access.tokens import Tokens
from decision_service.installation.issuer import Algorithm
from decision_service.reading.sentences import say
from decision_service.reading.strict_json import InputError
from decision_service.web.closed import opened, sealed
from decision_service.web.confirming import EVERY, LONGEST
from decision_service.web.routes import login
from norms.fault import fault
from norms.finding import FindingsError
from tests.world.database import new_database
from tests.world.installation import installed
from tests.world.issuers import new_key
from tests.world.login_issuer import CLIENT, SECRET, LoginIssuer, installation, login_issuer, person
from tests.world.people import TENANT
from tests.world.service import PUBLIC_URL, START, Whole, running
from tests.world.sweeps import rest_slow
from tests.world.visitors import COOKIE, PAGE, Visitor

HOME = f"/k/{TENANT}/ko"


@pytest.fixture(scope="module")
def site(sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Whole, LoginIssuer]]:
    folder = tmp_path_factory.mktemp("login")
    (folder / "klient.hemlig").write_text(SECRET, "utf-8")
    with (
        login_issuer(lambda: START) as issuer,
        new_database(None, folder, sqlite_tables) as url,
        running(url, folder, installation=installation(issuer.url)) as whole,
    ):
        issuer.clock = whole.clock
        yield whole, issuer


@pytest.fixture
def whole(site: tuple[Whole, LoginIssuer]) -> Whole:
    return site[0]


@pytest.fixture
def issuer(site: tuple[Whole, LoginIssuer]) -> LoginIssuer:
    """The issuer as it should be, with Anna in front of its page; and an hour later than the test before."""
    whole, found = site
    whole.clock.now += timedelta(hours=1)
    fresh = LoginIssuer(whole.clock)
    for name in ("wrong", "key", "refuses", "down", "renews", "says_id"):
        setattr(found, name, getattr(fresh, name))
    found.person = person("handlaggare")
    services = whole.app.state.logins.values()
    for each in services:
        each._found = None
    return found


@dataclass
class Browser:
    """Somebody's browser: follows redirects one by one, and keeps cookies."""

    http: httpx.Client
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, where: str) -> httpx.Response:
        """One answer, ours or the issuer's."""
        if where.startswith(("/", PUBLIC_URL)):
            kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            answer = self.http.get(where.removeprefix(PUBLIC_URL), headers={**PAGE, "cookie": kept})
            self._keep(answer)
            return answer
        return httpx.get(where)

    def _keep(self, answer: httpx.Response) -> None:
        for each in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(each).items():
                assert morsel["httponly"], "no script reads it"
                assert morsel["secure"]
                self.cookies[name] = morsel.value

    def follow(self, where: str) -> httpx.Response:
        """The page at the end of the redirects."""
        answer = self.get(where)
        while answer.is_redirect:
            answer = self.get(answer.headers["location"])
        return answer

    def enter(self, where: str = HOME) -> httpx.Response:
        """Ask for a page, sign in on the way, and come to it as a browser does."""
        answer = self.follow(where)
        on = re.search(r'content="0; url=([^"]*)"', answer.text)
        return self.get(on[1]) if on is not None else answer

    @property
    def signed_in(self) -> Visitor:
        """The same person, sending forms."""
        return Visitor(self.http, self.cookies[COOKIE])


@pytest.fixture
def browser(whole: Whole, issuer: LoginIssuer) -> Browser:
    return Browser(whole.http)


def sentence(answer: httpx.Response) -> str:
    """What a page of a fault says."""
    found = re.search(r'role="alert">\s*<h1[^>]*>.*?</h1>\s*<p>(.*?)</p>', answer.text, re.S)
    assert found is not None, answer.text
    return found[1]


def told(code: str) -> str:
    return say(fault(code), "sv")


def test_one_is_sent_to_the_issuer_and_comes_back_to_the_page(browser: Browser, issuer: LoginIssuer) -> None:
    found = browser.enter(f"{HOME}?ordning=reason")
    assert found.status_code == 200
    assert "Du är inloggad som Anna Ek." in found.text
    assert 'value="reason" selected' in found.text
    asked = issuer.asked[-1]
    assert asked["redirect_uri"] == f"{PUBLIC_URL}/logga-in/klar"
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_roles_are_those_of_the_installation(browser: Browser, issuer: LoginIssuer) -> None:
    """The issuer's own words are translated; ours are not taken from it when it has words of its own."""
    issuer.person = person("jurist", "handlaggare-utan-betydelse", "admin")
    assert browser.enter(f"/k/{TENANT}/beslut").status_code == 200
    assert browser.get(HOME).status_code == 403
    issuer.person = person("eservice", "admin", "handläggare")
    assert sentence(Browser(browser.http).follow(HOME)) == told("login_without_role")


def test_nobody_comes_in_by_another_browsers_code(whole: Whole, browser: Browser) -> None:
    away = browser.get("/logga-in").headers["location"]
    back = browser.get(away).headers["location"]
    other = Browser(whole.http)
    assert sentence(other.get(back)) == told("login_lost")
    assert COOKIE not in other.cookies
    assert browser.get(back).status_code == 200
    assert sentence(browser.get(back)) == told("login_lost"), "a code and a state are good once"


def test_two_tabs_sign_in_at_once(browser: Browser) -> None:
    away = [browser.get(f"/logga-in?vidare={where}").headers["location"] for where in ("/", HOME)]
    back = [browser.get(each).headers["location"] for each in away]
    assert all(browser.get(each).status_code == 200 for each in back)


def test_signing_in_ends_after_a_while(whole: Whole, browser: Browser) -> None:
    back = browser.get(browser.get("/logga-in").headers["location"]).headers["location"]
    whole.clock.now += timedelta(minutes=11)
    assert sentence(browser.get(back)) == told("login_lost")


@pytest.mark.parametrize("where", ["https://ond.example", "//ond.example", "/\\ond.example"])
def test_nobody_is_sent_elsewhere_afterwards(browser: Browser, where: str) -> None:
    found = browser.follow(f"/logga-in?vidare={where}")
    assert f'content="0; url={HOME}"' in found.text


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "interrupted": ({"refuses": "access_denied"}, "login_refused"),
    "no": ({"refuses": "server_error"}, "login_not_given"),
    "shut out": ({"person": None}, "login_not_given"),
    "no id token": ({"says_id": False}, "login_not_trusted"),
    "no refresh token": ({"renews": False}, "login_without_renewal"),
    "another nonce": ({"wrong": {"nonce": "en annan"}}, "login_not_trusted"),
    "no nonce": ({"wrong": {"nonce": None}}, "login_not_trusted"),
    "another client": ({"wrong": {"aud": "en-annan"}}, "login_not_trusted"),
    "another party": ({"wrong": {"azp": "en-annan", "aud": [CLIENT, "en-annan"]}}, "login_not_trusted"),
    "another issuer": ({"wrong": {"iss": "https://ond.example"}}, "login_not_trusted"),
    "expired": ({"wrong": {"exp": 1}}, "login_not_trusted"),
    "forged": ({"key": new_key(Algorithm.EDDSA)}, "login_not_trusted"),
    "a personal number": ({"wrong": {"sub": "198802092396"}}, "login_not_trusted"),
    "no role": ({"person": person()}, "login_without_role"),
}


@pytest.mark.parametrize("name", rest_slow(WRONG, 4))
def test_each_failure_is_one_sentence_and_signs_nobody_in(
    browser: Browser, issuer: LoginIssuer, name: str
) -> None:
    for what, value in WRONG[name][0].items():
        setattr(issuer, what, value)
    found = browser.follow(HOME)
    assert found.status_code in (403, 503)
    assert sentence(found) == told(WRONG[name][1])
    assert COOKIE not in browser.cookies


def test_an_issuer_that_is_down_is_told_as_such(whole: Whole, browser: Browser, issuer: LoginIssuer) -> None:
    issuer.down = True
    found = browser.get("/logga-in")
    assert (found.status_code, sentence(found)) == (503, told("login_unreachable"))
    issuer.down = False
    back = browser.get(browser.get("/logga-in").headers["location"]).headers["location"]
    issuer.down = True
    assert sentence(browser.get(back)) == told("login_unreachable")


def test_a_wrong_secret_is_told_as_ours(whole: Whole, browser: Browser) -> None:
    file = whole.folder / "klient.hemlig"
    for break_it in (lambda: file.write_text("fel", "utf-8"), file.unlink):
        break_it()
        assert sentence(browser.follow(HOME)) == told("login_misconfigured")
        file.write_text(SECRET, "utf-8")


def test_a_role_that_is_withdrawn_is_gone_within_minutes(
    whole: Whole, browser: Browser, issuer: LoginIssuer
) -> None:
    assert browser.enter().status_code == 200
    issuer.person = person("jurist")
    whole.clock.now += EVERY - timedelta(seconds=1)
    assert browser.get(HOME).status_code == 200, "nothing is asked at every click"
    whole.clock.now += timedelta(seconds=1)
    assert browser.get(HOME).status_code == 403
    assert browser.get(f"/k/{TENANT}/beslut").status_code == 200
    issuer.person = None
    whole.clock.now += EVERY
    assert browser.get(HOME).status_code == 303
    issuer.person = person("handlaggare")
    assert browser.get(HOME).status_code == 303, "a session that has ended does not come back"


@pytest.mark.parametrize("change", [{"sub": "bo.al"}, {"iss": "https://ond.example"}, {"aud": "en-annan"}])
def test_a_confirmation_that_is_not_right_ends_the_session(
    whole: Whole, browser: Browser, issuer: LoginIssuer, change: dict[str, str]
) -> None:
    browser.enter()
    issuer.wrong = change
    whole.clock.now += EVERY
    assert browser.get(HOME).status_code == 303


def test_a_session_outlives_an_issuer_that_is_down_for_minutes_only(
    whole: Whole, browser: Browser, issuer: LoginIssuer
) -> None:
    browser.enter()
    issuer.down = True
    whole.clock.now += EVERY
    assert browser.get(HOME).status_code == 200
    whole.clock.now += LONGEST - EVERY + timedelta(seconds=1)
    found = browser.get(HOME)
    assert (found.status_code, sentence(found)) == (503, told("login_unreachable"))
    issuer.down = False
    whole.clock.now += timedelta(seconds=10)
    assert browser.get(HOME).status_code == 200, "nobody has to sign in again when it is back"


def test_signing_out_leads_to_the_issuers_page(browser: Browser, issuer: LoginIssuer) -> None:
    browser.enter()
    out = browser.signed_in.send("/logga-ut", {})
    assert f"{issuer.url}/end_session?client_id={CLIENT}" in out.text
    assert browser.get(HOME).status_code == 303


def test_signing_out_everywhere_is_for_one_person_at_one_issuer(whole: Whole, browser: Browser) -> None:
    browser.enter()
    same = Browser(whole.http)
    same.enter()
    elsewhere = whole.app.state.sessions.begin(
        whole.app.state.sessions.of(same.cookies[COOKIE]).principal, "handlaggning"
    )
    browser.signed_in.send("/logga-ut", {"overallt": "ja"})
    assert same.get(HOME).status_code == 303
    assert Visitor(whole.http, elsewhere).get(HOME).status_code == 200


def ends(whole: Whole, token: str) -> int:
    """What the issuer is answered that says that somebody is to be signed out."""
    return whole.http.post("/logga-ut/utfardare", data={"logout_token": token}).status_code


@pytest.mark.slow
@pytest.mark.parametrize("says", [{"sub": "anna.ek"}, {"sid": "s1"}, {"sub": "anna.ek", "sid": "s1"}])
def test_the_issuer_signs_somebody_out(
    whole: Whole, browser: Browser, issuer: LoginIssuer, says: dict[str, str]
) -> None:
    browser.enter()
    issuer.person = person("handlaggare", subject="bo.al", sid="s2")
    other = Browser(whole.http)
    other.enter()
    assert ends(whole, issuer.logout_token(**says)) == 200
    assert browser.get(HOME).status_code == 303
    assert other.get(HOME).status_code == 200


NO_LOGOUT: dict[str, dict[str, Any]] = {
    "no event": {"events": None},
    "another event": {"events": {"http://exempel.se/annat": {}}},
    "nobody": {"sub": None},
    "a nonce": {"nonce": "n"},
    "another client": {"aud": "en-annan"},
    "another issuer": {"iss": "https://ond.example"},
    "expired": {"exp": 1},
}


@pytest.mark.parametrize("name", NO_LOGOUT)
def test_what_does_not_sign_somebody_out(
    whole: Whole, browser: Browser, issuer: LoginIssuer, name: str
) -> None:
    browser.enter()
    assert ends(whole, issuer.logout_token(**({"sub": "anna.ek"} | NO_LOGOUT[name]))) == 400
    assert ends(whole, issuer.token(sub="anna.ek")) == ends(whole, "skräp") == 400
    assert browser.get(HOME).status_code == 200


def test_what_says_who_signs_in_opens_no_api(whole: Whole, issuer: LoginIssuer) -> None:
    token = issuer.token(**person("handlaggare"))
    answer = whole.http.get(f"/v1/{TENANT}/tasks", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_the_database_holds_nothing_that_signs_anybody_in(
    whole: Whole, browser: Browser, issuer: LoginIssuer
) -> None:
    browser.enter()
    with whole.service.office.engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM web_session")).all())
    assert issuer.refresh not in rows
    assert browser.cookies[COOKIE] not in rows
    assert opened("kakan", sealed("kakan", "hemligt")) == "hemligt"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(whole: Whole, issuer: LoginIssuer) -> None:
    answer = whole.http.get(HOME, headers={**PAGE, "hx-request": "true"})
    assert answer.status_code == 204
    assert parse_qs(urlsplit(answer.headers["hx-redirect"]).query) == {"vidare": [HOME]}


def test_what_the_installation_cannot_mean(issuer: LoginIssuer, whole: Whole) -> None:
    good = installation(issuer.url)
    for wrong, words in (
        (good.replace("lagrum-api", CLIENT), "egen klient"),
        (good.replace(f'alla arbetar i: ["{TENANT}"]', 'alla arbetar i: ["1384"]'), "får inte tala"),
        (good.replace("SOC-Chef: chef", "SOC-Chef: chefen"), "chefen"),
    ):
        with pytest.raises(FindingsError) as error:
            installed(whole.folder, wrong)
        assert words in str(error.value)
    nowhere = whole.service.settings.model_copy(update={"public_url": ""})
    with pytest.raises(InputError):
        login.services(replace(whole.service, settings=nowhere))


def test_an_issuer_that_gives_another_as_its_name_is_not_believed(whole: Whole, issuer: LoginIssuer) -> None:
    installed_issuer = whole.service.office.installation.issuers[-1]
    assert installed_issuer.login is not None
    elsewhere = installed_issuer.model_copy(update={"url": f"{issuer.url}/"})
    service = LoginService(elsewhere, installed_issuer.login, Tokens((elsewhere,), whole.clock), "https://x")
    with pytest.raises(LoginFailedError, match="login_unreachable"):
        service.address(PendingLogin.new())
