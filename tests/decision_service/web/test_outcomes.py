"""The page of where participants went: a municipality's own figures, as page and file, and their meaning."""

from __future__ import annotations

import csv
import io

import pytest
from markupsafe import escape

from decision_service.access.roles import Role
from decision_service.follow_up.report import report_words
from tests.decision_service.api.test_planning import enrolled, secretary, stepped
from tests.world.installation import HANDLED, HANDLES
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import nobody, visitor


def figures(one: Whole, tenant: str, month: str = "2026-09") -> dict[str, str]:
    """The rolling table of a municipality."""
    chef = visitor(one, Role.CHEF, tenant=tenant, purpose="")
    text = chef.get(f"/k/{tenant}/resultat/csv?manad={month}").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    rolling = "Inskrivna och avslutade, rullande tolv månader"
    return {name: value for table, _, name, value, *_ in rows[1:] if table == rolling}


@pytest.mark.slow
def test_a_municipality_has_its_own_figures(one: Whole) -> None:
    """Trelleborg enrols five for Svedala and six of its own, who all get work."""
    trelleborg = secretary(one, HANDLES)
    svedala = trelleborg.elsewhere(HANDLED)
    for _ in range(5):
        enrolled(svedala, one.person())
    for _ in range(6):
        found = enrolled(trelleborg, one.person())
        stepped(trelleborg, found["id"], {"step": "exit", "day": "2026-09-20", "reason": "WORK"})
    assert figures(one, HANDLED)["Inskrivna i arbetsmarknadsåtgärd"] == "5"
    own = figures(one, HANDLES)
    assert (own["Inskrivna i arbetsmarknadsåtgärd"], own["Arbete"], own["Andel avslut"]) == ("6", "6", "100")
    assert own["Studier"] == "0"
    page = visitor(one, Role.CHEF, tenant=HANDLES).get(f"/k/{HANDLES}/resultat?manad=2026-09").text
    for each in (
        "100 procent",
        "1 oktober 2025 till 30 september 2026",
        "Vad siffrorna betyder",
        "<svg",
    ):
        assert each in page, each


def test_the_report_is_a_page_a_file_and_a_pdf(one: Whole) -> None:
    """The same figures in each, and the municipality's own goals."""
    chef = visitor(one, Role.CHEF, purpose="")
    home = f"/k/{TENANT}/resultat"
    page = chef.get(f"{home}?manad=2026-09").text
    rows = list(csv.reader(io.StringIO(chef.get(f"{home}/csv?manad=2026-09").text), delimiter=";"))
    for table in report_words().tables.values():
        assert table.heading in page, table.heading
    assert {row[0] for row in rows[1:]} <= {table.heading for table in report_words().tables.values()}
    assert all(escape(row[2]) in page for row in rows[1:] if row[0] != report_words().tables["mål"].heading)
    pdf = chef.get(f"{home}/pdf?manad=2026-09")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content == chef.get(f"{home}/pdf?manad=2026-09").content


def test_the_figures_are_for_those_who_follow_up(one: Whole) -> None:
    for path in (f"/k/{HANDLES}/resultat", f"/k/{HANDLES}/resultat/csv"):
        assert nobody(one).get(path).status_code == 303
        for role in Role:
            allowed = role in (Role.CHEF, Role.JURIST, Role.REVISOR, Role.ACTIVITY_SECRETARY)
            assert visitor(one, role, tenant=HANDLES).get(path).status_code == (200 if allowed else 403), role
    chef = visitor(one, Role.CHEF, tenant=HANDLES)
    assert chef.get(f"/k/{HANDLES}/resultat?manad=nu").status_code == 422
    for path in ("", "/csv", "/pdf"):
        running = chef.get(f"/k/{HANDLES}/resultat{path}?manad=2026-10")
        assert (running.status_code, "oktober 2026 är inte slut" in running.text) == (422, True), path
