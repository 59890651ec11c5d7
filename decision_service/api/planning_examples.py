"""An example of each step with a participant, in an order in which one participant can take them all on the
day that the description's examples are of; a test does."""

from __future__ import annotations

from collections.abc import Mapping

from decision_service.reading.strict_json import Opaque

_DAY = "2026-10-28"

STEPS_BY_NAME: Mapping[str, Mapping[str, Opaque]] = {
    "första mötet är hållet": {"step": "meeting", "day": _DAY, "held": True},
    "planeringsveckan är gjord": {"step": "planning_week", "first": _DAY, "state": "DONE"},
    "en plan": {
        "step": "plan",
        "decided": _DAY,
        "first": "2026-11-02",
        "last": "2026-12-31",
        "goal": "Arbete som lagerarbetare",
        "next_steps": [{"who": "PARTICIPANT", "what": "Söka fem arbeten i veckan", "by": None}],
        "own_search_hours": 10,
        "full_time": True,
    },
    "en aktivitet i veckoschemat": {
        "step": "assign",
        "id": "praktik-1",
        "title": "Praktik på lagret",
        "kind": "WORKPLACE",
        "support": "COACH",
        "first": "2026-11-02",
        "slots": [
            {"weekday": 1, "hours": 4, "begins": "08:00"},
            {"weekday": 3, "hours": 4, "begins": "08:00"},
        ],
        "place": "Lagret, Exempelgatan 2",
    },
    "deltagaren tackar ja": {"step": "answer", "activity": "praktik-1", "answer": "TAKEN", "day": _DAY},
    "en omständighet": {
        "step": "circumstance",
        "id": "sfi-1",
        "kind": "SFI",
        "first": "2026-11-02",
        "hours": 15,
        "proof": "Antagningsbesked från vuxenutbildningen",
    },
    "omständigheten tar slut": {"step": "circumstance_ended", "id": "sfi-1", "last": "2026-12-18"},
    "sidospåret börjar": {
        "step": "side_track",
        "first": _DAY,
        "responsible": "Samordnaren",
        "support": "Kontakt med vårdcentralen",
        "reason": "Behöver stöd innan arbetet kan börja",
    },
    "sidospåret slutar": {"step": "main_track", "last": _DAY},
    "veckouppföljning": {
        "step": "follow_up",
        "day": _DAY,
        "held": True,
        "broad_job_search": True,
        "done": "Har sökt tre arbeten.",
        "next": "Besöker lagret på tisdag.",
    },
    "självskattning": {"step": "self_assessment", "day": _DAY, "areas": {"Hälsa": 3, "Tro på arbete": 4}},
    "en stegförflyttning": {
        "step": "step_forward",
        "day": _DAY,
        "area": "Arbete",
        "what": "Har varit på sin första intervju.",
    },
    "planeringen följdes inte": {"step": "breach", "day": _DAY, "happened": "Kom inte till mötet."},
    "någon har talat med deltagaren": {
        "step": "contact",
        "number": 1,
        "day": _DAY,
        "account": "Barnet var sjukt, och jag hann inte ringa.",
    },
    "lämnas över till handläggaren": {
        "step": "handed_over",
        "number": 1,
        "day": _DAY,
        "agreed": "Möte varje vecka.",
        "happened": "Kom inte till mötet, och hörde inte av sig.",
        "children": 1,
    },
    "planeringen fungerar igen": {"step": "mended", "number": 1, "day": _DAY},
    "aktiviteten får en sista dag": {"step": "activity_ends", "activity": "praktik-1", "last": "2026-11-30"},
    "en annan tar över": {"step": "responsible", "responsible": "ask-2"},
    "avslut": {"step": "exit", "day": _DAY, "reason": "WORK", "note": "Tillsvidareanställning på lagret."},
    "återkomst": {"step": "return", "day": _DAY},
    "skydd": {
        "step": "details",
        "protects": {
            "basis": "SEKRETESSMARKERING",
            "told_by": "deltagaren",
            "reason": "Deltagaren visade Skatteverkets beslut.",
        },
    },
}
