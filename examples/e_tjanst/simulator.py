"""Send applications at a rate and follow each to its answer, as an e-service with many users does."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from examples.e_tjanst.notices import Notices
from examples.e_tjanst.people import Applicant, applicant
from examples.klient import Client, ProblemError

AGAIN = 0.1
"""The share of posts that are sent twice, as when an answer is lost on the way."""


@dataclass
class Outcome:
    """What became of one application. ``seconds`` until it was answered, ``fault`` when one was found."""

    state: str = ""
    decided: str = ""
    granted: int = 0
    asked: bool = False
    repeated: bool = False
    seconds: float = 0.0
    fault: str = ""


@dataclass
class Simulation:
    """An e-service and its users. ``admin`` and ``registers`` make the users known beforehand, so that the
    machine can decide: earlier decisions through the API, register answers as files in a folder."""

    client: Client
    month: date
    count: int
    rate: float
    seed: int = 0
    first: int = 0
    admin: Client | None = None
    registers: Path | None = None
    patience: float = 120.0
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self) -> Sequence[Outcome]:
        """Send them all, and wait for every answer."""
        chance = random.Random(self.seed)
        everybody = [applicant(self.first + number, self.month, chance) for number in range(self.count)]
        for each in everybody:
            self._make_known(each)
        begun = time.monotonic()
        with ThreadPoolExecutor(16) as pool:
            waiting = []
            for number, each in enumerate(everybody):
                time.sleep(max(0.0, begun + number / self.rate - time.monotonic()))
                waiting.append(pool.submit(self._followed, each, chance.random() < AGAIN))
            self.outcomes = [one.result() for one in waiting]
        return self.outcomes

    def _make_known(self, who: Applicant) -> None:
        if self.registers is not None:
            path = self.registers / f"{who.personal_number}.json"
            path.write_text(json.dumps(who.registers, ensure_ascii=False), "utf-8")
        if self.admin is not None:
            self.admin.import_history(who.history)
            try:
                self.client.report_plan(who.plan)
            except ProblemError as problem:
                if problem.status != 428:  # 428: already reported, by an earlier run
                    raise

    def _followed(self, who: Applicant, twice: bool) -> Outcome:
        outcome, begun = Outcome(repeated=twice), time.monotonic()
        try:
            key = uuid.uuid4().hex
            found = self.client.send(who.application, key)
            if twice and self.client.send(who.application, key)["id"] != found["id"]:
                outcome.fault = "samma nyckel gav en annan ansökan"
            found = self.client.answered(found["id"], self.patience)
            if found["state"] == "vantar_pa_komplettering" and who.forgets:
                outcome.asked = True
                self.client.complete(found["id"], who.answer)
                found = self.client.answered(found["id"], self.patience)
        except ProblemError as problem:
            outcome.fault = str(problem)
            return outcome
        outcome.state, outcome.seconds = found["state"], time.monotonic() - begun
        if found["decision"] is not None:
            outcome.decided, outcome.granted = found["decision"]["outcome"], found["decision"]["granted"]
        if found["state"] in ("mottagen", "under_provning"):
            outcome.fault = f"obesvarad efter {self.patience:.0f} sekunder"
        return outcome


def summary(outcomes: Sequence[Outcome], notices: Notices | None) -> str:
    """What happened, in Swedish."""
    states, decided = (
        Counter(one.state for one in outcomes if one.state),
        Counter(one.decided for one in outcomes),
    )
    times = sorted(one.seconds for one in outcomes if not one.fault)
    lines = [
        f"Skickade ansökningar:  {len(outcomes)}",
        f"  skickade två gånger: {sum(one.repeated for one in outcomes)}",
        f"  kompletterade:       {sum(one.asked for one in outcomes)}",
        *(f"  {state}: {count}" for state, count in sorted(states.items())),
        *(f"    {outcome}: {count}" for outcome, count in sorted(decided.items()) if outcome),
        f"Beviljat:              {sum(one.granted for one in outcomes) / 100:.2f} kr",
    ]
    if times:
        lines.append(
            f"Tid till svar:         median {times[len(times) // 2]:.2f} s, längst {times[-1]:.2f} s"
        )
    if notices is not None:
        lines.append(
            f"Händelser:             {sum(notices.events.values())} äkta, {notices.doubled} upprepade"
        )
        lines += [f"  {event}: {count}" for event, count in sorted(notices.events.items())]
        lines.append(f"Falska signaturer:     {notices.forged}")
    faults = Counter(one.fault for one in outcomes if one.fault)
    lines.append(f"Fel:                   {sum(faults.values())}")
    lines += [f"  {count} × {fault}" for fault, count in faults.most_common(10)]
    return "\n".join(lines)
