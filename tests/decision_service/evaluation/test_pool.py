"""Children crash, hang and are killed; the service stays up, and no case gets another's answer."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from decision_service import evaluation
from decision_service.application.outcome import Outcome
from decision_service.casework.examine import ATTEMPTS
from decision_service.evaluation import CrashError, Evaluators
from decision_service.log import releases
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationState
from tests.decision_service.evaluation import counting
from tests.decision_service.evaluation.quick import pid_only
from tests.decision_service.evaluation.serving import serve
from tests.world.cases import raw
from tests.world.law import book
from tests.world.office import World, new_world
from tests.world.people import NOVEMBER, application


@pytest.fixture(scope="module")
def marked() -> Iterator[Evaluators]:
    found = Evaluators(releases.files_of(book()), 1, patience=15, serve=serve)
    found.start()
    yield found
    found.close()


def named(name: str, amount: int = 6200) -> bytes:
    case = raw("ensam-bifall")
    case["people"][0]["first_name"] = name
    case["application"]["costs"][0]["appliedAmount"] = amount
    return json.dumps(case).encode()


def test_decides_as_in_the_process_itself(marked: Evaluators) -> None:
    from decision_service.evaluation.child import Worker

    case = named("Alma")
    found = marked.assess(case)
    _, (members, _) = Worker(book()).answer(("assess", case, {}))
    assert found.members == members
    assert found.findings == found.assessment.findings


def test_a_segmentation_fault_costs_a_child_and_no_more(marked: Evaluators) -> None:
    before = marked.crashes
    # What reads memory that is not its own is stopped by the kernel, or by the allocator that notices first.
    with pytest.raises(CrashError, match=f"kod ({-signal.SIGSEGV}|{-signal.SIGABRT}|{-signal.SIGBUS})"):
        marked.assess(named("Krasch"))
    assert marked.crashes == before + 1
    assert marked.assess(named("Alma")).assessment.outcome is Outcome.GRANTED


def test_a_failure_within_costs_nothing(marked: Evaluators) -> None:
    before = marked.crashes
    with pytest.raises(CrashError, match=r"^Prövningen misslyckades: \w+ \([\w.]+, rad [0-9]+\)$"):
        marked.assess(named("Fel"))
    assert marked.crashes == before


def test_what_is_no_case_file(marked: Evaluators) -> None:
    for content in (b"{}", b'{"people": []}'):
        with pytest.raises(InputError):
            marked.assess(content)


def test_explanations(marked: Evaluators) -> None:
    case = named("Alma")
    rules = marked.why(case, {}).rules
    assert len(rules) > 50
    found = {each.outcome for each in marked.changes(case, {"outcome": "DELAVSLAG"}).changes}
    assert found == {Outcome.GRANTED_IN_PART}
    assert marked.why_not(case, {"rule": "uppgifter.stickprov"}).rules


@pytest.mark.slow
def test_hangs() -> None:
    pool = Evaluators(releases.files_of(book()), 1, patience=300, serve=serve)
    try:
        assert pool.assess(named("Alma"))
        with pytest.raises(CrashError, match="inte klar på 2 sekunder"):
            pool.ask("assess", named("Häng"), {}, patience=2)
        assert pool.assess(named("Alma")).assessment.outcome is Outcome.GRANTED
    finally:
        pool.close()


def test_what_counts_for_too_long_is_ended_and_what_only_waits_is_not() -> None:
    pool = Evaluators({}, 1, serve=counting.serve)
    assert pool.ask("wait", b"", {}) == "wait"
    with pytest.raises(CrashError, match="räknade så länge som den får"):
        pool.ask("count", b"", {})
    assert pool.ask("wait", b"", {}) == "wait"
    pool.close()


def test_whoever_waits_may_give_up() -> None:
    pool = Evaluators({}, 1, serve=counting.serve)

    def give_up() -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError):
        pool.ask("never", b"", {}, patience=60, meanwhile=give_up)
    assert pool.ask("wait", b"", {}) == "wait"
    pool.close()


def test_killed_from_outside() -> None:
    pool = Evaluators({}, 2, serve=pid_only)
    seen = set()
    for _ in range(3):
        pid = pool.ask("why", b"{}", {})["pid"]
        assert pid not in seen
        seen.add(pid)
        os.kill(pid, signal.SIGKILL)
        # Whether the death is noticed before the next case or by it, the one after has a new child.
        try:
            assert pool.ask("why", b"{}", {})["pid"] not in seen
        except CrashError:
            continue
    pool.close()


def test_children_are_forked_from_what_has_imported_the_program_and_does_nothing_else() -> None:
    pool = Evaluators({}, 1, serve=pid_only)
    found = pool.ask("why", b"{}", {})
    assert found["imported"]
    assert psutil.Process(found["of"]).num_threads() == 1
    pool.close()


@pytest.mark.slow
def test_what_children_are_forked_from_is_killed() -> None:
    """The child it had begun ends or goes on, which is the same to the case after."""
    pool = Evaluators({}, 1, serve=pid_only)
    first = pool.ask("why", b"{}", {})
    os.kill(first["of"], signal.SIGKILL)
    within_seconds(lambda: has_ended(first["of"]))
    with suppress(CrashError):
        pool.ask("why", b"{}", {})
    second = pool.ask("why", b"{}", {})
    assert second["of"] != first["of"]
    pool.close()
    within_seconds(lambda: has_ended(first["pid"]) and has_ended(second["pid"]))


@pytest.mark.slow
def test_a_folder_for_passing_files_that_is_too_deep_to_be_found_in(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(deep)}
    script = tmp_path / "parent.py"
    script.write_text(ASKING)
    asked = [sys.executable, str(script)]
    found = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=120)
    assert (found.returncode, found.stdout[:6]) == (0, "{'pid'"), found.stderr


@pytest.mark.slow
def test_another_program_in_the_folder_where_the_service_was_started(tmp_path: Path) -> None:
    """What children are forked from finds that one first: no child decides by another than its parent."""
    elsewhere = tmp_path / "decision_service"
    shutil.copytree(Path(evaluation.__file__).parents[1], elsewhere)
    script = tmp_path / "apart" / "parent.py"
    script.parent.mkdir()
    script.write_text(ASKING)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    asked = [sys.executable, str(script)]
    found = subprocess.run(asked, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert (found.returncode, found.stdout) == (0, "Prövningens process dog (kod 1).\n")
    assert "starta tjänsten i en annan mapp" in found.stderr


def test_two_who_start_the_children_at_once_wait_for_nobody() -> None:
    """Whoever publishes and the watcher do: each must not hold what the other waits for."""
    pool = Evaluators({}, 2, serve=pid_only)
    both = [threading.Thread(target=pool.start, daemon=True) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert [each.is_alive() for each in both] == [False, False]
    assert pool._free.qsize() == 2
    pool.close()


@pytest.mark.slow
def test_many_threads_share_few_children_and_get_their_own_answers(marked: Evaluators) -> None:
    """One child, eight threads, every fifth case a crash: each answer is that of its own case."""

    def ask(number: int) -> tuple[int, Any]:
        if number % 8 == 5:
            with pytest.raises(CrashError):
                marked.assess(named("Krasch"))
            return number, None
        return number, marked.assess(named("Alma", 5000 + number)).assessment.calculation.granted

    alone = marked.assess(named("Alma", 5000)).assessment.calculation.granted
    with ThreadPoolExecutor(8) as threads:
        for number, granted in threads.map(ask, range(24)):
            if granted is not None:
                assert granted == alone + 100 * number


def test_an_interrupted_thread_leaves_no_answer_for_the_next() -> None:
    """The answer of a case whose thread was interrupted is thrown away with its child."""
    pool = Evaluators({}, 1, serve=pid_only)
    first = pool.ask("why", b"{}", {})["pid"]
    (only,) = list(pool._free.queue)
    assert only is not None

    def interrupted(seconds: float) -> bool:
        raise KeyboardInterrupt

    only.connection.poll = interrupted  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        pool.ask("why", b"{}", {})
    assert pool.ask("why", b"{}", {})["pid"] != first
    pool.close()


def test_closed() -> None:
    pool = Evaluators({}, 2, serve=pid_only)
    pool.start()
    pids = {pool.ask("why", b"{}", {})["pid"]}
    pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    done = threading.Event()

    def late() -> None:
        with pytest.raises(CrashError, match="stängas"):
            pool.ask("why", b"{}", {})
        done.set()

    thread = threading.Thread(target=late)
    thread.start()
    thread.join(30)
    assert done.is_set()


PARENT = """
import sys, time
from decision_service.evaluation import Evaluators
from tests.decision_service.evaluation.quick import pid_only
if __name__ == "__main__":
    pool = Evaluators({}, 2, serve=pid_only)
    pool.start()
    for child in pool._free.queue:
        print(child.process.pid, flush=True)
    time.sleep(600)
