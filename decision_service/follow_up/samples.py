"""Random samples of decisions for people to review: drawn, findings recorded, and the error rate.

The log vouches for every row: which decisions were drawn, on what terms, and what was found. Whoever decided
does not review the own decision.
"""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlmodel import Session, col

from decision_service.application.fields import Part, Text
from decision_service.application.outcome import Outcome
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, lock
from decision_service.casework.staff import may_be_one, named
from decision_service.follow_up.draw import Lot, drawn
from decision_service.follow_up.error_rate import ErrorRate, error_rate
from decision_service.log import journal, vouched
from decision_service.log.events import Action, ReviewFinding
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import begin_of
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, CorrectionRow, DecisionRow, SampledRow
from norms.fault import fault

LARGEST = 300
"""Decisions in a sample: more than a person reviews with care."""


class Split(StrEnum):
    """By what the decisions are grouped before they are drawn."""

    WHO = "vem"
    OUTCOME = "utfall"


class Terms(BaseModel):
    """How a sample was drawn. ``first`` and ``last`` are the days on which the decisions were made,
    ``outcome`` and ``automatic`` narrow them, None for all. ``groups`` says of each group how many decisions
    there were and how many of them were drawn. ``protected``: among those of protected people too, as
    all are that do not say; how many there were is then only for who may see them."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date
    outcome: Outcome | None = None
    automatic: bool | None = None
    split: tuple[Split, ...] = ()
    size: int
    protected: bool = True
    seed: str = ""
    groups: Mapping[str, tuple[int, int]] = {}

    @property
    def population(self) -> int:
        """How many decisions there were to draw from."""
        return sum(there for there, _ in self.groups.values())


class Review(Part):
    """What a reviewer writes of a decision: the rule or question that is wrong, empty for none, and how."""

    about: Annotated[str, Field(max_length=100)] = ""
    text: Text = ""


@dataclass(frozen=True)
class SampleGroup:
    """What was found in a part of a sample, or in all of it."""

    name: str
    population: int
    drawn: int
    reviewed: int
    form: int
    rate: ErrorRate | None


@dataclass(frozen=True)
class Sample:
    """A sample with what is left of it: decisions whose case is deleted are gone."""

    id: str
    terms: Terms
    rows: Sequence[SampledRow]

    @property
    def whole(self) -> SampleGroup:
        """What was found in all of it."""
        return self._group("alla", self.terms.population, self.rows)

    @property
    def groups(self) -> list[SampleGroup]:
        """What was found in each group that decisions were drawn from."""
        return [
            self._group(name, there, [one for one in self.rows if one.grouped == name])
            for name, (there, _) in self.terms.groups.items()
        ]

    @property
    def unreviewed(self) -> list[SampledRow]:
        """What still is to be reviewed, in the order of the lots."""
        return [one for one in self.rows if one.finding is None]

    @staticmethod
    def _group(name: str, population: int, rows: Sequence[SampledRow]) -> SampleGroup:
        found = Counter(one.finding for one in rows)
        reviewed = len(rows) - found[None]
        rate = error_rate(found[ReviewFinding.OUTCOME], reviewed)
        return SampleGroup(name, population, len(rows), reviewed, found[ReviewFinding.FORM], rate)


def draw(office: Office, session: Session, municipality: str, who: str, terms: Terms) -> str:
    """Draw a sample and give its id. Every case that is drawn notes it. Raises InputError for a size out of
    bounds, and for terms that no decision fits."""
    if not 1 <= terms.size <= LARGEST:
        raise InputError([fault("sample_size", "size", most=str(LARGEST))])
    lots = list(_lots(session, municipality, terms))
    if not lots:
        raise InputError([fault("nothing_to_draw", "first")])
    seed = terms.seed or secrets.token_hex(16)
    chosen = drawn(lots, terms.size, seed)
    there, taken = Counter(each.group for each in lots), Counter(each.group for each in chosen)
    groups = {name: (there[name], taken[name]) for name in sorted(there)}
    settled = terms.model_copy(update={"seed": seed, "groups": groups}).model_dump_json()
    sample, now = uuid.uuid4().hex, office.clock()
    session.add_all(
        SampledRow(
            sample=sample,
            decision=each.decision,
            application_id=each.application_id,
            tenant=municipality,
            number=number,
            grouped=each.group,
            terms=settled,
            drawn_at=now,
            drawn_by=who,
        )
        for number, each in enumerate(chosen, 1)
    )
    name = named(office, session, municipality, who)
    entries = [
        journal.human_action(case, now, journal.staff(who), Action.SAMPLED, reason=sample, name=name)
        for case in dict.fromkeys(each.application_id for each in chosen)
    ]
    vouched.append(office.log, session, municipality, entries)
    return sample


def _lots(session: Session, municipality: str, terms: Terms) -> Iterator[Lot]:
    """Every decision that fits, corrections too: they are decisions as any other."""
    for row in (DecisionRow, CorrectionRow):
        query = select(col(row.application_id), col(row.id), col(row.automatic), col(row.outcome)).where(
            col(row.tenant) == municipality,
            col(row.decided_at) >= begin_of(terms.first),
            col(row.decided_at) < begin_of(terms.last + timedelta(days=1)),
        )
        if not terms.protected:
            of = ApplicationRow
            query = query.join(of, same_case(row, of)).where(col(of.protected).is_(False))
        if terms.outcome is not None:
            query = query.where(col(row.outcome) == terms.outcome)
        if terms.automatic is not None:
            query = query.where(col(row.automatic).is_(terms.automatic))
        for application, decision, automatic, outcome in session.connection().execute(query):
            yield Lot(application, decision, _group(terms.split, automatic, outcome))


def _group(split: Iterable[Split], automatic: bool, outcome: str) -> str:
    parts = {Split.WHO: "dator" if automatic else "människa", Split.OUTCOME: outcome}
    return ", ".join(parts[each] for each in Split if each in split) or "alla"


def record(
    office: Office,
    session: Session,
    municipality: str,
    who: str,
    *,
    sample: str,
    decision: str,
    finding: str,
    about: str,
    text: str,
    protected: bool,
) -> SampledRow:
    """Write down what was found of a decision; what was found before stands in the log. ``about`` is the rule
    or question that is wrong, empty for none. Raises NotFoundError as ``one_sample`` does, InputError for no
    finding, a text that is too long and a fault without words, and ConflictError for one's own decision."""
    row = session.get(SampledRow, (municipality, sample, decision))
    if row is None or not _seen(_terms(row), protected):
        raise NotFoundError(decision)
    lock(session, municipality, row.application_id)
    session.refresh(row)
    vouched.require(office.keys, session, municipality, row)
    if any(may_be_one(office.installation, who, each) for each in _deciders(session, row)):
        raise ConflictError(fault("own_decision_reviewed"))
    said = validated(Review, {"about": about.strip(), "text": text.strip()})
    if finding not in list(ReviewFinding):
        raise InputError([fault("no_finding", "finding")])
    if finding != ReviewFinding.RIGHT and not said.text:
        raise InputError([fault("finding_without_words", "text")])
    now, name = office.clock(), named(office, session, municipality, who)
    row.finding, row.about, row.text = finding, said.about, said.text
    row.found_at, row.found_by, row.signed = now, who, name or who
    session.add(row)
    entry = journal.reviewed(
        row.application_id,
        now,
        journal.staff(who),
        sample=sample,
        decision=decision,
        finding=ReviewFinding(finding),
        about=row.about,
        reason=row.text,
        name=name,
    )
    vouched.append(office.log, session, municipality, [entry])
    return row


