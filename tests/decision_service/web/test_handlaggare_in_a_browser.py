"""The handläggare's pages in a real browser: by keyboard, enlarged, without script, in two tabs, and signing
in at an issuer of another site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from decision_service.access.roles import Role
from tests.decision_service.api.test_serve import free_port
from tests.decision_service.web.test_queue import dear
from tests.world.browser import PATIENCE, come_to, open_all, press_on, violations
from tests.world.database import new_database
from tests.world.login_issuer import SECRET, LoginIssuer, installation, login_issuer, person
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import START, Whole, decided_by_machine, running
from tests.world.visitors import visitor

pytestmark = pytest.mark.slow

QUEUE = f"/k/{TENANT}/ko"


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Whole, LoginIssuer]]:
    """A service that knows its own address, and an issuer that for a browser is another site."""
    folder: Path = tmp_path_factory.mktemp("browser")
    (folder / "klient.hemlig").write_text(SECRET, "utf-8")
    port = free_port()
    with login_issuer(lambda: START) as issuer, new_database(None, folder) as url:
        issuer.url = issuer.url.replace("127.0.0.1", "localhost")
        address = f"http://127.0.0.1:{port}"
        text = installation(issuer.url)
        with running(url, folder, installation=text, public_url=address, port=port) as whole:
            issuer.clock = whole.clock
            yield whole, issuer


@pytest.fixture
def whole(site: tuple[Whole, LoginIssuer]) -> Whole:
    return site[0]


def entered(browser: Browser, whole: Whole, name: str, **options: bool) -> BrowserContext:
    """The browser of a handläggare who is signed in."""
    base = str(whole.http.base_url)
    context = browser.new_context(base_url=base, locale="sv-SE", **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    cookie = visitor(whole, Role.HANDLAGGARE, name=name).cookie
    context.add_cookies([{"name": "lagrum", "value": cookie, "url": base}])
    return context


@pytest.fixture
def page(chromium: Browser, whole: Whole, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody new, whose browser complains about nothing."""
    context = entered(chromium, whole, f"Anna {request.node.name[-12:]}")
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield found
    context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


def test_a_case_by_keyboard_alone_and_the_sum_is_always_there(page: Page, whole: Whole) -> None:
    first, _ = dear(whole), dear(whole)
    page.goto(QUEUE)
    assert violations(page) == []
    press_on(page, f"form[action$='{first}/ta'] button")
    assert page.locator("main input:checked").count() == 0, "nothing is chosen beforehand"
    assert violations(page) == []
    expect(page.locator("aside .forslag")).to_be_in_viewport()
    come_to(page, "input[name^=svar-]")
    page.keyboard.type("7300")
    page.keyboard.press("Tab")
    page.keyboard.type("Hyran är skälig.")
    page.evaluate("window.same = true")
    come_to(page, "button[value=prova]")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("Det här skulle svaren ändra")
    assert page.evaluate("window.same"), "the page is not loaded anew"
    assert page.evaluate("document.activeElement.id") == "prova", "the focus is where it was"
    assert page.input_value("input[name^=svar-]") == "7300"
    assert violations(page) == []
    press_on(page, "button[value=svara]")
    press_on(page, "text=Besluta som föreslås")
    expect(page.locator("[role=status]")).to_contain_text("Här är nästa")
    assert violations(page) == []


def writing(whole: Whole) -> str:
    """An application with words that a person must read: one question, and a box to mark."""
    form = application(whole.known(), NOVEMBER, otherInformation="Jag söker arbete varje dag.")
    found = whole.eservice().apply(form)
    whole.settle()
    return found


@pytest.mark.parametrize("kind", [dear, writing])
def test_a_case_of_one_question_takes_at_most_four_clicks(
    page: Page, whole: Whole, kind: Callable[[Whole], str]
) -> None:
    """From the queue to the next case, whatever the question takes as its answer."""
    case, _ = kind(whole), dear(whole)
    page.goto(f"{QUEUE}?limit=200")
    clicks = [f"form[action$='{case}/ta'] button"]
    page.click(clicks[0])
    assert page.locator(".fraga").filter(has_not_text="Försörjningshinder").count() == 1
    field = page.locator("#svara [name^=svar-]").first
    if field.get_attribute("type") in ("checkbox", "radio"):
        clicks.append(f"[name='{field.get_attribute('name')}'] >> nth=0")
        page.click(clicks[-1])
    else:
        field.fill("7300")
    page.locator("#svara [name^=skal-]").first.fill("Underlaget visar det.")
    for each in ("button[value=svara]", "text=Besluta som föreslås"):
        clicks.append(each)
        page.click(each)
    expect(page.locator("[role=status]")).to_contain_text("Här är nästa")
    assert not page.url.partition("?")[0].endswith(case)
    assert len(clicks) <= 4, clicks


def test_what_is_wrong_is_told_to_everybody(page: Page, whole: Whole) -> None:
    case = dear(whole)
    page.goto(QUEUE)
    page.click(f"form[action$='{case}/ta'] button")
    page.fill("input[name^=svar-]", "mycket")
    for way in ("prova", "svara"):
        page.click(f"button[value={way}]")
        expect(page.locator("[role=alert]")).to_be_visible()
        assert page.input_value("input[name^=svar-]") == "mycket"
        assert violations(page) == []


