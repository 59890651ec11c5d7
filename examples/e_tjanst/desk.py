"""Handläggare who take each task from the queue, answer its questions, and decide as the law then says."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from examples.e_tjanst.answers import WHY, handlaggares_answer
from examples.klient import HandlaggareClient, ProblemError

Json = dict[str, Any]
MOST_ROUNDS = 5
PAUSE = 0.3
"""Seconds between looks at an empty queue."""


@dataclass
class Desk:
    """The handläggare of a municipality, and what they have done: answers by application, decisions by
    kind."""

    people: Sequence[HandlaggareClient]
    answered: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _given_up: set[str] = field(default_factory=set)
    _whose: dict[str, HandlaggareClient] = field(default_factory=dict)

    @contextmanager
    def open(self) -> Iterator[None]:
        """They work for the time of a block. A fault in their work is raised when it ends."""
        closed = threading.Event()
        with ThreadPoolExecutor(max(1, len(self.people))) as pool:
            working = [pool.submit(self._work, who, closed) for who in self.people]
            try:
                yield
            finally:
                closed.set()
            for one in working:
                one.result()

    def _work(self, who: HandlaggareClient, closed: threading.Event) -> None:
        while not closed.wait(PAUSE):
            for task in list(who.queue(limit="50")):
                if closed.is_set():
                    return
                if task["application"] not in self._given_up:
                    self._settle(who, task)

    def _settle(self, who: HandlaggareClient, task: Json) -> None:
        """Take one task as far as it goes. Whatever a colleague was faster with is left to the colleague."""
        case = task["application"]
        try:
            if task["awaits_approval"]:
                if self._whose.get(case) is not who:
                    who.step(case, "approval", who.task(case)[1], {"agrees": True})
                    self.decisions["godkända av en kollega"] += 1
            elif task["claimed_by"] is None or self._whose.get(case) is who:
                who.step(case, "claim", who.task(case)[1])
                self._whose[case] = who
                self._answer(who, case)
                if not self._told(who, case):
                    self._decide(who, case)
        except ProblemError as problem:
            if problem.status not in (409, 412):
                self._given_up.add(case)
                words = "; ".join(str(each["message"]) for each in problem.errors)
                self.faults.append(f"handläggaren kom inte vidare: {problem} {words}")

    def _answer(self, who: HandlaggareClient, case: str) -> None:
        """Answer every question that takes an answer, as often as new ones come of it."""
        done: set[str] = set()
        for _ in range(MOST_ROUNDS):
            task, version = who.task(case)
            asked = [one for one in task["questions"] if one["takes"] is not None and one["id"] not in done]
            if not asked:
                return
            given = [
                {"question": one["id"], "value": handlaggares_answer(one, task), "reason": WHY}
                for one in asked
            ]
            who.step(case, "answers", version, {"answers": given})
            done |= {one["id"] for one in asked}
            self.answered[case] += len(asked)
            who.answered(case)

    def _told(self, who: HandlaggareClient, case: str) -> bool:
        """Let the applicant answer what speaks against the application and nobody has told them. The case
        comes back when that is done."""
        task, version = who.task(case)
        untold = any(one["kind"] == "communication" for one in task["questions"])
        refuses = task["proposal"] is not None and task["proposal"]["outcome"] == "AVSLAG"
        if untold and refuses:
            who.step(case, "communication", version)
            self.decisions["lät sökanden yttra sig"] += 1
        return untold and refuses

    def _decide(self, who: HandlaggareClient, case: str) -> None:
        """Yes to what is proposed. Where nothing can be calculated the application is dismissed."""
        task, version = who.task(case)
        if task["proposal"] is not None:
            kind, said = "ja till förslaget", {"agrees": True}
        else:
            kind, said = "avvisade utan förslag", {"outcome": "AVVISNING", "granted": "0"}
        who.step(case, "decision", version, {"assessment": task["assessment"], "reason": WHY, **said})
        self.decisions[kind] += 1
