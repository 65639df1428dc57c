"""A thread that writes rows while the next ones are made: databases work without Python's lock."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from queue import Queue
from threading import Thread, current_thread
from typing import Any

PART = 500
"""How many rows are handed over at once."""
WAITING = 16
"""How many parts may wait to be written: they take memory."""

Rows = Iterator[Any]


class Writer:
    """Does deeds in the order in which they were handed over, one after the other.

    The first error ends its work: `wait` raises it, and nothing is written after it.
    """

    def __init__(self) -> None:
        self._deeds: Queue[Callable[[], None] | None] = Queue()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="bulk writer", daemon=True)
        self._thread.start()

    def do(self, deed: Callable[[], None]) -> None:
        """Have `deed` done after all before."""
        self._deeds.put(deed)

    def write(self, deed: Callable[[Rows], None], rows: Iterable[Any]) -> None:
        """Have `deed` done with `rows`, which are made here meanwhile."""
        parts: Queue[list[Any]] = Queue(WAITING)
        rest = iter(rows)

        def take() -> None:
            taken = chain.from_iterable(iter(parts.get, []))
            try:
                if not self._error:
                    deed(taken)
            finally:
                deque(taken, maxlen=0)  # whoever hands over waits for room, also after an error

        self.do(take)
        try:
            while part := list(islice(rest, PART)):
                parts.put(part)
        finally:
            parts.put([])

    def wait(self) -> None:
        """Return once everything is done that was handed over."""
        self._deeds.join()
        if self._error:
            raise self._error

    def before_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """A wrapper for Django: whoever else asks the database finds everything done."""
        if current_thread() is not self._thread:
            self.wait()
        return execute(sql, params, many, context)

    def stop(self) -> None:
        """End the thread once the deed at hand is done."""
        self._deeds.put(None)
        self._thread.join()

    def _work(self) -> None:
        while deed := self._deeds.get():
            try:
                deed()
            except BaseException as error:
                self._error = self._error or error
            finally:
                self._deeds.task_done()
