"""Every mutant of a rulebook: the rules with one word of their files changed.

What one line of a file says is changed in all rules that take it over: a notion in every rule that uses
it, the condition of a group in all of its rules, skälighet in the two rules that it makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from norms.month import Month
from rules.book import Rulebook
from rules.language import tree
from rules.language.notion import Notion, NotionKind
from rules.language.tree import Expression
from rules.language.types import KRONOR, number
from rules.laws import Span
from rules.mutation.rewriting import mistakes, rewritten, rule_rewritten
from rules.rule import AskEffect, ConcludeEffect, Effect, LineEffect, RequireEffect, Rule


@dataclass(frozen=True)
class Mutant:
    """One word changed: where, in whose name, what becomes what, and the rules as they were and become.

    ``months`` are the only months that can tell, None for all. ``by_values``: the change is in what rules
    read and compute, so that a case whose rules see the same values cannot tell.
    """

    file: str
    line: int
    name: str
    said: str
    rules: tuple[tuple[Rule, Rule], ...]
    months: frozenset[Month] | None = None
    by_values: bool = True

    @property
    def sentence(self) -> str:
        """Said of a mutant that nobody notices."""
        return f"Ingen märker om {self.said} i {self.name} (rules/{self.file} rad {self.line})."


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant, in the order of the files."""
    entries: dict[tuple[str, int], list[Rule]] = {}
    groups: dict[tuple[str, int], list[Rule]] = {}
    for rule in book.rules:
        entries.setdefault((rule.file, rule.line), []).append(rule)
        if rule.group_line is not None:
            groups.setdefault((rule.file, rule.group_line), []).append(rule)
    shared = {place: _shared(rules) for place, rules in groups.items()}
    yield from _of_notions(book)
    for place, rules in groups.items():
        yield from _of_group(place, rules, shared[place])
    for place, rules in entries.items():
        group = (rules[0].file, rules[0].group_line or 0)
        dated = group in groups and len({rule.span for rule in groups[group]}) == 1
        yield from _of_entry(place, rules, shared.get(group, ()), dated=dated)


# --- notions


def _of_notions(book: Rulebook) -> Iterator[Mutant]:
    notions = {(each.municipality, each.name): each for rule in book.rules for each in rule.notions}
    for notion in notions.values():
        using = [rule for rule in book.rules if notion in rule.notions]
        if notion.kind is NotionKind.LIST:
            yield from _of_list(notion, using)
            continue
        named = next((node for rule in using for node in _uses(rule, notion)), None)
        if named is None:
            continue
        names = {each.name for rule in using for each in rule.notions} - {notion.name}
        for old, new, text in _changes([named], names, inside=True):
            whole = new if named == old else rewritten(named, old, new)
            pairs = _pairs(using, named, whole)
            yield Mutant(notion.file, notion.line, notion.name, _said(old, text), pairs)


def _uses(rule: Rule, notion: Notion) -> Iterator[Expression]:
    return (
        node
        for root in rule.expressions
        for node in tree.walk(root)
        if node.text == notion.name and not isinstance(node, tree.TermUsed)
    )


def _of_list(notion: Notion, using: Sequence[Rule]) -> Iterator[Mutant]:
    nodes = {
        node
        for rule in using
        for root in rule.expressions
        for node in tree.walk(root)
        if isinstance(node, tree.OneOf) and node.listed == notion.name
    }
    for choice in notion.choices:
        changed = {rule.id + str(rule.span.first): (rule, rule) for rule in using}
        for node in nodes:
            new = replace(node, choices=tuple(each for each in node.choices if each != choice))
            changed = {key: (a, rule_rewritten(b, node, new)) for key, (a, b) in changed.items()}
        pairs = tuple((a, b) for a, b in changed.values() if a is not b)
        yield Mutant(notion.file, notion.line, notion.name, f"{choice} tas bort ur listan", pairs)


# --- groups and entries


def _parts(condition: Expression) -> tuple[Expression, ...]:
    if isinstance(condition, tree.And) and not tree.is_named(condition):
        return condition.parts
    return (condition,)


def _shared(rules: Sequence[Rule]) -> tuple[Expression, ...]:
    """The parts of the condition that all rules of a group have: what the group itself says."""
    if len({rule.line for rule in rules}) < 2:
        return ()
    others = [_parts(rule.condition) for rule in rules[1:]]
    return tuple(
        part
        for part in _parts(rules[0].condition)
        if part.text != "alltid" and all(part in each for each in others)
    )


def _of_group(
    place: tuple[str, int], rules: Sequence[Rule], shared: Sequence[Expression]
) -> Iterator[Mutant]:
    name = f"gruppen kring {rules[0].id}"
    names = {each.name for rule in rules for each in rule.notions}
    for old, new, text in _changes(shared, names):
        yield Mutant(*place, name, _said(old, text), _pairs(rules, old, new))
    if len({rule.span for rule in rules}) == 1:
        yield from _of_dates(place, name, rules)


