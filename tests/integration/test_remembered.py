"""Answers that are kept: built once however many wait for them, beside each other, and for each scope apart."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.core.cache import caches

import tenglong
from tenglong.queries.remembered import recorded, remembered
from tests.factories import build_world
from tests.integration.web import signed_in, text_of

WAIT = 10


def test_who_asks_while_an_answer_is_built_waits_for_it() -> None:
    built, asked = [], Barrier(5)

    def ask() -> int:
        asked.wait(WAIT)
        return remembered("waited-for", lambda: built.append(1) or len(built))

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(ask) for _ in range(5)]
        assert [answer.result(WAIT) for answer in answers] == [1] * 5
    assert built == [1]


def test_a_long_answer_holds_up_no_other() -> None:
    begun, done = Event(), Event()

    def long() -> str:
        begun.set()
        return "long" if done.wait(WAIT) else "never let go"

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(remembered, "long", long)
        assert begun.wait(WAIT)
        assert remembered("short", lambda: "short") == "short"
        done.set()
        assert slow.result(WAIT) == "long"


def test_an_answer_that_could_not_be_built_is_asked_for_again() -> None:
    with pytest.raises(ZeroDivisionError):
        remembered("broken", lambda: 1 // 0)
    assert remembered("broken", lambda: "mended") == "mended"


def test_every_person_is_answered_from_their_own_places(db: None) -> None:
    build_world(per_unit=6)
    before, seen = recorded(), {}
    for username in ("demo-city", "demo-xitang", "demo-pinghu"):
        client = signed_in(username)
        seen[username] = [text_of(client.get(page)) for page in ("/", "/cases")]
        assert [text_of(client.get(page)) for page in ("/", "/cases")] == seen[username]
    assert recorded() == before  # all were answered from what was kept for the same moment
    assert "共 54 户" in seen["demo-city"][1] and "西塘" not in seen["demo-pinghu"][1]
    turns = {username: pages[0].partition("待我办理")[2] for username, pages in seen.items()}
    assert len(set(turns.values())) == 3


def test_a_lasting_answer_is_there_for_other_processes_too() -> None:
    assert remembered("lasting-answer", lambda: {"found": 1}, lasting=True) == {"found": 1}
    assert caches["lasting"].get(f"{tenglong.__version__}-lasting-answer") == {"found": 1}
    assert remembered("lasting-answer", lambda: {"found": 2}, lasting=True) == {"found": 1}
