"""A municipality's month as a report: tables of figures with what each means, for the page, the file and the
PDF alike. The words stand in ``rapport.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlmodel import Session

from decision_service.follow_up import aid
from decision_service.follow_up.aid import Days, days
from decision_service.follow_up.beside import PAGE, Name, long_term_in, month_told, quarter_beside, reported
from decision_service.follow_up.definitions import Measure, definitions
from decision_service.follow_up.first_meeting import days_to_meeting
from decision_service.follow_up.goals import GoalProgress, progress
from decision_service.follow_up.households import Helped, helped_in, statistics_words
from decision_service.follow_up.participants import everybody, quarter_counts
from decision_service.follow_up.process import ProcessStep, StepFigures, process, slowest
from decision_service.follow_up.published import published, rolling
from decision_service.follow_up.reckoned import reckoned
from decision_service.follow_up.requirement import REFUSALS, Quarter, quarter_of
from decision_service.planning.office import PlanningOffice, today_of
from norms import document
from norms.month import Month, day_in_words
from rules.schema import FileModel, validate
from rules.texts import kronor

FILE = Path(__file__).with_name("rapport.yaml")
Text = Annotated[str, StringConstraints(min_length=1)]


class _Table(FileModel):
    heading: Text = Field(alias="rubrik")
    notes: tuple[Text, ...] = Field(default=(), alias="stycken")


class ReportWords(FileModel):
    """The file: headings and notes of the tables, and what the rows are called that no definition names."""

    title: Text = Field(alias="rubrik")
    intro: tuple[Text, ...] = Field(alias="inledning")
    tables: Mapping[str, _Table] = Field(alias="tabeller")
    rows: Mapping[str, Text] = Field(alias="rader")
    steps: Mapping[ProcessStep, Text] = Field(alias="steg")
    head: tuple[Text, Text] = Field(alias="huvud")
    withheld: Text = Field(alias="visas_inte")
    empty: Text = Field(alias="tomt")
    of_one: Mapping[str, Text] = Field(alias="om_en")


@cache
def report_words() -> ReportWords:
    """The words. Raises FindingsError for a file that does not hold."""
    return validate(ReportWords, document.read(FILE))


@dataclass(frozen=True)
class ReportFigure:
    """A figure: what it is called, its value, None where it is withheld or unknown, and its unit."""

    name: str
    value: float | None
    unit: str = ""

    @property
    def said(self) -> str:
        """The value as people read it."""
        if self.value is None:
            return report_words().withheld
        if self.unit == "kronor":
            return kronor(round(self.value * 100))
        text = f"{self.value:.1f}".removesuffix(".0").replace(".", ",")
        unit = report_words().of_one.get(self.unit, self.unit) if text == "1" else self.unit
        return f"{text} {unit}".rstrip()


@dataclass(frozen=True)
class ReportTable:
    """A table of the report, of a time."""

    key: str
    heading: str
    period: str
    cells: tuple[ReportFigure, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MonthReport:
    """Everything that is reported of a municipality's month."""

    municipality: str
    month: Month
    title: str
    intro: tuple[str, ...]
    sections: tuple[ReportTable, ...]
    goals: tuple[GoalProgress, ...]
    version: int


def report(office: PlanningOffice, session: Session, municipality: str, month: Month) -> MonthReport:
    """The report of a month. Raises RowError where a row cannot be opened."""
    today, now = today_of(office, municipality), office.clock()
    first, last = rolling(month)
    by_month = {each: helped_in(session, municipality, each, now) for each in _months(month.plus(-17), month)}
    rows, of_quarter = by_month[month], whole_quarter(month)
    shown = {month, of_quarter, of_quarter.plus(1), of_quarter.plus(2)}
    long = {each: long_term_in(session, municipality, each, by_month) for each in shown}
    told = {each: month_told(session, municipality, each, now, by_month[each], long[each]) for each in shown}
    people = list(everybody(session, municipality).values())
    table = published(people, month)
    quarters = [of_quarter.plus(number) for number in range(3)]
    counts = quarter_beside(
        [told[each] for each in quarters],
        quarter_counts(office, session, municipality, of_quarter),
        [one for each in quarters for one in by_month[each]],
    )
    meeting = days_to_meeting(people, month)
    steps = process(people, month, today.ways, today.calendar)
    figures = _told(aid.figures_of(rows, long[month]), told[month])
    contact = days([each.decided.contact_days for each in rows])
    decision = days([each.decided.days for each in rows])
    waiting = days([each.decided.days for each in _new(session, municipality, month, by_month)])
    known: dict[Measure, float | None] = {
        **figures,
        **table.figures,
        **counts.figures,
        Measure.DAYS_TO_CONTACT: contact.median,
        Measure.DAYS_TO_DECISION: decision.median,
        Measure.WAITING_DAYS: waiting.mean,
        Measure.DAYS_TO_MEETING: meeting.median,
    }
    rolled, quarter = in_words(first, last), in_words(counts.first.first, counts.first.plus(2).last)
    sections = (
        _section("bistånd", month.in_words, _measures(figures)),
        _section("ledtider", month.in_words, [*_times(contact, decision), *_waiting(waiting)]),
        _section("rullande", rolled, _measures(table.figures)),
        _section("möte", rolled, _days(definitions().measures[Measure.DAYS_TO_MEETING].name, meeting)),
        _section("process", rolled, _steps(steps), _slow(steps)),
        _section("aktivitetskrav", quarter, _measures(counts.figures)),
        _section("nekade", quarter, _by_cause(counts)),
        _section("leverans", month.in_words, _delivery(rows, told[month]), statistics_words().open),
    )
    return MonthReport(
        municipality,
        month,
        report_words().title,
        report_words().intro,
        sections,
        tuple(progress(municipality, known)),
        definitions().version,
    )


