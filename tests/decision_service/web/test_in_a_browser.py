"""The pages in a real browser, against the demonstration as ``make run`` starts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.decision_service.api.test_serve import free_port, serving
from tests.world.browser import violations

OPEN = ("/", "/oppet/9999/regler", "/oppet/9999/regler/riksnorm.gemensam", "/oppet/9999/belopp?manad=2026-11")
OPEN += ("/oppet/9999/berakna", "/oppet/9999/register", "/finns-inte", "/oppet/9999/belopp/riksnorm.gemensam")
OPEN += ("/oppet/9999/vem-beslutar", "/oppet/9999/utkast")
pytestmark = pytest.mark.slow

ROLES = ("handlaggare", "chef", "jurist", "revisor")


@pytest.fixture(scope="module")
def base(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration answers. Asks for the browser first: without one nothing is started."""
    port = free_port()
    with serving(tmp_path_factory.mktemp("demonstration"), port, DEMONSTRATION_MONTH="hel"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(chromium: Browser, base: str) -> Iterator[Page]:
    """A new visitor. Whatever the browser complains about is a fault of the page."""
    context = chromium.new_context(base_url=base, locale="sv-SE")
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield found
    context.close()
    assert [each for each in complaints if "404" not in each] == []


@pytest.mark.parametrize("language", ["sv", "en", "ar"])
@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_for_everybody(page: Page, path: str, language: str) -> None:
    page.goto(f"/sprak?till={language}&tillbaka=/")
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("width", [640, 320])
def test_nothing_is_lost_when_the_page_is_enlarged(page: Page, path: str, width: int) -> None:
    """1 280 pixels at 200 % and 400 %: the page itself never scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 512})
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


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
    for _ in range(waiting):  # until one has a proposal to say yes to; the month is still being played
        page.goto("/k/9999/ko")
        page.locator("text=Ta och öppna").last.click()
        page.wait_for_url("**/k/9999/ko/*")
        if page.locator("text=Besluta som föreslås").count():
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
