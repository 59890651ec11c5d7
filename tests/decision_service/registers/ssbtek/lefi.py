"""Building answers of LEFI, through which Försäkringskassan and Pensionsmyndigheten answer, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from decision_service.registers.answers import RegisterAnswers

FIXTURES = Path(__file__).parent / "fixtures"
PAYMENTS = "fk.formansinformation.utbetalningsuppgift"
OK = {"kod": "OK", "beskrivning": "Tillgänglig"}


def states(fk: str | None = "OK", pm: str | None = None) -> list[dict[str, Any]]:
    """The states of the two providers."""
    return [
        {"utlamnare": {"kod": name}, "tillstand": {"kod": state}}
        for name, state in (("FK", fk), ("PM", pm))
        if state is not None
    ]


def lefi(*payments: Any, **more: Any) -> dict[str, Any]:
    """An answer with payments of Försäkringskassan."""
    benefits = {"utbetalningsuppgift": list(payments), **more.pop("formansinformation", {})}
    return {"fk": {"utlamnare": states(), "formansinformation": benefits, **more}}


def kronor(amount: Any) -> dict[str, Any]:
    """An amount as LEFI writes it."""
    return {"summa": amount, "valuta": "SEK"}


def payment(code: str = "BOB", name: str = "Bostadsbidrag", **more: Any) -> dict[str, Any]:
    """A payment of Försäkringskassan."""
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": {"id": code, "beskrivning": name},
        "datum": "2026-10-26",
        "period": {"fran": "2026-10", "till": "2026-10"},
        "nettobelopp": kronor(1900),
        **more,
    }


def only(found: RegisterAnswers) -> tuple[str, int]:
    """Benefit and net of the only payment."""
    (one,) = found.payments
    return one.benefit, one.net


def pension(**more: Any) -> dict[str, Any]:
    """A payment of Pensionsmyndigheten."""
    return {
        "utbetalningsdatum": "2026-10-19",
        "utbetalningsperiod": {"from": "2026-10-01", "tom": "2026-10-31"},
        "bruttobelopp": 16361,
        "nettobelopp": 14109,
        "avdrag": [{"belopp": -2252, "avdragstyp": {"kod": "PM:PS", "beskrivning": "Preliminär skatt"}}],
        "utbetalningsrader": [
            {
                "formansgrupp": {"kod": "PM:AP", "beskrivning": "Allmän pension"},
                "belopp": 16361,
                "utbetalningsforman": {"kod": "PM:AP38", "beskrivning": "Pension"},
                "beloppstyp": {"kod": "PM:IP", "beskrivning": "Inkomstpension"},
            }
        ],
        **more,
    }


def pensions(providers: list[dict[str, Any]], *payments: Any) -> dict[str, Any]:
    """An answer with payments of Pensionsmyndigheten and none of Försäkringskassan."""
    return {
        "fk": {
            "utlamnare": providers,
            "formansinformation": {"utbetalningsuppgift": []},
            "utbetalningar": list(payments),
        }
    }