@pytest.fixture(scope="module")
def decided(site: tuple[Whole, LoginIssuer]) -> str:
    found, _ = decided_by_machine(site[0])
    site[0].settle()
    return found


def test_after_the_decision(page: Page, decided: str) -> None:
    page.goto(f"/k/{TENANT}/efter/{decided}")
    open_all(page)
    assert violations(page) == []
    page.select_option("#slag", "ÄNDRING")
    page.select_option("#utfall", "BIFALL")
    page.fill("#beviljat", "1")
    page.click("text=Ändra beslutet >> nth=-1")
    expect(page.locator("[role=alert]")).to_be_visible()
    assert page.input_value("#beviljat") == "1"
    assert violations(page) == []
    page.click("a[hreflang=ar] >> nth=0")
    article = page.locator("article")
    assert article.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert violations(page) == []


@pytest.mark.parametrize("width", [640, 320])
def test_enlarged_nothing_is_lost(page: Page, whole: Whole, decided: str, width: int) -> None:
    case = dear(whole)
    page.set_viewport_size({"width": width, "height": 512})
    for path in (QUEUE, f"{QUEUE}/{case}", f"/k/{TENANT}/efter/{decided}"):
        page.goto(path)
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"{QUEUE}/{case}")
    expect(page.locator(".summarad")).to_be_in_viewport()


def test_swedish_among_those_who_work_and_on_paper(page: Page, decided: str) -> None:
    page.goto("/sprak?till=ar&tillbaka=/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert violations(page) == []
    page.goto(f"/k/{TENANT}/efter/{decided}")
    assert page.locator("html").get_attribute("dir") == "ltr"
    assert violations(page) == []
    page.emulate_media(media="print")
    for gone in ("nav", ".vem", "main button"):
        assert not any(each.is_visible() for each in page.locator(gone).all()), gone
    expect(page.locator("h1")).to_be_visible()


def test_everything_works_without_script(chromium: Browser, whole: Whole) -> None:
    case = dear(whole)
    context = entered(chromium, whole, "Utan Skript", java_script_enabled=False)
    page = context.new_page()
    page.goto(QUEUE)
    page.click(f"form[action$='{case}/ta'] button")
    page.fill("input[name^=svar-]", "7300")
    page.fill("input[name^=skal-]", "Skälig.")
    page.click("button[value=svara]")
    page.click("text=Besluta som föreslås")
    expect(page.locator("[role=status]")).to_contain_text("Klart")
    context.close()
    assert whole.jurist().get(f"/applications/{case}/decision").json()["granted"] > 0


def test_two_tabs_the_back_button_and_a_double_click_decide_once(page: Page, whole: Whole) -> None:
    case = dear(whole)
    page.goto(QUEUE)
    page.click(f"form[action$='{case}/ta'] button")
    other = page.context.new_page()
    other.goto(f"{QUEUE}/{case}")
    reason = "#jaskal"
    for tab in (page, other):
        tab.fill(reason, "Hyran är över gränsen.")
    page.dblclick("text=Besluta som föreslås")
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith(case))
    other.click("text=Besluta som föreslås")
    expect(other.locator("[role=alert]")).to_be_visible()
    page.goto(f"{QUEUE}/{case}")
    page.go_back()
    assert len(whole.jurist().get(f"/applications/{case}/corrections").json()["decisions"]) == 1


def test_a_session_that_ends_in_a_form_leads_to_signing_in(page: Page, whole: Whole) -> None:
    case = dear(whole)
    page.goto(QUEUE)
    page.click(f"form[action$='{case}/ta'] button")
    page.context.clear_cookies()
    page.fill("input[name^=skal-]", "Hyran är skälig.")
    page.click("button[value=svara]")
    expect(page.locator("[role=alert]")).to_contain_text("inte sparat")
    assert violations(page) == []
    assert whole.handlaggare().get(f"/tasks/{case}").status_code == 200, "nothing has changed"


def test_signing_in_at_another_site_and_out_again(chromium: Browser, site: tuple[Whole, LoginIssuer]) -> None:
    whole, issuer = site
    issuer.person = person("handlaggare")
    context = chromium.new_context(base_url=str(whole.http.base_url), locale="sv-SE")
    page = context.new_page()
    page.goto(f"{QUEUE}?ordning=reason")
    page.wait_for_url(f"**{QUEUE}?ordning=reason")
    expect(page.locator(".vem")).to_contain_text("Anna Ek")
    session = next(each for each in context.cookies() if each["name"] == "lagrum")
    assert (session["sameSite"], session["httpOnly"]) == ("Strict", True)
    page.click("text=Logga ut >> nth=0")
    expect(page.locator("h1")).to_contain_text("utloggad")
    assert violations(page) == []
    page.click("main .ds-button")
    page.wait_for_url("**/")
    assert issuer.url not in page.url
    context.close()
