"""Send applications at a rate and follow each to its end, as an e-service with many users does."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from examples.e_tjanst.answers import UnknownQuestionError, applicants_answer
from examples.e_tjanst.desk import Desk
from examples.e_tjanst.ending import faults_of_decision, faults_of_letter
from examples.e_tjanst.people import Applicant, Story, applicants
from examples.klient import Client, ProblemError

Json = dict[str, Any]
AGAIN = 10
"""Each application of so many is sent twice, as when an answer is lost on the way."""
AT_ONCE = 32
"""Applications that are followed at the same time."""
ENDED = ("beslutad", "aterkallad", "avskriven")


@dataclass
class Outcome:
    """What became of one application. ``seconds`` until its end, ``fault`` when one was found; ``completed``
    and ``stated`` are how often the applicant was asked."""

    story: Story
    form: str
    id: str = ""
    state: str = ""
    decided: str = ""
    automatic: bool = False
    granted: int = 0
    completed: int = 0
    stated: int = 0
    repeated: bool = False
    seconds: float = 0.0
    fault: str = ""


@dataclass
class Simulation:
    """An e-service and its users. ``admin``, ``second`` and ``registers`` make the users known beforehand, so
    that the machine can decide: earlier decisions, which the one puts forward and the other approves, through
    the API, register answers as files in a folder. ``desk`` is who decides what the machine does not."""

    client: Client
    month: date
    count: int
    rate: float
    seed: int = 0
    first: int = 0
    admin: Client | None = None
    second: Client | None = None
    registers: Path | None = None
    desk: Desk | None = None
    patience: float = 600.0
    outcomes: list[Outcome] = field(default_factory=list)
    keys: Sequence[str] = ()

    def run(self) -> Sequence[Outcome]:
        """Send them all, and follow each to its end; with nobody at the desk, until a handläggare has it."""
        self.keys = self.client.log()["keys"]
        everybody = applicants(self.first, self.count, self.month, random.Random(self.seed))
        for each in everybody:
            self._make_known(each)
        begun = time.monotonic()
        with (
            self.desk.open() if self.desk is not None else nullcontext(),
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            waiting = []
            for number, each in enumerate(everybody):
                time.sleep(max(0.0, begun + number / self.rate - time.monotonic()))
                waiting.append(pool.submit(self._followed, each, number % AGAIN == AGAIN - 1))
            self.outcomes = [one.result() for one in waiting]
        return self.outcomes

    def _make_known(self, who: Applicant) -> None:
        if self.registers is not None:
            path = self.registers / f"{who.personal_number}.json"
            path.write_text(json.dumps(who.registers, ensure_ascii=False), "utf-8")
        if self.admin is not None and self.second is not None and who.known:
            self.second.approve_history(self.admin.propose_history(who.history))
            try:
                self.client.report_plan(who.plan)
            except ProblemError as problem:
                if problem.status != 428:  # 428: already reported, by an earlier run
                    raise

    def _followed(self, who: Applicant, twice: bool) -> Outcome:
        outcome, begun = Outcome(who.story, who.form, repeated=twice), time.monotonic()
        try:
            key = uuid.uuid4().hex
            outcome.id = self.client.send(who.application, key, form=who.form)["id"]
            if twice and self.client.send(who.application, key, form=who.form)["id"] != outcome.id:
                outcome.fault = "samma nyckel gav en annan ansökan"
            found = self._to_the_end(who, outcome, begun + self.patience)
            outcome.state, outcome.seconds = found["state"], time.monotonic() - begun
            if found["decision"] is not None:
                self._check(outcome, found["decision"])
        except (ProblemError, UnknownQuestionError) as problem:
            outcome.fault = str(problem)
        return outcome

    def _to_the_end(self, who: Applicant, outcome: Outcome, end: float) -> Json:
        """Do whatever the applicant is asked for. Gives how the application stands in the end."""
        pause = 0.2
        while (found := self._done(who, outcome))["state"] not in self._ends():
            if time.monotonic() > end:
                outcome.fault = f"{found['state']} efter {self.patience:.0f} sekunder"
                break
            time.sleep(pause)
            pause = min(1.3 * pause, 3.0)
        return found

    def _ends(self) -> tuple[str, ...]:
        return ENDED if self.desk is not None else (*ENDED, "hos_handlaggare", "vantar_pa_registren")

    def _done(self, who: Applicant, outcome: Outcome) -> Json:
        """The applicant's next step, if there is one. Gives how the application stands after it."""
        found = self.client.status(outcome.id)
        if who.story is Story.REGRETS and found["state"] not in ENDED:
            return self._withdrawn(outcome)
        if found["state"] == "vantar_pa_komplettering":
            outcome.completed += 1
            asked = [one for one in found["completion"]["asked"] if not one["answered"]]
            return self.client.answer(outcome.id, {one["id"]: applicants_answer(one) for one in asked})
        if found["state"] == "vantar_pa_yttrande":
            outcome.stated += 1
            disputes = "Jag fick inte sjukpenningen." if who.story is Story.DISPUTED else ""
            return self.client.state_opinion(outcome.id, disputes)
        return found

    def _withdrawn(self, outcome: Outcome) -> Json:
        try:
            return self.client.withdraw(outcome.id)
        except ProblemError as problem:
            if problem.status != 409:  # 409: it was decided before they had second thoughts
                raise
            return self.client.status(outcome.id)

    def _check(self, outcome: Outcome, brief: Json) -> None:
        """Whether the decision adds up and the letter's proof holds."""
        outcome.decided, outcome.granted = brief["outcome"], brief["granted"]
        outcome.automatic = brief["automatic"]
        faults = [*faults_of_decision(self.client.decision(outcome.id))]
        faults += faults_of_letter(self._letter(outcome.id), self.keys)
        outcome.fault = outcome.fault or " ".join(faults)

    def _letter(self, application: str) -> str:
        """The letter, which is written in the moments after the decision."""
        end = time.monotonic() + self.patience
        while True:
            try:
                return self.client.letter(application)
            except ProblemError as problem:
                if problem.status != 409 or time.monotonic() > end:
                    raise
            time.sleep(0.3)
