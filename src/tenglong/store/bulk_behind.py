"""A thread that writes rows while the next ones are made: databases work without Python's lock."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from queue import Queue, SimpleQueue
from threading import Thread, current_thread
from typing import Any

PART = 500
"""How many rows are handed over at once."""

Rows = Iterator[Any]


class Writer:
    """Does deeds in the order in which they were handed over, one after the other.

    The first error ends its work: `wait` raises it, and nothing after it is done.
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
        parts: SimpleQueue[list[Any]] = SimpleQueue()
        rest = iter(rows)
        self.do(lambda: deed(chain.from_iterable(iter(parts.get, []))))
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
                if not self._error:
                    deed()
            except BaseException as error:
                self._error = error
            finally:
                self._deeds.task_done()
