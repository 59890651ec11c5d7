"""A text that people read is made where it is read, and nothing takes it apart or searches it.

Whoever wants a part of a sentence asks for the member that the sentence was made of. Names are followed
within a function: ``asked = [each.question for each in reasons]`` makes finished texts of ``asked``.
"""

from __future__ import annotations

import ast
import re
from enum import Enum
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WINGS = ("norms", "rules", "audit", "decision_service")
FINISHED = frozenset(
    {
        "question",
        "text",
        "label",
        "title",
        "description",
        "meaning",
        "provision",
        "what",
        "named",
        "in_row",
        "wording",
        "heading",
        "sentence",
    }
)
"""Members that hold a text as people read it, in documents, explanations and what they are made of."""
ANY = re.compile(rf"\.({'|'.join(FINISHED)})\b")
TAKES_APART = frozenset(
    {
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "startswith",
        "endswith",
        "removeprefix",
        "removesuffix",
        "find",
        "index",
        "rstrip",
    }
)
SEARCHES = frozenset({"match", "fullmatch", "search", "findall", "finditer", "split"})
KEEPS = frozenset(
    {"tuple", "list", "set", "frozenset", "sorted", "dict.fromkeys", "strip", "casefold", "lower", "upper"}
)
"""Calls whose value is a finished text, or several, as what they are made of is."""
OPEN = {
    "decision_service/casework/meaning.py: quote not in question.question": "a person quotes what they saw",
    "decision_service/decision/changed_lines.py: one.text.strip().rstrip('.')": "as a person has written it",
    "rules/laws.py: citation.text.removeprefix(law)": "as whoever writes a rule has cited it",
    "decision_service/web/routes/search.py: text.casefold() in one.text.casefold()": "a person searches",
    "norms/table.py: self.sfs in self.provision": "as it stands in a file of amounts",
    "rules/language/checker.py: ',' in node.text": "as it stands in a rule file",
    "rules/language/tree.py: ' ' not in node.text": "as it stands in a rule file",
    "rules/language/vocabulary_file.py: entry.description.rstrip('.')": "as it stands in the vocabulary",
}


class Kept(Enum):
    """What an expression holds of finished texts."""

    NONE, ONE, SEVERAL = range(3)


Names = dict[str, Kept]
"""What the names at a place of a function hold."""


class Finished:
    """Follows what holds finished texts through a module, and notes in ``found`` where one is taken apart."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def holds(self, node: ast.expr, names: Names) -> Kept:
        """What an expression holds of finished texts."""
        match node:
            case ast.Attribute(attr=name):
                return Kept.ONE if name in FINISHED else Kept.NONE
            case ast.Name(id=name):
                return names.get(name, Kept.NONE)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.several([node.elt], self.within(node.generators, names))
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return self.several(parts, names)
            case ast.BoolOp(values=parts):
                return max((self.holds(each, names) for each in parts), key=lambda each: each.value)
            case ast.IfExp(body=one, orelse=other):
                return max(self.holds(one, names), self.holds(other, names), key=lambda each: each.value)
            case ast.Starred(value=inner) | ast.NamedExpr(value=inner):
                return self.holds(inner, names)
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in KEEPS:
                return self.holds(inner, names)
            case ast.Call(func=func, args=[inner, *_]) if ast.unparse(func) in KEEPS:
                return self.holds(inner, names)
        return Kept.NONE

    def several(self, parts: list[ast.expr], names: Names) -> Kept:
        """What a list of some parts holds."""
        return Kept.SEVERAL if any(self.holds(each, names) is not Kept.NONE for each in parts) else Kept.NONE

    def within(self, generators: list[ast.comprehension], names: Names) -> Names:
        """What the names inside a comprehension hold."""
        for each in generators:
            names = self.each_bound(each.target, each.iter, names)
        return names

    def each_bound(self, target: ast.expr, value: ast.expr, names: Names) -> Names:
        """What names hold when some are bound to each part of a value."""
        one = Kept.ONE if self.holds(value, names) is Kept.SEVERAL else Kept.NONE
        return names | {each.id: one for each in ast.walk(target) if isinstance(each, ast.Name)}

    def bound(self, target: ast.expr, value: ast.expr, names: Names) -> Names:
        """What names hold when some are bound to a value."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                names = self.bound(one, other, names)
            return names
        kept = self.holds(value, names)
        return names | {each.id: kept for each in ast.walk(target) if isinstance(each, ast.Name)}

    def look(self, node: ast.AST, names: Names) -> Names:
        """Look through a node, and say what the names after it hold."""
        if self.is_taken_apart(node, names):
            self.found.append(ast.unparse(node))
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self.inside([*ast.iter_child_nodes(node)], {})
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                self.inside([*ast.iter_child_nodes(node)], self.within(node.generators, names))
            case ast.For(target=target, iter=value):
                self.look(value, names)
                self.inside([*node.body, *node.orelse], self.each_bound(target, value, names))
            case ast.Assign(targets=[target], value=value) | ast.NamedExpr(target=target, value=value):
                self.look(value, names)
                return self.bound(target, value, names)
            case _:
                return self.inside([*ast.iter_child_nodes(node)], names)
        return names

    def inside(self, nodes: list[ast.AST] | list[ast.stmt], names: Names) -> Names:
        """Look through nodes in their order."""
        for each in nodes:
            names = self.look(each, names)
        return names

    def is_taken_apart(self, node: ast.AST, names: Names) -> bool:
        """Whether a node takes a finished text apart, or searches one."""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in TAKES_APART:
                return self.holds(inner, names) is Kept.ONE
            case ast.Call(func=ast.Attribute(attr=name), args=given) if name in SEARCHES:
                return any(self.holds(each, names) is Kept.ONE for each in given)
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[inner]):
                return self.holds(inner, names) is Kept.ONE
        return False


def taken_apart(source: str) -> list[str]:
    """Where a module takes finished texts apart."""
    looked = Finished()
    if ANY.search(source):
        looked.look(ast.parse(source), {})
    return looked.found


def test_nothing_takes_a_finished_text_apart() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {each}"
        for wing in WINGS
        for path in sorted((ROOT / wing).rglob("*.py"))
        for each in taken_apart(path.read_text("utf-8"))
    }
    assert found == OPEN.keys()


@pytest.mark.parametrize(
    "source",
    [
        "own = about in reason.question",
        "about, question = reason.label, reason.question\nown = about in question",
        "asked = [each.provision for each in reasons]\n{one for each in asked for one in each.split('; ')}",
        "law = tuple(each for each in cited if each.text in line.provision)",
        "self.description.partition('. ')[0]",
        "what = term.meaning.lower()\nif what.startswith('om '): pass",
        "for each in [line.text for line in lines]:\n    found = NUMBER.search(each)",
    ],
)
def test_what_is_taken_apart_is_seen(source: str) -> None:
    assert taken_apart(source)


@pytest.mark.parametrize(
    "source",
    [
        "known = [each.question for each in given]\nnew = reason.question in known",
        "for each in titles:\n    each.split()",
        "same = reason.question == question",
    ],
)
def test_what_is_not_is_let_be(source: str) -> None:
    assert not taken_apart(source)
