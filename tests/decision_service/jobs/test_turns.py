"""Turns are taken in the order that people came."""

from __future__ import annotations

import threading
import time

from decision_service.jobs import Turns


def test_of_those_that_wait_the_first_that_came_is_the_first_that_goes_on() -> None:
    """Nobody who comes just as a turn is free goes before them."""
    turns, order, waiting = Turns(1), list[int](), list[threading.Thread]()

    def work(number: int) -> None:
        with turns:
            order.append(number)

    def comes(number: int) -> None:
        waiting.append(threading.Thread(target=work, args=(number,)))
        waiting[-1].start()
        while len(turns._waiting) < len(waiting):
            time.sleep(0.001)

    with turns:
        for number in range(20):
            comes(number)
    with turns:
        order.append(20)
    for each in waiting:
        each.join()
    assert order == list(range(21))


def test_so_many_are_at_it_at_a_time_and_a_fault_gives_the_turn_back() -> None:
    turns, together, inside, most = Turns(3), threading.Barrier(3), list[int](), list[int]()

    def work(number: int) -> None:
        try:
            with turns:
                inside.append(number)
                most.append(len(inside))
                together.wait(60)  # for two others who are at it
                inside.remove(number)
                raise ValueError
        except ValueError:
            pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (max(most), len(most)) == (3, 30)
