"""Every hazard of durable-rules that was met: the library doing it, and our layer unharmed.

The library is shown in child processes only: what it does wrong may harm the process it does it in.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import durable_rules_engine as native
import pytest

import norms.load
from rules.engines.durable.engine import DurableEngine
from rules.engines.durable.native import MOST_PROPERTIES, NativeError, Ruleset, rule
from rules.engines.durable.patterns import Properties
from rules.evaluation import Engines
from rules.facts import Entity, FactError, Facts
from rules.language import tree
from tests.rules.generated import VOCABULARY, build_rules, law_of

pytestmark = pytest.mark.slow

NORMS = norms.load.load()


def in_child(code: str, seconds: int = 20, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with more in its environment."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def library(code: str) -> str:
    """What code prints that uses the bare library; ``quiet`` makes a ruleset without host and threads."""
    prelude = """
        from durable.engine import MessageNotHandledException, MessageObservedException, Ruleset
        def quiet(pattern, action=lambda c: None):
            return Ruleset("x", None, {"r": {"all": [{"m": pattern}], "run": action}})
        import os
    """
    ending = "\nimport sys; sys.stdout.flush(); os._exit(0)"
    return in_child(textwrap.dedent(prelude) + textwrap.dedent(code) + ending).stdout.strip()


# --- a session in which nothing was handled


def test_library_crashes_when_a_session_without_a_handled_fact_is_deleted() -> None:
    """It reads memory that it has given back, which the C library here fills with nonsense."""
    done = in_child(
        """
        from durable.engine import MessageNotHandledException, Ruleset
        ruleset = Ruleset("x", None, {"r": {"all": [{"m": {"a": 1}}], "run": lambda c: None}})
        try:
            ruleset.assert_fact({"id": 1, "sid": "1", "b": 1})
        except MessageNotHandledException:
            ruleset.delete_state("1")
    """,
        MALLOC_PERTURB_="165",
    )
    assert done.returncode == -signal.SIGSEGV


def test_a_case_in_which_nothing_matches_is_only_a_case_without_firings() -> None:
    done = in_child("""
        from rules.engines.durable.native import Ruleset, rule
        ruleset = Ruleset({"r": rule("a", {"x": 1})})
        assert ruleset.firings([{"id": "0", "k": "b"}]) == []
        assert ruleset.firings([]) == []
        print("alive")
    """)
    assert done.stdout == "alive\n"


# --- one unmatched fact in a batch


def test_library_drops_a_whole_batch_for_one_unmatched_fact() -> None:
    assert (
        library("""
        fired = []
        ruleset = quiet({"a": 1}, lambda c: fired.append(c.m.a))
        try:
            ruleset.assert_facts([{"id": 1, "sid": 1, "a": 1}, {"id": 2, "sid": 1, "b": 1}])
        except MessageNotHandledException:
            print("raised", fired)
    """)
        == "raised []"
    )


def test_facts_that_match_fire_beside_facts_that_do_not() -> None:
    ruleset = Ruleset({"r": rule("a", {"x": 1})})
    facts = [{"id": "0", "k": "a", "x": 1}, {"id": "1", "k": "b"}, {"id": "2", "k": "a", "x": 1}]
    assert sorted(ruleset.firings(facts)) == [("r", "0"), ("r", "2")]


# --- sessions that are not deleted


def test_library_runs_out_of_memory_after_a_thousand_sessions_that_are_not_deleted() -> None:
    done = in_child("""
        import json, durable_rules_engine as native
        handle = native.create_ruleset("x", json.dumps({"r": {"all": [{"m": {"a": 1}}]}}))
        try:
            for number in range(2_000):
                code, state = native.assert_fact(handle, json.dumps({"id": "1", "sid": str(number), "a": 1}))
                native.start_action_for_state(handle, state)
                native.complete_and_start_action(handle, state)
        except MemoryError:
            print(number)
    """)
    assert 0 < int(done.stdout) < 2_000


def test_memory_is_flat_over_fifty_thousand_evaluations() -> None:
    done = in_child(
        """
        from rules.engines.durable.native import Ruleset, rule
        ruleset = Ruleset({"r": rule("a", {"x": 1})})
        def resident():
            return int(open("/proc/self/statm").read().split()[1]) * 4
        def run(times):
            for _ in range(times):
                ruleset.firings([{"id": "0", "k": "a", "x": 1}])
        run(5_000)
        before = resident()
        run(50_000)
        print(resident() - before)
        """,
        seconds=120,
    )
    assert int(done.stdout) < 20_000  # KiB


def test_a_thousand_questions_beside_each_other_and_after_each_other_use_few_sessions() -> None:
    ruleset = Ruleset({"r": rule("a", {"reused": 1})})
    for _ in range(1_500):
        assert ruleset.firings([{"id": "0", "k": "a", "reused": 1}]) == [("r", "0")]
    assert len(ruleset._empty) == 1
    assert json.loads(native.get_facts(ruleset._handle, ruleset._empty[0])) == []


def test_a_question_sees_nothing_of_the_one_before() -> None:
    ruleset = Ruleset({"r": rule("a", {"seen": 1}), "q": rule("a", {"seen": 2})})
    one, other = ({"id": "0", "k": "a", "seen": number} for number in (1, 2))
    for _ in range(3):
        assert ruleset.firings([one, {**other, "id": "1"}]) == [("q", "1"), ("r", "0")]
        assert ruleset.firings([]) == []
        assert ruleset.firings([other]) == [("q", "0")]


def test_a_fact_that_the_library_did_not_retract_is_seen_and_its_session_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ruleset = Ruleset({"r": rule("a", {"left": 1})})
    question = [{"id": "0", "k": "a", "left": 1}]
    with monkeypatch.context() as patched:
        patched.setattr(native, "retract_fact", lambda handle, fact: (0, 0))
        ruleset.firings(question)
    with pytest.raises(NativeError, match="answered with code"):
        ruleset.firings(question)
    assert ruleset.firings(question) == [("r", "0")]


# --- errors that are swallowed


def test_library_swallows_an_exception_in_an_action() -> None:
    assert (
        library("""
        def action(c):
            raise ValueError("lost")
        ruleset = quiet({"a": 1}, action)
        state = ruleset.assert_fact({"id": 1, "sid": 1, "a": 1})
        ruleset.do_actions(state, lambda error, state: print(error, "lost" in state["exception"]))
    """)
        == "None True"
    )


def test_an_error_in_what_a_rule_computes_is_raised() -> None:
    law = law_of(build_rules([_norm_rule()], NORMS), NORMS)
    engine = DurableEngine(law)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    [effects] = engine._effects.values()
    [(section, _, _)] = effects.lines
    vars(effects)["lines"] = ((section, broken, None),)
    with pytest.raises(ZeroDivisionError):
        engine.evaluate(Facts((Entity("hus", "hus", {"hus.b": True}),)))


def test_library_starts_threads_of_its_own_and_we_start_none() -> None:
    before = {*threading.enumerate()}
    Ruleset({"r": rule("a", {"thread": 1})}).firings([{"id": "0", "k": "a", "thread": 1}])
    assert {*threading.enumerate()} <= before
    done = in_child("""
        import threading
        from durable.engine import Host
        Host({"t": {"r": {"all": [{"m": {"a": 1}}], "run": lambda c: None}}})
        print(threading.active_count())
    """)
    assert int(done.stdout) > 1


def test_a_lost_answer_is_not_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "start_action_for_state", lambda handle, state: None)
    with pytest.raises(NativeError, match="not whole"):
        Ruleset({"r": rule("a", {"lost": 1})}).firings([{"id": "0", "k": "a", "lost": 1}])


def test_a_failing_library_is_a_difference_between_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    law = law_of(build_rules([{**_norm_rule(), "när": "hus.b"}], NORMS), NORMS)
    engines = Engines(law)
    monkeypatch.setattr(native, "start_action_for_state", lambda handle, state: None)
    agreed = engines.evaluate(Facts((Entity("hus", "hus", {"hus.b": True}),)))
    assert agreed.differences == ("durable-rules: The opening fact did not fire: the answer is not whole.",)


# --- not handled, already observed


def test_library_raises_when_no_rule_matches() -> None:
    assert (
        library("""
        try:
            quiet({"a": 1}).assert_fact({"id": 1, "sid": 1, "b": 1})
        except MessageNotHandledException:
            print("raised")
    """)
        == "raised"
    )


def test_library_takes_twins_without_ids_for_one() -> None:
    assert (
        library("""
        ruleset = quiet({"age": 8})
        ruleset.assert_fact({"sid": 1, "age": 8})
        try:
            ruleset.assert_fact({"sid": 1, "age": 8})
        except MessageObservedException:
            print("raised")
    """)
        == "raised"
    )


def test_twins_are_two() -> None:
    entry = {**_norm_rule(), "för varje": "vux", "när": "vux.å = 8"}
    law = law_of(build_rules([entry], NORMS), NORMS)
    twins = Facts(tuple(Entity("vux", name, {"vux.å": 8}) for name in ("a", "b")))
    outcome = DurableEngine(law).evaluate(twins)
    assert {line.subject for line in outcome.lines} == {"a", "b"}


def test_a_fact_given_twice_is_refused_before_the_library_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleting a session that has been given a fact twice corrupts the library's memory."""
    ruleset = Ruleset({"r": rule("a", {"twice": 1})})
    monkeypatch.setattr(native, "assert_fact", pytest.fail)
    with pytest.raises(NativeError, match="given twice"):
        ruleset.firings([{"id": "0", "k": "a", "twice": 1}, {"id": "0", "k": "a", "twice": 1}])