"""


ASKING = """
from decision_service.evaluation import CrashError, Evaluators
from tests.decision_service.evaluation.quick import pid_only
if __name__ == "__main__":
    try:
        print(Evaluators({}, 1, serve=pid_only).ask("why", b"{}", {}))
    except CrashError as error:
        print(error)
"""


@pytest.mark.slow
def test_children_end_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
        assert parent.stdout.read() == ""  # ends when the last process that could write has ended
    within_seconds(lambda: all(map(has_ended, pids)))  # a process lets go of its files before it has ended


def within_seconds(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


@pytest.mark.slow
def test_a_poisonous_case_ends_with_a_person(filled_url: Any, tmp_path: Path, marked: Evaluators) -> None:
    world: World = new_world(filled_url, tmp_path, marked)
    poison = application(1, NOVEMBER)
    poison["people"][0]["first_name"] = "Krasch"
    found = world.receive(poison)
    for _ in range(ATTEMPTS - 1):
        assert world.examine(found) == ApplicationState.RECEIVED
        assert world.row(found).next_run_at == world.clock.now
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["PRÖVNING_AVBRÖTS"]
    assert world.trail(found) == [("application_received", None), ("handed_over", "evaluation_failed")]
    sound = world.apply(application(2, NOVEMBER))
    assert "NY_ANSÖKAN" in world.reasons(sound)
    world.whole()
    world.engine.dispose()
