"""From syntax to a checked tree: names are resolved, types and units agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from lark import Token, Tree

from norms.nearest import hint
from norms.table import SeriesType
from rules.language import tree, types
from rules.language.notion import TYPES, Notion, NotionKind
from rules.language.parser import Syntax, SyntaxProblemError, parse
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.types import KRONOR, PLAIN, YES_NO, Base, Misfit, Type, agree, number
from rules.language.vocabulary import Vocabulary
from rules.wording.diagnostic import Diagnostic
from rules.wording.mixed_and_or import MIXED_AND_OR
from rules.wording.syntax import SYNTAX
from rules.wording.unbound import UNBOUND
from rules.wording.unknown_choice import UNKNOWN_CHOICE
from rules.wording.unknown_kind import UNKNOWN_KIND
from rules.wording.unknown_series import UNKNOWN_SERIES
from rules.wording.unknown_term import UNKNOWN_TERM
from rules.wording.unrounded import UNROUNDED
from rules.wording.wrong_keys import WRONG_KEYS
from rules.wording.wrong_notion import WRONG_NOTION
from rules.wording.wrong_type import WRONG_TYPE
from rules.wording.wrong_unit import WRONG_UNIT

LARGEST = 20_000
"""No expression has more parts than this, notions written out: nobody could read it."""

STEPS = 8
"""A notion may rest on others, and they on others, in so many steps."""


class Problem(NamedTuple):
    """What is wrong in an expression: the diagnostic and the values of its message."""

    diagnostic: Diagnostic
    values: Mapping[str, object]


class _Beside(NamedTuple):
    """What an expression is held against: its type, and its text where it has one."""

    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class CheckerScope:
    """What an expression may read: the rule's subject, and the member inside a question to all.

    ``notions`` are the names that stand for something longer, ``inside`` those whose meaning this is part of.
    """

    vocabulary: Vocabulary
    series: Mapping[str, SeriesType]
    subject: str | None
    member: str | None = None
    notions: Mapping[str, Notion] = field(default_factory=dict)
    inside: tuple[str, ...] = ()


def check(text: str, scope: CheckerScope, wanted: Type) -> tuple[Expression | None, list[Problem]]:
    """The checked tree of a text that must be of the wanted type, or None and what is wrong with it."""
    try:
        syntax = parse(text)
    except SyntaxProblemError as problem:
        shown = _excerpt(text, problem.position)
        return None, [Problem(SYNTAX, {"text": shown, "found": problem.found, "expected": problem.expected})]
    checker = _Checker(text, [])
    node = checker.wanted(syntax, scope, wanted)
    if node is not None and tree.size(node) > LARGEST:
        expected = f"Med begreppen utskrivna blir det fler än {LARGEST} delar. Dela upp det."
        checker.report(SYNTAX, text=_excerpt(text, 0), found="för mycket", expected=expected)
    return (None if checker.problems else node), checker.problems


@dataclass(frozen=True, slots=True)
class _Checker:
    text: str
    problems: list[Problem]

    def wanted(self, syntax: Syntax, scope: CheckerScope, wanted: Type) -> Expression | None:
        """An expression that must have a given type; a number must be whole, unless it is a share."""
        node = self.expression(syntax, scope, _Beside(wanted, ""))
        if node is None or not self.fits(node, wanted):
            return None
        if node.type.fraction and not wanted.fraction:
            return self.unrounded(node)
        return node

    def unrounded(self, node: Expression) -> Expression | None:
        advice = (
            "Skriv hur det avrundas: öre(…) eller krona(…)."
            if node.type.unit == KRONOR
            else "Här behövs ett helt tal. Bara belopp i kronor kan avrundas."
        )
        return self.report(UNROUNDED, text=node.text, advice=advice)

    def fits(self, node: Expression, wanted: Type) -> bool:
        found = node.type
        if found.base is not wanted.base:
            self.report(WRONG_TYPE, text=node.text, found=found, wanted=wanted)
            return False
        if found.base is Base.NUMBER and not agree(found, wanted):
            problem = f"är {found}, men här behövs {wanted}"
            self.report(WRONG_UNIT, text=node.text, problem=problem, advice=_unit_advice(found, wanted))
            return False
        if found.base is Base.CHOICE and found.choices != wanted.choices:
            self.report(WRONG_TYPE, text=node.text, found=found, wanted=wanted)
            return False
        return True

    def report(self, diagnostic: Diagnostic, **values: object) -> Expression | None:
        """Note a problem. Returns None, so that the caller can return it as its missing tree."""
        self.problems.append(Problem(diagnostic, values))
        return None

    def source(self, syntax: Syntax) -> str:
        if isinstance(syntax, Token):
            return str(syntax)
        return " ".join(self.text[syntax.meta.start_pos : syntax.meta.end_pos].split())

    def expression(
        self, syntax: Syntax, scope: CheckerScope, beside: _Beside | None = None
    ) -> Expression | None:
        """Any expression. ``beside`` is what it is held against: it tells what a bare word is a choice of."""
        assert isinstance(syntax, Tree)
        return _FORMS[str(syntax.data)](self, syntax, scope, beside)

    # --- logic

    def or_(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        if any(isinstance(part, Tree) and part.data == "and_" for part in syntax.children):
            return self.report(MIXED_AND_OR, text=self.source(syntax))
        parts = self.parts(syntax, scope)
        return None if parts is None else tree.Or(parts, YES_NO, self.source(syntax))

    def and_(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        parts = self.parts(syntax, scope)
        return None if parts is None else tree.And(parts, YES_NO, self.source(syntax))

    def parts(self, syntax: Tree[Token], scope: CheckerScope) -> tuple[Expression, ...] | None:
        nodes = [self.wanted(part, scope, YES_NO) for part in syntax.children]
        found = tuple(node for node in nodes if node is not None)
        return found if len(found) == len(nodes) else None

    def negation(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        inner = self.wanted(syntax.children[0], scope, YES_NO)
        return inner and tree.Not(inner, YES_NO, self.source(syntax))

    def group(self, syntax: Tree[Token], scope: CheckerScope, beside: _Beside | None) -> Expression | None:
        return self.expression(syntax.children[0], scope, beside)

    def compare(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        left_syntax, sign, right_syntax = syntax.children
        left, right = self.pair(left_syntax, right_syntax, scope)
        if left is None or right is None:
            return None
        comparison = Comparison(_COMPARISONS.get(str(sign), str(sign)))
        text = self.source(syntax)
        if left.type.base is not right.type.base:
            return self.report(WRONG_TYPE, text=right.text, found=right.type, wanted=left.type)
        if left.type.base is Base.NUMBER and not agree(left.type, right.type):
            return self.wrong_unit(text, left.type, right.type)
        if _share_beside_bare_number(left, right) or _share_beside_bare_number(right, left):
            advice = " Skriv % efter talet, till exempel 25 %."
            return self.report(WRONG_UNIT, text=text, problem="ställer procent mot antal", advice=advice)
        if left.type.base is Base.CHOICE and left.type.choices != right.type.choices:
            return self.report(WRONG_TYPE, text=right.text, found=right.type, wanted=left.type)
        if left.type.base is Base.TEXT:
            return self.report(
                WRONG_TYPE,
                text=left.text,
                found=left.type,
                wanted="tal, val, ja/nej eller datum; text går bara att skriva ut",
            )
        ordered = left.type.base in (Base.NUMBER, Base.DAY)
        if not ordered and comparison not in (Comparison.EQ, Comparison.NE):
            return self.report(WRONG_TYPE, text=left.text, found=left.type, wanted="tal eller datum")
        return tree.Compare(comparison, left, right, YES_NO, text)

    def wrong_unit(self, text: str, left: Type, right: Type) -> Expression | None:
        problem = f"ställer {left} mot {right}, som inte har samma enhet"
        return self.report(WRONG_UNIT, text=text, problem=problem, advice=_unit_advice(left, right))

    def pair(
        self, left: Syntax, right: Syntax, scope: CheckerScope
    ) -> tuple[Expression | None, Expression | None]:
        """Two values beside each other: a bare word takes its list of choices from the other."""
        if _is_bare_word(left) and not _is_bare_word(right):
            second = self.expression(right, scope)
            if second is None:
                return None, None
            return self.expression(left, scope, _Beside(second.type, second.text)), second
        first = self.expression(left, scope)
        if first is None and _is_bare_word(right):
            return None, None
        beside = _Beside(first.type, first.text) if first is not None else None
        return first, self.expression(right, scope, beside)

    def one_of(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        inner = self.expression(syntax.children[0], scope)
        if inner is None:
            return None
        if inner.type.base is not Base.CHOICE:
            return self.report(WRONG_TYPE, text=inner.text, found=inner.type, wanted="val")
        words = tuple(str(word) for word in syntax.children[1:])
        for word in words:
            if word not in inner.type.choices:
                self.unknown_choice(word, _Beside(inner.type, inner.text))
        return tree.OneOf(inner, words, YES_NO, self.source(syntax))

    def one_of_list(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        inner = self.expression(syntax.children[0], scope)
        if inner is None:
            return None
        if inner.type.base is not Base.CHOICE:
            return self.report(WRONG_TYPE, text=inner.text, found=inner.type, wanted="val")
        name = str(syntax.children[1])
        notion = scope.notions.get(name)
        if notion is None or notion.kind is not NotionKind.LIST:
            lists = [each.name for each in scope.notions.values() if each.kind is NotionKind.LIST]
            problem = f"Det finns ingen lista som heter {name}.{hint(name, lists)}"
            return self.report(WRONG_NOTION, problem=problem)
        for word in notion.choices:
            if word not in inner.type.choices:
                self.unknown_choice(word, _Beside(inner.type, inner.text))
        return tree.OneOf(inner, notion.choices, YES_NO, self.source(syntax), name)

    # --- numbers

    def number(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        digits, unit = str(syntax.children[0]), syntax.children[1]
        text = self.source(syntax)
        # 10,000 kr is ten kronor by the rules of this language, and ten thousand to many who write it.
        if re.search(r",[0-9]{3}$", digits) and (unit == "kr" or digits.endswith("0")):
            expected = (
                "Tusental skrivs med mellanslag (10 000). Decimaler skrivs utan nollor sist, kronor med två."
            )
            return self.report(SYNTAX, text=text, found=f"”{digits}”", expected=expected)
        value = Fraction("".join(digits.split()).replace(",", "."))
        if unit is None:
            whole = value.denominator == 1
            return tree.Literal(_whole(value), number(PLAIN, any_unit=True, fraction=not whole), text)
        if unit in ("%", "procent"):
            return tree.Literal(_whole(value / 100), number(PLAIN, fraction=True), text)
        amount = value * types.scale(str(unit))
        return tree.Literal(
            _whole(amount), number(types.parse_unit(str(unit)), fraction=amount.denominator != 1), text
        )

    def minus(self, syntax: Tree[Token], scope: CheckerScope, beside: _Beside | None) -> Expression | None:
        inner = self.numeric(syntax.children[1], scope)
        if inner is None:
            return None
        if isinstance(inner, tree.Literal) and isinstance(inner.value, int | Fraction):
            return replace(inner, value=-inner.value, text=self.source(syntax))
        zero = tree.Literal(0, replace(inner.type, fraction=False), "0")
        return tree.Arithmetic(Operator.SUB, zero, inner, inner.type, self.source(syntax))

    def numeric(self, syntax: Syntax, scope: CheckerScope) -> Expression | None:
        node = self.expression(syntax, scope)
        if node is not None and node.type.base is not Base.NUMBER:
            return self.report(WRONG_TYPE, text=node.text, found=node.type, wanted="ett tal")
        return node

    def arithmetic(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        left = self.expression(syntax.children[0], scope)
        right = self.expression(syntax.children[2], scope)
        if left is None or right is None:
            return None
        sign = str(syntax.children[1])
        operator = Operator(_OPERATORS.get(sign, sign))
        text = self.source(syntax)
        type_ = _type_of(operator, left.type, right.type)
        if isinstance(type_, Type):
            return tree.Arithmetic(operator, left, right, type_, text)
        if type_ is Misfit.UNIT:
            return self.wrong_unit(text, left.type, right.type)
        odd = left if left.type.base is not Base.NUMBER else right
        return self.report(WRONG_TYPE, text=odd.text, found=odd.type, wanted="ett tal")

    def round(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        inner = self.numeric(syntax.children[1], scope)
        if inner is None:
            return None
        if inner.type.unit != KRONOR:
            problem = f"avrundar {inner.type}, men bara belopp i kronor kan avrundas"
            return self.report(WRONG_UNIT, text=self.source(syntax), problem=problem, advice="")
        rounding = Rounding(str(syntax.children[0]))
        return tree.Round(rounding, inner, number(KRONOR), self.source(syntax))

    def pick(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        nodes = [self.numeric(part, scope) for part in syntax.children[1:]]
        parts = tuple(node for node in nodes if node is not None)
        if len(parts) < len(nodes):
            return None
        type_ = parts[0].type
        for part in parts[1:]:
            joined = types.of_sum(type_, part.type)
            if not isinstance(joined, Type):
                return self.wrong_unit(self.source(syntax), type_, part.type)
            type_ = joined
        return tree.Pick(Extreme(str(syntax.children[0])), parts, type_, self.source(syntax))

    # --- names

    def name(self, syntax: Tree[Token], scope: CheckerScope, beside: _Beside | None) -> Expression | None:
        name = str(syntax.children[0])
        if name in ("ja", "nej"):
            return tree.Literal(name == "ja", YES_NO, name)
        if name.startswith("norm."):
            return self.norm(name, (), syntax, scope)
        if "." not in name and beside is not None and beside.type.base is Base.CHOICE:
            if name not in beside.type.choices:
                return self.unknown_choice(name, beside)
            return tree.Literal(name, beside.type, name)
        return self.term(name, scope)

    def unknown_choice(self, name: str, beside: _Beside) -> Expression | None:
        choices = beside.type.choices
        return self.report(
            UNKNOWN_CHOICE,
            name=name,
            term=f"”{beside.text}”" if beside.text else "termen",
            choices=", ".join(choices),
            nearest=hint(name, choices),
        )

    def term(self, name: str, scope: CheckerScope) -> Expression | None:
        declared = scope.vocabulary.terms.get(name)
        if declared is None and name in scope.notions:
            return self.notion(scope.notions[name], scope)
        if declared is None:
            known = (*scope.vocabulary.terms, *scope.notions)
            return self.report(UNKNOWN_TERM, name=name, nearest=hint(name, known))
        kind = scope.vocabulary.kinds[declared.kind]
        readable = scope.member if scope.member is not None else scope.subject
        if not kind.single and kind.name != readable:
            return self.report(UNBOUND, name=name, reason=_unbound_reason(kind.name, scope))
        return tree.TermUsed(declared.kind, declared.name, declared.type, name)

    def notion(self, notion: Notion, scope: CheckerScope) -> Expression | None:
        """What a notion means here: its own tree, under its name."""
        name = notion.name
        if notion.broken:
            return None
        if notion.kind is NotionKind.LIST:
            problem = f"{name} är en lista. Skriv ”i {name}” efter en term av typen val."
            return self.report(WRONG_NOTION, problem=problem)
        if name in scope.inside:
            problem = f"{name} betyder till slut sig självt: {' → '.join((*scope.inside, name))}."
            return self.report(WRONG_NOTION, problem=problem)
        if len(scope.inside) == STEPS:
            problem = f"{' → '.join(scope.inside)} → {name}: så många led kan ingen läsa. Högst {STEPS} går."
            return self.report(WRONG_NOTION, problem=problem)
        kind = scope.vocabulary.kinds[notion.about]
        readable = scope.member if scope.member is not None else scope.subject
        if not kind.single and kind.name != readable:
            return self.report(UNBOUND, name=name, reason=_unbound_reason(kind.name, scope))
        meaning = _Checker(notion.text, self.problems)
        within = replace(scope, inside=(*scope.inside, name))
        node = meaning.wanted(parse(notion.text), within, TYPES[notion.kind])
        # A term keeps its name: it is by that name that its value is read.
        return node if node is None or isinstance(node, tree.TermUsed) else replace(node, text=name)

    def lookup(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        return self.norm(str(syntax.children[0]), tuple(syntax.children[1:]), syntax, scope)

    def norm(
        self, name: str, keys: tuple[Syntax, ...], syntax: Tree[Token], scope: CheckerScope
    ) -> Expression | None:
        series = self.series(name, scope)
        if series is None:
            return None
        nodes = [self.numeric(key, scope) for key in keys]
        checked = tuple(node for node in nodes if node is not None)
        if len(checked) < len(nodes):
            return None
        if len(checked) != len(series.dimensions):
            wanted = _keys_text(dimension.name for dimension in series.dimensions)
            found = _keys_text(node.text for node in checked)
            decimals = any(isinstance(node, tree.Literal) and "," in node.text for node in checked)
            advice = " Skriv ett mellanslag efter kommat mellan två nycklar." if decimals else ""
            return self.report(WRONG_KEYS, name=name, wanted=wanted, found=found, advice=advice)
        for node, dimension in zip(checked, series.dimensions, strict=True):
            wanted_key = number(types.key_unit(dimension.unit))
            if not agree(node.type, wanted_key):
                problem = f"är {node.type}, men nyckeln {dimension.name} är {wanted_key}"
                return self.report(WRONG_UNIT, text=node.text, problem=problem, advice="")
            if node.type.fraction:
                return self.unrounded(node)
        percent = series.unit == "procent"
        type_ = number(types.parse_unit(series.unit), fraction=percent)
        return tree.Norm(series.name, checked, type_, self.source(syntax))

    def series(self, name: str, scope: CheckerScope) -> SeriesType | None:
        found = scope.series.get(name.removeprefix("norm.")) if name.startswith("norm.") else None
        if found is None:
            known = [f"norm.{series}" for series in scope.series]
            self.report(UNKNOWN_SERIES, name=name, nearest=hint(name, known))
        return found

    def given(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        series = self.series(str(syntax.children[0]), scope)
        return None if series is None else tree.NormGiven(series.name, YES_NO, self.source(syntax))

    # --- questions to all members of a kind

    def collect(self, syntax: Tree[Token], scope: CheckerScope, _: _Beside | None) -> Expression | None:
        fold, name, owner_token, where_syntax = syntax.children
        kind_name = str(name).split(".", maxsplit=1)[0]
        kind = scope.vocabulary.kinds.get(kind_name)
        if scope.member is not None:
            expected = "En fråga till alla (finns, alla, antal, summa) kan inte stå inuti en annan."
            return self.report(SYNTAX, text=self.source(syntax), found=f"”{fold}”", expected=expected)
        if kind is None or kind.single:
            several = [other.name for other in scope.vocabulary.kinds.values() if not other.single]
            return self.report(
                UNKNOWN_KIND, name=kind_name, kinds=", ".join(several), nearest=hint(kind_name, several)
            )
        inner = replace(scope, member=kind.name)
        owner = self.owner(owner_token, kind.name, kind.owners, scope)
        if owner_token is not None and owner is None:
            return None
        where = None
        if where_syntax is not None:
            where = self.wanted(where_syntax, inner, YES_NO)
            if where is None:
                return None
        return self.fold(Fold(str(fold)), syntax, inner, owner, where)

    def owner(
        self, token: Syntax | None, member: str, owners: tuple[str, ...], scope: CheckerScope
    ) -> str | None:
        if token is None:
            return None
        name = str(token)
        if name != scope.subject or name not in owners:
            belongs = f"hör till {' eller '.join(owners)}" if owners else "hör inte till någon"
            reason = f"{member} {belongs}, och {_about(scope)}. Ta bort ”för {name}” eller ändra ”för varje”."
            self.report(UNBOUND, name=f"för {name}", reason=reason)
            return None
        return name

    def fold(
        self,
        fold: Fold,
        syntax: Tree[Token],
        inner: CheckerScope,
        owner: str | None,
        where: Expression | None,
    ) -> Expression | None:
        name = str(syntax.children[1])
        text = self.source(syntax)
        kind = inner.member or ""
        if fold is Fold.SUM:
            value = self.term(name, inner)
            if value is None:
                return None
            if value.type.base is not Base.NUMBER:
                return self.report(WRONG_TYPE, text=name, found=value.type, wanted="ett tal")
            return tree.Collect(fold, kind, owner, value, where, value.type, text)
        if "." in name:
            return self.report(
                WRONG_TYPE, text=name, found="en term", wanted=f"ett slag, till exempel {kind}"
            )
        if fold is Fold.ALL and where is None:
            return self.report(
                SYNTAX, text=text, found="slutparentesen", expected="Väntade ”där” och ett villkor."
            )
        type_ = number(PLAIN) if fold is Fold.COUNT else YES_NO
        return tree.Collect(fold, kind, owner, None, where, type_, text)


_COMPARISONS = {"≤": "<=", "≥": ">=", "!=": "≠"}
_OPERATORS = {"·": "*", "−": "-"}


def _is_bare_word(syntax: Syntax) -> bool:
    return isinstance(syntax, Tree) and syntax.data == "name" and "." not in str(syntax.children[0])


def _excerpt(text: str, position: int) -> str:
    """The text, or of a long one what stands around the position."""
    start = max(0, position - _EXCERPT)
    end = position + _EXCERPT
    shown = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"


_EXCERPT = 60


def _unbound_reason(kind: str, scope: CheckerScope) -> str:
    """Why a term of a kind cannot be read, and what to write instead."""
    if scope.member is not None:
        return f"den sägs om {kind}, men frågan gäller {scope.member}."
    ask = f"Fråga alla, till exempel finns({kind} där …)"
    if scope.subject is not None:
        return f"den sägs om {kind}, men {_about(scope)}. {ask}."
    return f"den sägs om {kind}, men {_about(scope)}. {ask}, eller skriv ”för varje: {kind}”."


def _about(scope: CheckerScope) -> str:
    return f"regeln prövas för varje {scope.subject}" if scope.subject else "regeln prövas för hushållet"


def _keys_text(keys: Iterable[str]) -> str:
    text = ", ".join(keys)
    return f"med nyckeln [{text}]" if text else "utan nyckel"


def _unit_advice(left: Type, right: Type) -> str:
    """What to write where a number stands bare, or a day is counted with bare numbers."""
    if KRONOR in (left.unit, right.unit) and (left.any_unit or right.any_unit):
        return " Skriv kr efter talet, till exempel 500 kr."
    if Base.DAY in (left.base, right.base):
        return " Skriv dagar efter talet, till exempel 30 dagar."
    return ""


def _share_beside_bare_number(share: Expression, other: Expression) -> bool:
    """Whether a percentage is compared with a number without %: 50 would be read as 5 000 %."""
    percent = isinstance(share, tree.TermUsed | tree.Norm) and share.type.fraction
    return percent and isinstance(other, tree.Literal) and other.type.any_unit


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _type_of(operator: Operator, left: Type, right: Type) -> Type | Misfit:
    match operator:
        case Operator.ADD:
            return types.of_sum(left, right)
        case Operator.SUB:
            return types.of_difference(left, right)
        case Operator.MUL:
            return types.of_product(left, right)
        case Operator.DIV:
            return types.of_quotient(left, right)


_Form: TypeAlias = Callable[[_Checker, Tree[Token], CheckerScope, _Beside | None], Expression | None]
_FORMS: Mapping[str, _Form] = {
    "or_": _Checker.or_,
    "and_": _Checker.and_,
    "negation": _Checker.negation,
    "group": _Checker.group,
    "compare": _Checker.compare,
    "one_of": _Checker.one_of,
    "one_of_list": _Checker.one_of_list,
    "number": _Checker.number,
    "minus": _Checker.minus,
    "arithmetic": _Checker.arithmetic,
    "round": _Checker.round,
    "pick": _Checker.pick,
    "name": _Checker.name,
    "lookup": _Checker.lookup,
    "given": _Checker.given,
    "collect": _Checker.collect,
}
"""What each form of the grammar is checked by."""
