"""The pages in a real browser, against the demonstration as ``make run`` starts it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from decision_service.access.roles import Role
from decision_service.web.doors import PURPOSES
from tests.decision_service.api.test_serve import free_port, serving
from tests.decision_service.web.test_walk import MAY
from tests.world.browser import PATIENCE, come_to, enter_by_keyboard, open_all, press_on, violations
from tests.world.crawling import NO_PAGES, walked
from tests.world.sweeps import share

OPEN = ("/", "/oppet/9999/regler", "/oppet/9999/regler/riksnorm.gemensam", "/oppet/9999/belopp?manad=2026-11")
OPEN += ("/oppet/9999/berakna", "/oppet/9999/register", "/finns-inte", "/oppet/9999/belopp/riksnorm.gemensam")
OPEN += ("/oppet/9999/vem-beslutar", "/oppet/9999/utkast")
pytestmark = pytest.mark.slow

ROLES = tuple(each.value for each in PURPOSES)
BY_FORMS = {
    "befolkning/hushall",
    "beslut/{application}/jamfor",
    "foljder/{run}",
    "foljder/{run}/arenden",
    "skydd",
}
"""Pages that a form leads to, and no link; of what is protected when something is to be decided."""
ALWAYS_THERE = re.compile(r"GET [^{]*({application}[^{]*)?")
"""Pages that the demonstration has: those of something that somebody must begin first it may lack."""


@pytest.fixture(scope="module")
def base(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration answers. Asks for the browser first: without one nothing is started."""
    port = free_port()
    with serving(tmp_path_factory.mktemp("demonstration"), port, DEMONSTRATION_MONTH="hel"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def profile(chromium: Browser, base: str) -> BrowserContext:
    """What all visitors share but for their cookies: a new one is a new process of the browser."""
    context = chromium.new_context(base_url=base, locale="sv-SE")
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A new visitor. Whatever the browser complains about is a fault of the page."""
    profile.clear_cookies()
    found = profile.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield found
    found.close()
    assert [each for each in complaints if "status of 4" not in each] == []


@pytest.mark.parametrize(("path", "language"), share(itertools.product(OPEN, ("sv", "en", "ar")), 6))
def test_open_pages_are_for_everybody(page: Page, path: str, language: str) -> None:
    """Each page in some languages, and each language on some pages."""
    page.goto(f"/sprak?till={language}&tillbaka=/")
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []


@pytest.mark.parametrize("path", OPEN)
def test_nothing_is_lost_when_the_page_is_enlarged(page: Page, path: str) -> None:
    """1 280 pixels at 200 % and 400 %: the page itself never scrolls sideways."""
    page.goto(path)
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 512})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_and_leaves_by_keyboard_alone(page: Page, role: str) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Hoppa till innehållet")
    for _ in range(40):
        if page.evaluate("document.activeElement.value") == role:
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/")
    expect(page.locator(".vem")).to_contain_text("Du är inloggad som")
    assert violations(page) == []
    page.locator("text=Logga ut >> nth=0").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vem")).to_have_count(0)


def test_everything_works_without_script(chromium: Browser, base: str) -> None:
    context = chromium.new_context(base_url=base, java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    page.goto("/oppet/9999/berakna")
    page.fill("#barn", "4, 11")
    page.fill("#hyra", "7 500")
    page.click("main button")
    expect(page.locator("#svar")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Så mycket fattas")
    context.close()


def enter(page: Page, role: str) -> None:
    """Sign in as somebody of the demonstration."""
    page.goto("/")
    with page.expect_navigation():
        page.click(f"button[value={role}]")


def test_a_reviewer_finds_reads_and_checks_a_decision(page: Page) -> None:
    enter(page, "jurist")
    assert violations(page) == []
    page.select_option("#utfall", "DELAVSLAG")
    page.click("form[role=search] button")
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Försörjningsstöd för")
    page.locator(".rader summary").first.click()
    assert violations(page) == []
    page.click("text=Kontrollera")
    expect(page.locator("[role=status]")).to_contain_text("Allt som kontrollerades stämmer")
    page.click("text=Kör om")
    expect(page.locator("[role=status]")).to_contain_text("regel för regel och öre för öre")
    assert violations(page) == []


def test_a_handlaggare_goes_from_the_queue_to_a_decision_in_few_clicks(page: Page) -> None:
    enter(page, "handlaggare")
    assert violations(page) == []
    page.goto("/k/9999/ko")
    waiting = page.locator("text=Ta och öppna").count()
    assert waiting >= 1
    for _ in range(waiting):  # until one has a proposal to say yes to without telling the applicant first
        page.goto("/k/9999/ko")
        page.locator("text=Ta och öppna").last.click()
        page.wait_for_url("**/k/9999/ko/*")
        proposed = page.get_by_role("complementary", name="Förslag och beslut").inner_text()
        if "Besluta som föreslås" in proposed and "Avslag" not in proposed:
            break
    case = page.url.rsplit("/", 1)[-1].split("?")[0]
    assert violations(page) == []
    checked = page.locator("main input:checked")
    assert checked.count() == 0, "nothing is chosen beforehand"
    if page.locator("#jaskal").count():
        page.fill("#jaskal", "Hyran är högre än kommunens gräns.")
    page.click("text=Besluta som föreslås")
    expect(page.locator("[role=status]")).to_contain_text("Klart")
    assert violations(page) == []
    page.goto("/k/9999/ko")
    assert case not in page.locator("main").inner_html()


def test_an_expired_session_asks_who_one_is_and_goes_on(page: Page) -> None:
    enter(page, "jurist")
    page.context.clear_cookies()
    page.goto("/k/9999/beslut?utfall=BIFALL")
    assert "vidare=" in page.url
    with page.expect_navigation():
        page.click("button[value=jurist]")
    assert page.url.endswith("/k/9999/beslut?utfall=BIFALL")


@pytest.fixture(scope="module")
def tried() -> set[str]:
    """What has been tried of pages, without what is only about who is signed in."""
    return set()


@pytest.mark.parametrize("role", share(ROLES, 4))
def test_every_page_of_a_role_is_for_everybody(page: Page, role: str, tried: set[str]) -> None:
    """Seen, read out, enlarged to 400 %, and on paper; with all opened that can be opened. What stands on a
    page word for word as another role has had it was tried there."""
    enter(page, role)
    visited = set()
    for kind, path in walked(page, ["/", urlsplit(page.url).path]):
        visited.add(kind)
        shown = re.sub(r'name="csrf" value="[^"]*"', "", page.locator("main").inner_html())
        if shown in tried:
            continue
        tried.add(shown)
        open_all(page)
        assert violations(page) == [], path
        page.set_viewport_size({"width": 320, "height": 512})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.set_viewport_size({"width": 1280, "height": 720})
        page.emulate_media(media="print")
        assert page.locator("h1").first.is_visible(), path
        assert not any(each.is_visible() for each in page.locator("nav, .vem, form button").all()), path
        page.emulate_media(media="screen")
    mine = {
        name.removeprefix("GET ")
        for name, roles in MAY.items()
        if ALWAYS_THERE.fullmatch(name) and Role(role) in roles and not NO_PAGES.search(name)
    }
    missed = mine - {each.removeprefix("/k/{kommunkod}/") for each in visited}
    assert missed <= BY_FORMS


def states(page: Page, role: str) -> Iterator[str]:
    """What the pages of a role become when something is asked for, sent or wrong."""
    k = "/k/9999"
    if role in ("jurist", "revisor"):
        yield page_of(page, f"{k}/beslut?utfall=AVVISNING&manad=2020-01")
        yield page_of(page, f"{k}/beslut?manad=nu")
        yield page_of(page, f"{k}/beslut?visa=alla&vem=dator&regel=riksnorm.gemensam")
        page.goto(f"{k}/beslut")
        open_all(page)
        page.fill("#person", "19121212")
        page.press("#person", "Enter")
        yield "a personal number that is none"
        page.goto(f"{k}/beslut?utfall=DELAVSLAG")
        numbers = page.locator("tbody th a, tbody td a").all_inner_texts()
        page.locator("tbody a").first.click()
        page.fill("#med", numbers[1])
        page.press("#med", "Enter")
        yield "two decisions"
        page.go_back()
        page.fill("#med", "finns inte")
        page.press("#med", "Enter")
        yield "a case number that is none"
    if role == "jurist":
        page.goto(f"{k}/scenario")
        page.fill("#namn", "Ett påhittat hushåll")
        page.fill("#manad", "2026-11")
        page.click("button[value=prova]")
        expect(page.locator("#svar")).to_be_visible()
        yield "a household that is tried out"
        page.goto(f"{k}/stickprov")
        page.locator("main form button").first.click()
        yield "a sample without days"
        page.goto(f"{k}/foljder")
        release = page.locator("#versioner option").first.get_attribute("value")
        page.fill("#regler", release or "")
        page.fill("#fran", "2026-09")
        page.fill("#till", "2026-12")
        page.locator("main form button").click()
        yield "a run that has begun"
        page.locator("main a[href$='/arenden']").click()
        yield "the cases of a run"
        page.goto(f"{k}/scenario")
        page.locator("[name=kostnad]").first.select_option("RENT")
        page.locator("[name=kostar]").first.fill("5 400")
        page.click("button[value=prova]")
        yield "a household under the rules"
    if role == "chef":
        yield page_of(page, f"{k}/siffror?manad=2020-01")
        yield page_of(page, f"{k}/siffror/jamfor?ena=2020-01&andra=2020-02")
        yield page_of(page, f"{k}/siffror?manad=nu")
    if role == "handlaggare":
        yield page_of(page, f"{k}/ko?skal=FINNS_INTE")
        yield page_of(page, f"{k}/ko?mina=ja&ordning=reason")
        yield page_of(page, f"{k}/ko/{'0' * 32}")
    if role == "policy":
        page.goto(f"{k}/lagandringar")
        page.fill("#syfte", "Prov")
        with page.expect_navigation():
            page.press("#syfte", "Enter")
        yield "a draft"
        draft = page.url
        yield page_of(page, f"{draft}/skillnad")
        yield page_of(page, f"{draft}/fil?namn=norms/kallor.yaml")
        yield page_of(page, f"{draft}/fil?namn=rules/sets/municipal/9999/kommun.yaml")
    if role == "arbetsmarknadssekreterare":
        page.goto(f"{k}/deltagare")
        open_all(page)
        for field in page.locator("main input[name=person], main input[name=personnummer]").all()[:1]:
            field.fill("19121212")
            field.press("Enter")
        yield "a participant that is none"
        yield page_of(page, f"{k}/deltagare/person-{'0' * 32}")


def page_of(page: Page, path: str) -> str:
    page.goto(path)
    return path


@pytest.mark.parametrize("role", share(ROLES, 2))
def test_every_state_of_a_page_is_for_everybody(page: Page, role: str) -> None:
    enter(page, role)
    for state in states(page, role):
        open_all(page)
        assert page.locator("h1").count() == 1, state
        assert violations(page) == [], state


@pytest.mark.parametrize("language", ["sv", "en", "ar"])
def test_a_trial_calculation_is_for_everybody_right_or_wrong(page: Page, language: str) -> None:
    page.goto(f"/sprak?till={language}&tillbaka=/oppet/9999/berakna")
    page.fill("#barn", "4, 11")
    page.fill("#hyra", "20 000")
    page.click("main button")
    expect(page.locator("#svar")).to_be_visible()
    assert violations(page) == []
    page.fill("#hyra", "mycket")
    page.click("main button")
    expect(page.locator("[role=alert]")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 512})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_reviewer_works_by_keyboard_alone(page: Page) -> None:
    enter_by_keyboard(page, "jurist")
    come_to(page, "#utfall")
    page.keyboard.press("ArrowDown")
    press_on(page, "form[role=search] button")
    press_on(page, "tbody a")
    come_to(page, ".rader summary")
    page.keyboard.press("Enter")
    expect(page.locator(".rader .lagtext").first).to_be_visible()
    press_on(page, "button[formaction$=kontroll]")
    expect(page.locator("[role=status]")).to_contain_text("Allt som kontrollerades stämmer")


def test_an_auditor_sees_and_does_not_act(page: Page) -> None:
    """By keyboard: what was drawn and found, and a decision, its proofs and its file; no button there changes
    anything."""
    enter_by_keyboard(page, "revisor")
    press_on(page, "nav a[href$='/stickprov']")
    press_on(page, "main tbody a")
    assert page.locator("main form").count() == 0
    press_on(page, "main tbody a")
    buttons = page.locator("main button").all_inner_texts()
    assert set(buttons) <= {"Kontrollera", "Kör om", "Jämför"}
    press_on(page, "button[formaction$=kontroll]")
    expect(page.locator("[role=status]")).to_contain_text("Allt som kontrollerades stämmer")
    assert saved(page, "a[href$=utdrag]").endswith(".zip")


def saved(page: Page, selector: str) -> str:
    """The name of the file that a link gives, come to and opened by keyboard."""
    come_to(page, selector)
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    return found.value.suggested_filename


def test_a_manager_works_by_keyboard_alone(page: Page) -> None:
    enter_by_keyboard(page, "chef")
    press_on(page, "nav a[href$='/siffror']")
    shown = page.locator("h1").inner_text()
    assert saved(page, "a[href*='/csv']").endswith(".csv")
    press_on(page, "text=Månaden före")
    assert page.locator("h1").inner_text() != shown
    press_on(page, "text=Jämför två månader")
    expect(page.locator("h1")).to_be_visible()


def test_a_labour_market_secretary_works_by_keyboard_alone(page: Page) -> None:
    """A group of the day is marked, and a participant's week is noted."""
    enter_by_keyboard(page, "arbetsmarknadssekreterare")
    press_on(page, "nav a[href$='/grupper']")
    press_on(page, "main tbody th a")
    for _ in range(10):
        if page.locator("select[name^=narvaro-]").count():
            break
        press_on(page, "text=Gången före")
    come_to(page, "select[name^=narvaro-]")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("select[name^=narvaro-]").first.input_value()
    press_on(page, "button[value=markera]")
    assert page.locator("[role=alert]").count() == 0
    assert page.locator("select[name^=narvaro-]").first.input_value() == chosen
    press_on(page, "main tbody th a")
    come_to(page, "summary:has-text('Veckouppföljning')")
    page.keyboard.press("Enter")
    come_to(page, "#follow_up-done")
    page.keyboard.type("Sökte två arbeten.")
    page.keyboard.press("Tab")
    page.keyboard.type("Söka fem till.")
    press_on(page, "details[open] form:has(#follow_up-done) button")
    expect(page.locator(".tidslinje").first).to_contain_text("Sökte två arbeten. Nästa steg: Söka fem till.")


def test_policy_staff_write_a_draft_by_keyboard_alone(page: Page) -> None:
    """What it changes is saved and on its way to be checked."""
    enter_by_keyboard(page, "policy")
    press_on(page, "nav a[href$='/lagandringar']")
    come_to(page, "#syfte")
    page.keyboard.type("Riktlinjen är genomläst")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    draft = page.url
    come_to(page, "#ny")
    page.keyboard.press("Control+A")
    page.keyboard.type("norms/kommuner/9999-exempelkommun.yaml")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    come_to(page, ".redigerare")  # what is in it has its own focus
    page.keyboard.press("Control+End")
    page.keyboard.type("# Genomläst.")
    page.keyboard.press("Escape")
    press_on(page, "button[value=spara]")
    assert "# Genomläst." in page.locator("textarea[name=text]").input_value()
    press_on(page, f"main a[href$='{draft.rpartition('/')[2]}']")
    changed = page.locator("tr", has=page.locator("a[href*='9999-exempelkommun']")).first
    expect(changed).to_contain_text("ändrad")
    expect(page.locator("#kontroll")).to_be_visible()
