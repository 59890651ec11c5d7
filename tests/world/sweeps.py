"""Sweeps: a test tried on many values, some of which the fast run has no time for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import pytest

Test = Callable[..., None]


def each_third(values: Sequence[Any]) -> list[Any]:
    """All values as parameters of a test: each third is tried in the fast run, the others in the slow one."""
    return [
        value if place % 3 == 0 else pytest.param(value, marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]


def _short(value: Any) -> str:
    return repr(value)[:100]


def swept(
    names: str | Sequence[str],
    values: Iterable[Any],
    ids: Sequence[str] | Callable[[Any], str] = _short,
    every: int = 1,
) -> Callable[[Test], Test]:
    """The same as pytest.mark.parametrize, but one test, which tells every value that it fails on: what
    pytest does about a test takes longer than most of these take. Fails where there is nothing to try.

    Of a sweep that takes long the fast run tries each so-manieth value (``every``), and the slow run the
    others.
    """
    given, several = list(values), not isinstance(names, str)
    words = tuple(names) if several else (names,)
    fast = [number for number in range(len(given)) if number % every == 0]
    slow = [number for number in range(len(given)) if number % every]

    def of(test: Test) -> Test:
        @wraps(test)
        def each(part: Sequence[int] = fast, **fixtures: Any) -> None:
            assert part, "There is nothing to try."
            faults: dict[str, BaseException] = {}
            for number in part:
                value = given[number]
                taken = dict(zip(words, value if several else (value,), strict=True))
                try:
                    test(**taken, **fixtures)
                except (Exception, pytest.fail.Exception) as fault:
                    called = f"{number} {ids(value) if callable(ids) else ids[number]}"
                    fault.add_note(f"tried on {called}")
                    faults[called] = fault
            if faults:
                told = f"{len(faults)} of {len(part)} fail: {'; '.join(faults)}"
                raise BaseExceptionGroup(told, [*faults.values()])

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in words]
        if slow:
            left.append(inspect.Parameter("part", inspect.Parameter.KEYWORD_ONLY))
        each.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        parts = [fast, pytest.param(slow, marks=pytest.mark.slow)]
        return pytest.mark.parametrize("part", parts, ids=["some", "others"])(each) if slow else each

    return of