# --- values that the library misreads


def test_library_says_that_text_is_greater_than_a_number() -> None:
    assert (
        library("""
        ruleset = quiet({"$gt": {"a": 100}}, lambda c: print("fired"))
        ruleset.do_actions(ruleset.assert_fact({"id": 1, "sid": 1, "a": "abc"}), lambda error, state: None)
    """)
        == "fired"
    )


@pytest.mark.parametrize("value", ["decimal.Decimal('1.5')", "datetime.date(2026, 9, 1)"])
def test_library_refuses_decimals_and_days(value: str) -> None:
    assert (
        library(f"""
        import datetime, decimal
        try:
            quiet({{"a": 1}}).assert_fact({{"id": 1, "sid": 1, "a": {value}}})
        except TypeError:
            print("raised")
    """)
        == "raised"
    )


def test_library_does_not_survive_an_exponent() -> None:
    done = in_child("""
        import json, durable_rules_engine as native
        handle = native.create_ruleset("x", json.dumps({"r": {"all": [{"m": {"a": 1}}]}}))
        print(native.assert_fact(handle, '{"id": "1", "sid": "1", "a": 1e+22}'))
    """)
    assert done.returncode != 0


@pytest.mark.parametrize("value", ["abc", 1.5, True, Decimal(1), 2**60, None])
def test_only_values_of_the_declared_type_are_facts(value: Any) -> None:
    with pytest.raises(FactError):
        Facts((Entity("hus", "hus", {"hus.k": value}),)).check(VOCABULARY)


