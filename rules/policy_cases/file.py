"""A file of policy cases: its form, what a case takes over from another, and the facts it gives.

A case file stands beside the rule file (``riksnorm.fall.yaml`` beside ``riksnorm.yaml``) and is not part of
the law.

A case may start from an earlier case of its file, ``utgår från: <namn>``, and write only what differs. Month,
municipality and what is given are taken over; what is expected is not. Of a kind there is one of
(``hushåll``), term after term is replaced. Of other kinds (``barn``), members are known by their ``id``: one
with the id of a member of the base changes that member, any other is added, and ``inga`` instead of members
takes all away. A term with the value ``saknas`` is not known. Under ``kommun`` a case may let the
municipality have chosen otherwise than it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from norms.document import Document
from norms.finding import Finding, FindingsError
from norms.nearest import hint
from rules.book import Rulebook
from rules.facts import Disputed, Entity, Known
from rules.language.types import KRONOR, number
from rules.language.vocabulary import Term, read_value
from rules.laws_file import MonthText
from rules.schema import FileModel, validate
from rules.wording.wrong_case import WRONG_CASE

Given = dict[str, Any]


NONE_LEFT = "inga"
"""Instead of the members of a kind: the base has some, this case has none."""
NOT_KNOWN = "saknas"
"""Instead of a value: the base knows it, this case does not."""


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return [value]
    return [] if value == NONE_LEFT else value


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class LineExpectation(FileModel):
    """A line: which rule gave it, to whom, and how many kronor."""

    rule: str = Field(alias="regel")
    subject: str = Field(default="", alias="för")
    amount: str = Field(alias="belopp")


class Expectation(FileModel):
    """What a case must come out as. Only what is written is checked.

    ``poster``, ``frågor`` (the reason codes) and ``frågar efter`` (the terms that ``kräver`` asks for) must
    then be complete. A rule may be named for one subject: ``riksnorm.barn.med_lunch för b1``.
    """

    lines: tuple[LineExpectation, ...] | None = Field(default=None, alias="poster")
    totals: dict[str, str] = Field(default_factory=dict, alias="summor")
    fired: tuple[str, ...] = Field(default=(), alias="gäller")
    not_fired: tuple[str, ...] = Field(default=(), alias="gäller inte")
    undecided: tuple[str, ...] = Field(default=(), alias="går inte att avgöra")
    conclusions: dict[str, str] = Field(default_factory=dict, alias="slutsatser")
    reasons: tuple[str, ...] | None = Field(default=None, alias="frågor")
    asked_for: tuple[str, ...] | None = Field(default=None, alias="frågar efter")


class CaseEntry(FileModel):
    """One case. ``based_on`` is the name of the case it starts from.

    It comes out alike in each of its municipalities; None is national law alone.
    """

    name: str = Field(alias="namn")
    based_on: str | None = Field(default=None, alias="utgår från")
    month: MonthText | None = Field(default=None, alias="månad")
    municipalities: Annotated[
        tuple[str | None, ...],
        BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...]),
    ] = Field(default=(None,), alias="kommun")
    given: dict[
        str,
        Annotated[
            tuple[Given, ...],
            BeforeValidator(_members, json_schema_input_type=Given | tuple[Given, ...] | Literal["inga"]),
        ],
    ] = Field(default_factory=dict, alias="givet")
    expected: Expectation = Field(alias="väntat")


class PolicyCaseFile(FileModel):
    """A file of cases."""

    kind: Literal["regler"] = Field(alias="fall")
    cases: tuple[CaseEntry, ...] = Field(alias="fallen", min_length=1)


def read(source: Document) -> tuple[CaseEntry, ...]:
    """The cases of a file, each with what it takes over from the case it starts from.

    Raises FindingsError.
    """
    whole: dict[str, CaseEntry] = {}
    findings: list[Finding] = []
    for index, case in enumerate(validate(PolicyCaseFile, source).cases):
        problem = None
        if case.name in whole:
            problem = "Filen har redan ett fall med det namnet."
        elif case.based_on is not None and case.based_on not in whole:
            found = hint(case.based_on, whole)
            problem = f"Det finns inget fall ”{case.based_on}” tidigare i filen.{found}"
        elif case.based_on is None and case.month is None:
            problem = "Fallet säger inte vilken månad det gäller."
        elif twice := _said_twice(case):
            problem = f"Flera {twice} har samma id, eller inget. Ge var och en sitt."
        if problem is not None:
            line = source.line(("fallen", index))
            findings.append(WRONG_CASE.at(source.file, line, case.name, problem=problem))
        whole.setdefault(case.name, _on_base(case, whole.get(case.based_on or "")))
    if findings:
        raise FindingsError(findings)
    return tuple(whole.values())


def _said_twice(case: CaseEntry) -> str | None:
    """A kind of which several members have one id; on a base, several without any are one to it too."""
    for kind, members in case.given.items():
        ids = [member["id"] for member in members if "id" in member]
        unnamed = len(members) - len(ids) if case.based_on is not None else 0
        if len(set(map(str, ids))) < len(ids) or unnamed > 1:
            return kind
    return None


def _on_base(case: CaseEntry, base: CaseEntry | None) -> CaseEntry:
    if base is None:
        return case
    given = {kind: _merged(base.given.get(kind, ()), members) for kind, members in case.given.items()}
    return case.model_copy(
        update={
            "month": case.month or base.month,
            "municipalities": case.municipalities if any(case.municipalities) else base.municipalities,
            "given": {**base.given, **given},
        }
    )


def _merged(base: tuple[Given, ...], own: tuple[Given, ...]) -> tuple[Given, ...]:
    """The base's members, changed by those of the same id, and further ones. No members is none left."""
    if not own:
        return ()
    changes = {member.get("id"): member for member in own}
    changed = tuple({**member, **changes.pop(member.get("id"), {})} for member in base)
    return (*changed, *changes.values())


def entities_of(given: Mapping[str, tuple[Given, ...]], book: Rulebook) -> Iterable[Entity]:
    for kind_name, members in given.items():
        kind = book.vocabulary.kinds.get(kind_name)
        if kind is None:
            raise ValueError(f"slaget ”{kind_name}” finns inte.{hint(kind_name, book.vocabulary.kinds)}")
        for position, member in enumerate(members, start=1):
            values: dict[str, Known | Disputed] = {}
            for name, text in member.items():
                if name in ("id", "hör till") or text == NOT_KNOWN:
                    continue
                term = kind.terms.get(name)
                if term is None:
                    raise ValueError(f"{kind_name} har ingen term ”{name}”.{hint(name, kind.terms)}")
                values[term.path] = _given_value(term, text)
            entity_id = kind_name if kind.single else str(member.get("id", f"{kind_name}{position}"))
            yield Entity(kind_name, entity_id, values, member.get("hör till"), label=entity_id)


def _given_value(term: Term, text: Any) -> Known | Disputed:
    if isinstance(text, list):
        return Disputed(
            tuple((f"källa {number}", value_of(term, each)) for number, each in enumerate(text, 1))
        )
    return value_of(term, text)


def value_of(term: Term, text: Any) -> Known:
    """A value as a case writes it. Raises ValueError in Swedish."""
    if not isinstance(text, str):
        raise ValueError(f"{term.path} ska ha ett värde.")
    return in_ore(text) if term.type.unit == KRONOR else read_value(term.type, text)


def in_ore(text: str) -> int:
    """Kronor, to öre. Raises ValueError in Swedish."""
    return int(read_value(number(KRONOR), text))
