"""What happened in a run, in Swedish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from examples.e_tjanst.desk import Desk
from examples.e_tjanst.notices import Notices
from examples.e_tjanst.simulator import Outcome


def summary(outcomes: Sequence[Outcome], notices: Notices | None = None, desk: Desk | None = None) -> str:
    """Counts, times and faults, a line each."""
    lines = [*_sent(outcomes), *_ended(outcomes)]
    lines += _desk(outcomes, desk) if desk is not None else []
    lines += _notices(notices) if notices is not None else []
    faults = Counter(one.fault for one in outcomes if one.fault) + Counter(desk.faults if desk else [])
    lines.append(_line("Fel", sum(faults.values())))
    return "\n".join([*lines, *(f"  {count} × {fault}" for fault, count in faults.most_common(10))])


def _sent(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield _line("Skickade ansökningar", len(outcomes))
    for form, count in sorted(Counter(one.form for one in outcomes).items()):
        yield _line(f"  {form.split('lagrum.')[1].removesuffix('+json')}", count)
    yield _line("  skickade två gånger", sum(one.repeated for one in outcomes))
    yield _line("Kompletteringar", sum(one.completed for one in outcomes))
    yield _line("Yttranden", sum(one.stated for one in outcomes))


def _ended(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for state, count in sorted(Counter(one.state for one in outcomes if one.state).items()):
        yield _line(state, count)
    for outcome, count in sorted(Counter(one.decided for one in outcomes if one.decided).items()):
        yield _line(f"  {outcome}", count)
    decided = [one for one in outcomes if one.decided]
    yield _line("Beslut av maskinen", sum(one.automatic for one in decided))
    yield _line("Beslut av en person", sum(not one.automatic for one in decided))
    yield f"{'Beviljat:':28}{sum(one.granted for one in outcomes) / 100:.2f} kr"
    times = sorted(one.seconds for one in outcomes if not one.fault)
    if times:
        p50, p90 = (times[min(len(times) - 1, len(times) * part // 100)] for part in (50, 90))
        yield f"{'Tid till slutet:':28}p50 {p50:.2f} s, p90 {p90:.2f} s, längst {times[-1]:.2f} s"


def _desk(outcomes: Sequence[Outcome], desk: Desk) -> Iterator[str]:
    """How many questions a person had answered before deciding."""
    by_person = [one for one in outcomes if one.decided and not one.automatic]
    for questions, count in sorted(Counter(desk.answered[one.id] for one in by_person).items()):
        yield _line(f"  efter {questions} svar", count)
    for kind, count in sorted(desk.decisions.items()):
        yield _line(f"  {kind}", count)


def _notices(notices: Notices) -> Iterator[str]:
    yield _line("Händelser", sum(notices.events.values()))
    yield _line("  upprepade", notices.doubled)
    for event, count in sorted(notices.events.items()):
        yield _line(f"  {event}", count)
    yield _line("Falska signaturer", notices.forged)


def _line(what: str, count: int) -> str:
    return f"{what + ':':28}{count}"