# --- absence


def test_library_lets_an_absence_rule_fire_before_the_other_fact_comes() -> None:
    assert (
        library("""
        definition = {"r": {"all": [{"m_0": {"k": "sick"}}, {"m_1$not": {"k": "certificate"}}],
                            "run": lambda c: print("fired")}}
        ruleset = Ruleset("x", None, definition)
        ruleset.do_actions(ruleset.assert_fact({"id": 1, "sid": 1, "k": "sick"}), lambda error, state: None)
    """)
        == "fired"
    )


@pytest.mark.slow
def test_library_never_ends_with_a_rule_of_bare_absence() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        in_child(
            """
            from durable.lang import assert_fact, m, ruleset, when_all
            with ruleset("absent"):
                @when_all(-m.certificate)
                def fire(c):
                    c.assert_fact({"n": 1})
            assert_fact("absent", {"k": 1})
            """,
            seconds=3,
        )


def test_nothing_is_compiled_to_absence() -> None:
    properties = Properties(law_of((), NORMS))
    fields = VOCABULARY.terms
    term = tree.TermUsed("vux", "b", fields["vux.b"].type, "vux.b")
    inner = tree.Collect(tree.Fold.EXISTS, "ink", None, None, None, term.type, "finns(ink)")
    for node in (term, inner, tree.Not(tree.And((term, inner), term.type, ""), term.type, "")):
        for holds in (True, False):
            text = json.dumps(properties.pattern(node, holds))
            assert "$nex" not in text
            assert "$not" not in text