def _deciders(session: Session, row: SampledRow) -> set[str]:
    for table in (DecisionRow, CorrectionRow):
        query = select(col(table.decided_by), col(table.approved_by)).where(
            col(table.tenant) == row.tenant, col(table.id) == row.decision
        )
        found = session.connection().execute(query).first()
        if found is not None:
            return {each for each in found if each not in (None, journal.MACHINE.id)}
    raise NotFoundError(row.decision)


def samples(
    office: Office,
    session: Session,
    municipality: str,
    between: tuple[date, date] | None = None,
    *,
    protected: bool,
) -> list[Sample]:
    """Every sample of a municipality, the newest first; ``between`` two days: of decisions made then.
    ``protected``: those that were drawn among decisions of protected people too. Raises
    audit.errors.RowError."""
    query = select(SampledRow).where(col(SampledRow.tenant) == municipality)
    if between is not None:
        query = query.where(col(SampledRow.sample).in_(_drawn_from(session, municipality, *between)))
    rows = session.scalars(query.order_by(col(SampledRow.drawn_at).desc(), col(SampledRow.number))).all()
    vouched.require(office.keys, session, municipality, *rows)
    found: dict[str, list[SampledRow]] = {}
    for each in rows:
        found.setdefault(each.sample, []).append(each)
    every = [Sample(name, _terms(each[0]), each) for name, each in found.items()]
    return [each for each in every if _seen(each.terms, protected)]


def _drawn_from(session: Session, municipality: str, first: date, last: date) -> list[str]:
    """The samples of decisions made between two days."""
    row = SampledRow
    query = select(col(row.sample), func.min(col(row.terms))).where(col(row.tenant) == municipality)
    found = [
        (sample, Terms.model_validate_json(terms))
        for sample, terms in session.connection().execute(query.group_by(col(row.sample)))
    ]
    return [sample for sample, terms in found if terms.first <= last and first <= terms.last]


def one_sample(
    office: Office, session: Session, municipality: str, sample: str, *, protected: bool
) -> Sample:
    """A sample. Raises NotFoundError, also for one that was drawn among decisions of protected people for who
    may not see them, and audit.errors.RowError."""
    query = select(SampledRow).where(col(SampledRow.tenant) == municipality, col(SampledRow.sample) == sample)
    rows = session.scalars(query.order_by(col(SampledRow.number))).all()
    if not rows or not _seen(_terms(rows[0]), protected):
        raise NotFoundError(sample)
    vouched.require(office.keys, session, municipality, *rows)
    return Sample(sample, _terms(rows[0]), rows)


def drawn_of(
    session: Session, municipality: str, application_id: str, *, protected: bool
) -> list[tuple[Terms, SampledRow]]:
    """The samples that the decisions on an application were drawn in, the newest first; ``protected`` as for
    ``samples``. Whoever shows them has asked the log for the whole application."""
    query = select(SampledRow).where(
        col(SampledRow.tenant) == municipality, col(SampledRow.application_id) == application_id
    )
    rows = session.scalars(query.order_by(col(SampledRow.drawn_at).desc())).all()
    found = [(_terms(each), each) for each in rows]
    return [(terms, each) for terms, each in found if _seen(terms, protected)]


def _seen(terms: Terms, protected: bool) -> bool:
    """Whether a sample is there for who may see protected people, or may not."""
    return protected or not terms.protected


def _terms(row: SampledRow) -> Terms:
    return Terms.model_validate_json(row.terms)
