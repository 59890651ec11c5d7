"""Whether anybody notices a mutant: first whose rules see anything else, then whose expectation fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.engines.exact.compile import compile_rule
from rules.engines.exact.run import ExactEngine
from rules.mutation.mutants import Mutant
from rules.mutation.witness import Witness


@dataclass(frozen=True)
class MutantVerdict:
    """What came of a mutant. ``noticed_by`` is a case, None where nobody noticed; ``reached`` are the cases
    whose rules saw something else, though what they expect came out."""

    mutant: Mutant
    noticed_by: str | None
    reached: tuple[Witness, ...]


class Hunt:
    """All witnesses, in the order in which they are asked."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        self.witnesses = witnesses

    def verdict(self, mutant: Mutant) -> MutantVerdict:
        """Ask those who can tell, until one notices."""
        changes = {new.id: new for _, new in mutant.rules}
        engines: dict[int, ExactEngine] = {}
        reached: list[Witness] = []
        for witness in self._who_can_tell(mutant):
            engine = engines.get(id(witness.engine))
            if engine is None:
                own = {old.id: changes[old.id] for old, _ in mutant.rules if witness.has(old)}
                engine = engines[id(witness.engine)] = witness.engine.changed(own)
            if witness.notices(engine.evaluate(witness.facts)):
                return MutantVerdict(mutant, witness.name, ())
            reached.append(witness)
        return MutantVerdict(mutant, None, tuple(reached))

    def _who_can_tell(self, mutant: Mutant) -> Iterator[Witness]:
        compiled = {}
        for witness in self.witnesses:
            if mutant.months is not None and witness.engine.law.month not in mutant.months:
                continue
            for old, new in mutant.rules:
                if not witness.has(old):
                    continue
                if not mutant.by_values:
                    tells = witness.applied(old)
                else:
                    if id(new) not in compiled:
                        compiled[id(new)] = compile_rule(new, witness.engine.changed({new.id: new}).law)
                    tells = witness.tells(old, compiled[id(new)])
                if tells:
                    yield witness
                    break
