"""Every request has a number, which its answer and every line of the log about it carry; one line says what came of it.

A line: moment, level, logger, number of the request, user, address, then what is said. The line of an access says
method, path, status, milliseconds and bytes ("-" where the answer is sent in pieces). Nothing of what was sent is
logged, nor what stands behind the path: it may hold names, and what is searched for.
"""

import logging
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from tenglong.queries.course import one_course

HEADER = "X-Request-ID"
access = logging.getLogger("tenglong.access")


@dataclass
class Asked:
    """What a log says of the request that is being answered."""

    number: str = "-"
    address: str = "-"
    user: str = "-"
    request: HttpRequest | None = None

    def __str__(self) -> str:
        user = self.user if self.request is None else _user(self.request)
        return f"{self.number} {user} {self.address}"


NOBODY = Asked()
_now: ContextVar[Asked] = ContextVar("request", default=NOBODY)


class Line(logging.Formatter):
    """A line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and what follows of a traceback."""
        asked = _now.get()
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if (address := getattr(record, "address", None)) is not None:
            asked = Asked(address=address)
        return f"{at} {record.levelname} {record.name} {asked} {super().format(record)}"


class Numbered:
    """Gives requests their numbers and logs them; outermost, so that nothing is answered without a line.

    Each is a course of its own: it asks once for what it needs often.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        asked = Asked(secrets.token_hex(8), str(request.META.get("REMOTE_ADDR") or "-"), request=request)
        _now.set(asked)  # until this thread's next request: Django logs an error when all this is over
        with one_course():
            response = self._get_response(request)
        response.headers[HEADER] = asked.number
        size = "-" if response.streaming else len(response.content)
        took = (time.perf_counter() - started) * 1000
        said = "%s %s %s %.0f %s"
        access.info(said, request.method, quote(request.path), response.status_code, took, size)
        asked.user, asked.request = _user(request), None
        return response


def number_now() -> str:
    """The number of the request that is being answered."""
    return _now.get().number


def _user(request: HttpRequest) -> str:
    """The name of who has signed in or called with a token, as far as anybody asked."""
    user, caller = getattr(request, "_cached_user", None), getattr(request, "auth", None)
    if user is not None and user.is_authenticated:
        return quote(user.get_username(), safe="@.+-_")
    return quote(caller.user.username, safe="@.+-_") if caller else "-"