def _of_entry(
    place: tuple[str, int], rules: Sequence[Rule], shared: Sequence[Expression], *, dated: bool
) -> Iterator[Mutant]:
    names = {each.name for rule in rules for each in rule.notions}
    roots: dict[Expression, Rule] = {}
    for rule in rules:
        own = [part for part in _parts(rule.condition) if part not in shared]
        joined = [rule.condition] if len(_parts(rule.condition)) > 1 else []
        for root in (*joined, *own, *rule.expressions[1:]):
            roots.setdefault(root, rule)
    conditions = {rule.condition for rule in rules if len(_parts(rule.condition)) > 1}
    seen: set[tuple[Expression, str]] = set()
    for root, rule in roots.items():
        found = _own(root) if root in conditions else _changes([root], names)
        for old, new, text in found:
            if (old, text) not in seen:
                seen.add((old, text))
                yield Mutant(*place, rule.id, _said(old, text), _pairs(rules, old, new))
    yield from _of_effects(place, rules)
    for name in dict.fromkeys(name for rule in rules for name in rule.defeats):
        without = tuple(
            (rule, replace(rule, defeats=tuple(each for each in rule.defeats if each != name)))
            for rule in rules
            if name in rule.defeats
        )
        said = f"undantaget från {name} tas bort"
        yield Mutant(*place, without[0][0].id, said, without, by_values=False)
    if not dated:
        yield from _of_dates(place, rules[0].id, rules)


def _own(root: Expression) -> Iterator[tuple[Expression, Expression, str]]:
    return ((root, new, text) for new, text in mistakes(root))


def _changes(
    roots: Iterable[Expression], names: set[str], *, inside: bool = False
) -> Iterator[tuple[Expression, Expression, str]]:
    """Each node that is written here, what it can be mistaken for, and how that reads. What a notion means is
    not written here; ``inside``: the roots are such a meaning."""
    for root in roots:
        named = root.text in names and not isinstance(root, tree.TermUsed) and not inside
        listed = isinstance(root, tree.OneOf) and root.listed in names
        for new, text in () if named or listed else mistakes(root):
            yield root, new, text
        if not named:
            yield from _changes(tree.children(root), names)


def _pairs(rules: Sequence[Rule], old: Expression, new: Expression) -> tuple[tuple[Rule, Rule], ...]:
    found = ((rule, rule_rewritten(rule, old, new)) for rule in rules)
    return tuple((rule, changed) for rule, changed in found if changed is not rule)


def _said(old: Expression, text: str) -> str:
    if isinstance(old, tree.And | tree.Or):
        words = ("och", "eller") if isinstance(old, tree.And) else ("eller", "och")
        return f"”{words[0]}” blir ”{words[1]}” i ”{old.text}”"
    return f"”{old.text}” blir ”{text}”"


# --- effects and dates


def _of_effects(place: tuple[str, int], rules: Sequence[Rule]) -> Iterator[Mutant]:
    for rule_id in dict.fromkeys(rule.id for rule in rules):
        same = [rule for rule in rules if rule.id == rule_id]
        for index, effect in enumerate(same[0].effects):
            changed, said = _mistaken(effect)
            if not changed and len(same[0].effects) == 1:  # a rule without effects does not load
                pairs = tuple((rule, replace(rule, span=_NEVER)) for rule in same)
                said = "regeln tas bort"
            else:
                pairs = tuple(
                    (
                        rule,
                        replace(rule, effects=(*rule.effects[:index], *changed, *rule.effects[index + 1 :])),
                    )
                    for rule in same
                )
            yield Mutant(*place, rule_id, said, pairs, by_values=False)


_NEVER = Span(Month(2999, 12), None)


def _mistaken(effect: Effect) -> tuple[tuple[Effect, ...], str]:
    """What an effect can be mistaken for, nothing where it is left out, and how that reads."""
    match effect:
        case LineEffect(amount=amount):
            krona = tree.Literal(100, number(KRONOR), "1 kr")
            more = tree.Arithmetic(tree.Operator.ADD, amount, krona, amount.type, f"{amount.text} + 1 kr")
            return (replace(effect, amount=more),), f"beloppet ”{amount.text}” blir en krona större"
        case ConcludeEffect(path=path, value=tree.Literal(value=bool() as value) as literal):
            turned = replace(literal, value=not value)
            return (ConcludeEffect(path, turned),), f"slutsatsen {path} vänds"
        case ConcludeEffect(path=path):
            return (), f"slutsatsen {path} tas bort"
        case AskEffect(reason=reason):
            return (), f"frågan {reason} tas bort"
        case RequireEffect(paths=paths):
            return (), f"kravet på {', '.join(paths)} tas bort"


def _of_dates(place: tuple[str, int], name: str, rules: Sequence[Rule]) -> Iterator[Mutant]:
    span = rules[0].span
    later = Span(span.first.plus(1), span.last)
    if span.last is None or later.first <= span.last:
        yield _dated(place, name, rules, later, span.first, f"första månaden {span.first} blir {later.first}")
    if span.last is not None and span.first < span.last:
        earlier = Span(span.first, span.last.plus(-1))
        yield _dated(place, name, rules, earlier, span.last, f"sista månaden {span.last} blir {earlier.last}")


def _dated(
    place: tuple[str, int], name: str, rules: Sequence[Rule], span: Span, month: Month, said: str
) -> Mutant:
    pairs = tuple((rule, replace(rule, span=span)) for rule in rules)
    return Mutant(*place, name, said, pairs, frozenset({month}), by_values=False)
