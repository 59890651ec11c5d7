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
) -> Callable[[Test], Test]:
    """The same as pytest.mark.parametrize, but one test, which tells every value that it fails on: what
    pytest does about a test takes longer than most of these take. Fails where there is nothing to try."""
    given, several = list(values), not isinstance(names, str)
    words = tuple(names) if several else (names,)

    def of(test: Test) -> Test:
        @wraps(test)
        def each(**fixtures: Any) -> None:
            assert given, "There is nothing to try."
            faults: dict[str, BaseException] = {}
            for number, value in enumerate(given):
                taken = dict(zip(words, value if several else (value,), strict=True))
                try:
                    test(**taken, **fixtures)
                except (Exception, pytest.fail.Exception) as fault:
                    called = f"{number} {ids(value) if callable(ids) else ids[number]}"
                    fault.add_note(f"tried on {called}")
                    faults[called] = fault
            if faults:
                told = f"{len(faults)} of {len(given)} fail: {'; '.join(faults)}"
                raise BaseExceptionGroup(told, [*faults.values()])

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in words]
        each.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return each

    return of