# --- size, chains, names, threads


def test_library_does_not_survive_a_fact_with_too_many_properties() -> None:
    done = in_child("""
        import json, durable_rules_engine as native
        handle = native.create_ruleset("x", json.dumps({"r": {"all": [{"m": {"p0": 1}}]}}))
        fact = {"id": "1", "sid": "1", **{f"p{number}": 1 for number in range(300)}}
        native.assert_fact(handle, json.dumps(fact))
    """)
    assert done.returncode != 0


def test_a_fact_with_too_many_properties_is_told_before_the_library_sees_it() -> None:
    ruleset = Ruleset({"r": rule("a", {"p0": 1})})
    with pytest.raises(NativeError, match="more than 250 properties"):
        ruleset.firings([{"id": "0", "k": "a", **{f"p{number}": 1 for number in range(MOST_PROPERTIES)}}])


def test_library_goes_on_until_it_breaks_when_a_stage_feeds_itself() -> None:
    done = in_child(
        """
        from durable.lang import assert_fact, m, ruleset, when_all
        with ruleset("chain"):
            @when_all(m.n >= 0)
            def again(c):
                c.assert_fact({"n": c.m.n + 1})
                if c.m.n > 20_000:
                    print("still going", flush=True)
                    import os; os._exit(0)
        assert_fact("chain", {"n": 0})
        """
    )
    assert done.stdout == "still going\n"


def test_library_cannot_declare_a_name_twice() -> None:
    done = in_child("""
        from durable.engine import Host
        host = Host({"x": {"r": {"all": [{"m": {"a": 1}}], "run": lambda c: None}}})
        host.register_rulesets({"x": {"r": {"all": [{"m": {"b": 1}}], "run": lambda c: None}}})
    """)
    assert "already registered" in done.stderr


def test_a_changed_ruleset_is_another_ruleset_and_an_equal_one_is_shared() -> None:
    one = Ruleset({"r": rule("a", {"changed": 1})})
    two = Ruleset({"r": rule("a", {"changed": 2})})
    three = Ruleset({"r": rule("a", {"changed": 1})})
    assert one.firings([{"id": "0", "k": "a", "changed": 1}]) == [("r", "0")]
    assert two.firings([{"id": "0", "k": "a", "changed": 1}]) == []
    assert one._handle is three._handle


def test_eight_threads_get_the_answers_of_one() -> None:
    entry = {**_norm_rule(), "för varje": "vux", "när": "vux.å >= 8"}
    engine = DurableEngine(law_of(build_rules([entry], NORMS), NORMS))

    def count(number: int) -> bool:
        adults = [Entity("vux", f"v{age}", {"vux.å": age}) for age in range(number % 16)]
        return len(engine.evaluate(Facts(tuple(adults))).lines) == max(0, number % 16 - 8)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(count, range(1500)))


def _norm_rule() -> dict[str, Any]:
    return {
        "id": "prov.r",
        "rubrik": "prov",
        "steg": "norm",
        "lagrum": ["PL 1 §"],
        "gäller": {"från": "2011-01"},
        "ger": {"normpost": {"del": "personlig", "belopp": "100 kr"}},
        "motivering": {"sv": "prov"},
    }