def goal_cells(one: GoalProgress) -> tuple[ReportFigure, ReportFigure, ReportFigure]:
    """A goal, where the figure stands, and what is left."""
    measure, rows = definitions().measures[one.goal.measure], report_words().rows
    way = rows["minst"] if one.goal.least is not None else rows["högst"]
    return (
        ReportFigure(f"{measure.name}: {way}", one.goal.value, measure.unit),
        ReportFigure(rows["nu"], one.stands, measure.unit),
        ReportFigure(rows["kvar"], one.left, measure.unit),
    )


def whole_quarter(month: Month) -> Month:
    """The first month of the latest quarter that is over when a month is: one that is not over would be told
    a day more each time, and a day is few."""
    begun = quarter_of(month.first)
    return begun if month.number % 3 == 0 else begun.plus(-3)


def _told(figures: Mapping[Measure, int | None], told: Collection[Name]) -> dict[Measure, int | None]:
    """The figures of a month that can be told beside those of its page."""
    hidden: set[Measure] = set()
    if not reported(told, "households", ""):
        hidden |= {Measure.HOUSEHOLDS, Measure.PERSONS, Measure.CHILDREN, Measure.PAID, Measure.LONG_TERM}
    if not reported(told, "long_term", ""):
        hidden.add(Measure.LONG_TERM)
    if (PAGE, "whom", "dator") not in told:
        hidden.add(Measure.SHARE_AUTOMATED)
    return {measure: None if measure in hidden else count for measure, count in figures.items()}


def _months(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.plus(1)


def _new(
    session: Session, municipality: str, month: Month, by_month: Mapping[Month, Sequence[Helped]]
) -> list[Helped]:
    """The new households of the first half of the month's year, as far as the month."""
    january, last = Month(month.year, 1), min(month, Month(month.year, 6))
    half = [by_month[each] for each in _months(january, last) if each in by_month]
    before = [rows for each, rows in by_month.items() if each < january]
    known = reckoned(session)
    return known.of((municipality, last, "new"), _of_months, half, before)


def _of_months(half_year: Sequence[Sequence[Helped]], before: Sequence[Sequence[Helped]]) -> list[Helped]:
    return aid.new_households([*chain.from_iterable(half_year)], [*chain.from_iterable(before)])


def _section(key: str, period: str, cells: Iterable[ReportFigure], notes: Sequence[str] = ()) -> ReportTable:
    words = report_words().tables[key]
    return ReportTable(key, words.heading, period, tuple(cells), (*words.notes, *notes))


def _measures(figures: Mapping[Measure, int | None]) -> list[ReportFigure]:
    named = definitions().measures
    return [
        ReportFigure(
            named[each].name,
            value / 100 if each is Measure.PAID and value is not None else value,
            named[each].unit,
        )
        for each, value in figures.items()
    ]


def _times(contact: Days, decision: Days) -> Iterator[ReportFigure]:
    for measure, found in ((Measure.DAYS_TO_CONTACT, contact), (Measure.DAYS_TO_DECISION, decision)):
        yield from _days(definitions().measures[measure].name, found)


def _days(name: str, found: Days) -> Iterator[ReportFigure]:
    rows = report_words().rows
    for key, value in (("median", found.median), ("medel", found.mean), ("nio_av_tio", found.ninetieth)):
        yield ReportFigure(f"{name}, {rows[key]}", value, "dagar")


def _waiting(found: Days) -> Iterator[ReportFigure]:
    measure = definitions().measures[Measure.WAITING_DAYS]
    yield ReportFigure(measure.name, found.mean, measure.unit)


def _steps(found: Sequence[StepFigures]) -> Iterator[ReportFigure]:
    words = report_words()
    for each in found:
        name = words.steps[each.step]
        yield ReportFigure(f"{name}: {words.rows['antal']}", each.taken)
        yield ReportFigure(f"{name}: {words.rows['median']}", each.days.median, "dagar")
        yield ReportFigure(f"{name}: {words.rows['nio_av_tio']}", each.days.ninetieth, "dagar")
        if each.late is not None:
            yield ReportFigure(f"{name}: {words.rows['för_sent']}", each.late)


def _slow(found: Sequence[StepFigures]) -> list[str]:
    words = report_words()
    slow = slowest(found)
    return [words.rows["långsammast"].format(steg=words.steps[slow])] if slow is not None else []


def in_words(first: date, last: date) -> str:
    """A time, as people say it."""
    return f"{day_in_words(first)} till {day_in_words(last)}"


def _by_cause(counts: Quarter) -> Iterator[ReportFigure]:
    named, causes = definitions().measures, statistics_words().causes
    for (measure, cause), value in counts.by_cause.items():
        if cause and measure in REFUSALS:
            yield ReportFigure(f"{named[Measure(measure)].name}: {causes[cause]}", value)


def _delivery(rows: Sequence[Helped], told: Collection[Name]) -> Iterator[ReportFigure]:
    words = statistics_words()
    for (kind, cause), value in aid.by_kind_and_cause(rows).items():
        if kind and cause:
            shown = value if reported(told, kind, cause) else None
            yield ReportFigure(f"{kind} {words.kinds[kind]}: {words.causes[cause]}", shown)
