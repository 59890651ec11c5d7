"""Why no case can tell a mutant from the rules, where that can be proven without knowing the case."""

from __future__ import annotations

from dataclasses import replace

from rules.language import tree
from rules.language.tree import Expression
from rules.language.vocabulary import Vocabulary
from rules.law import Law
from rules.mutation.mutants import Mutant
from rules.mutation.rewriting import with_children
from rules.rule import Rule
from rules.satisfiable import alternatives, conjunction, negation


def why_alike(mutant: Mutant, law: Law) -> str | None:
    """In words why nothing else comes out under a mutant; None where a case might tell. ``law`` is one in
    which its rules hold."""
    vocabulary = law.vocabulary
    if mutant.months is not None:
        return None
    lost = [(old, name) for old, new in mutant.rules for name in old.defeats if name not in new.defeats]
    if lost:
        never = [
            name
            for rule, name in lost
            if name in law.rule and _never_both(rule.condition, law.rule[name].condition, vocabulary)
        ]
        return _apart(lost[0][0], never[0]) if len(never) == len(lost) else None
    if mutant.by_values and all(_alike(old, new, vocabulary) for old, new in mutant.rules):
        return "Inget fall kan märka det: villkoret säger samma sak med det ena som med det andra."
    return None


def _apart(rule: Rule, other: str) -> str:
    return (
        f"Inget fall kan märka det: {rule.id} och {other} gäller aldrig samtidigt, så undantaget behövs inte."
    )


def _alike(old: Rule, new: Rule, vocabulary: Vocabulary) -> bool:
    if old.effects != new.effects:
        return False
    names: dict[Expression, str] = {}
    one, other = _named_anew(old.condition, names), _named_anew(new.condition, names)
    return _never_both(one, negation(other), vocabulary) and _never_both(negation(one), other, vocabulary)


def _named_anew(node: Expression, names: dict[Expression, str]) -> Expression:
    """A tree in which two parts have one text only where they are one thing: a mutant keeps its text."""
    if isinstance(node, tree.TermUsed):
        return node
    parts = tree.children(node)
    whole = with_children(node, tuple(_named_anew(each, names) for each in parts)) if parts else node
    bare = replace(whole, text="")
    return replace(bare, text=names.setdefault(bare, f"uttryck {len(names)}"))


def _never_both(one: Expression, other: Expression, vocabulary: Vocabulary) -> bool:
    return alternatives(conjunction(one, other), vocabulary) == []
