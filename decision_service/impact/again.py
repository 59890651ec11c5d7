"""A recorded case assessed again under its own release and under other rules, and what is not the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import Judgement, judge, law_of
from decision_service.impact.recorded import Recorded
from rules.book import Rulebook
from rules.evaluation import Agreed, Engines
from rules.facts import Facts
from rules.language.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class ImpactSide:
    """What an assessment came to. ``questions`` are codes of reasons, ``automatic`` whether the machine
    decides."""

    outcome: str
    proposed: str | None
    granted: int | None
    questions: tuple[str, ...]
    automatic: bool


@dataclass(frozen=True, slots=True)
class Again:
    """A case before and after. ``rules`` are those whose state or line is another.

    ``owed`` is what the decision would have given more, in öre, below zero less; None where the decision was
    not that of the calculation or either sum is not known, so that a person has to look. ``as_recorded``:
    the program still comes to what was recorded under the rules of that time.
    """

    case: str
    month: str
    household: str
    before: ImpactSide
    after: ImpactSide
    rules: tuple[str, ...]
    owed: int | None
    decided: bool
    as_recorded: bool

    @property
    def moved(self) -> bool:
        """Whether anything that people see is another."""
        return self.before != self.after

    @property
    def written(self) -> str:
        """All of it, as JSON."""
        return _AGAIN.dump_json(self).decode()

    @classmethod
    def read(cls, written: str) -> Again:
        """What ``written`` gave."""
        return _AGAIN.validate_json(written)


_AGAIN = TypeAdapter(Again)


class _ExactOnly(Engines):
    """Of two engines that agree one is enough to compare two releases."""

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = tuple(Stage)) -> Agreed:
        return Agreed(self.exact.evaluate(facts, stages), ())


class Assessors:
    """Assesses under releases; the engines of each law are compiled once."""

    def __init__(self, after: Rulebook, book_of: Callable[[str], Rulebook]) -> None:
        self._after = after
        self._book_of = book_of
        self._engines: dict[tuple[str, str, str | None], Engines] = {}

    def again(self, recorded: Recorded) -> Again:
        """Both sides of a case. Raises FindingsError where the files of its release are not there."""
        case = CaseFile.model_validate(recorded.inputs)
        before = self._judged(case, self._book_of(recorded.release))
        after = self._judged(case, self._after)
        sides = _side(before), _side(after)
        recorded_as = (recorded.outcome, recorded.granted) == (sides[0].outcome, sides[0].granted)
        return Again(
            recorded.case,
            recorded.month,
            _household(before.built.facts),
            *sides,
            rules=tuple(sorted(_moved(before, after))),
            owed=_owed(recorded, *sides),
            decided=recorded.decided is not None,
            as_recorded=recorded_as,
        )

    def _judged(self, case: CaseFile, book: Rulebook) -> Judgement:
        law = law_of(case, book)
        place = (book.release, str(law.month), law.municipality)
        engines = self._engines.setdefault(place, _ExactOnly(law))
        return judge(case, engines.law, engines)


def _side(found: Judgement) -> ImpactSide:
    return ImpactSide(
        found.outcome.value,
        found.proposed.value if found.proposed is not None else None,
        found.granted,
        tuple(sorted({reason.code for reason in found.reasons})),
        found.outcome.decides,
    )


def _household(facts: Facts) -> str:
    adults, children = (len(facts.by_kind.get(kind, ())) for kind in ("vuxen", "barn"))
    return f"{'par' if adults > 1 else 'ensam'} {'med' if children else 'utan'} barn"


def _moved(before: Judgement, after: Judgement) -> set[str]:
    """The rules that are in another state for somebody, or give another line."""
    sides = before.agreed.evaluation, after.agreed.evaluation
    was, will = ({key: instance.state for key, instance in side.instances.items()} for side in sides)
    found = {key[0] for key in {*was, *will} if was.get(key) != will.get(key)}
    lines = sides[0].outcome.lines ^ sides[1].outcome.lines
    return found | {line.rule for line in lines}


def _owed(recorded: Recorded, before: ImpactSide, after: ImpactSide) -> int | None:
    if recorded.decided is None or before.granted is None or after.granted is None:
        return None
    if recorded.decided != before.granted:
        return None
    return after.granted - before.granted
