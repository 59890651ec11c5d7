"""The month's report as PDF, laid out as letters are: the same bytes each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from decision_service.follow_up.report import MonthReport, ReportTable, goal_cells, report_words
from decision_service.outputs.layout.pdf import laid_out

TEMPLATE = Path(__file__).with_name("rapport.typ")


def report_pdf(found: MonthReport, municipality: str, day: date) -> bytes:
    """The report of ``municipality``, by its name, as it was on a day."""
    words = report_words()
    goals = words.tables["mål"]
    tables = [_table(each) for each in found.sections]
    if found.goals:
        cells = [goal_cells(each) for each in found.goals]
        head = [words.head[0], words.rows["mål"], cells[0][1].name, cells[0][2].name]
        rows = [[goal.name, goal.said, now.said, left.said] for goal, now, left in cells]
        tables.insert(0, _as_json(goals.heading, found.month.in_words, goals.notes, head, rows))
    title = f"{found.title}, {municipality}, {found.month.in_words}"
    said = {
        "rubrik": title,
        "kommun": municipality,
        "inledning": list(found.intro),
        "tomt": words.empty,
        "tabeller": tables,
    }
    return laid_out(TEMPLATE, said, day)


def _table(one: ReportTable) -> dict[str, Any]:
    rows = [[each.name, each.said] for each in one.cells]
    return _as_json(one.heading, one.period, one.notes, list(report_words().head), rows)


def _as_json(
    heading: str, period: str, notes: tuple[str, ...], head: list[str], rows: list[list[str]]
) -> dict[str, Any]:
    return {"rubrik": heading, "period": period, "stycken": list(notes), "huvud": head, "rader": rows}
