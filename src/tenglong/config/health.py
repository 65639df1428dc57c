"""Whether the site lives (`/healthz`) and can work (`/readyz`), for those who watch over it.

Both are answered before everything else: whatever name of the host they are asked by, and without a session. `/healthz`
says one word to everybody. `/readyz` answers the machine itself and the addresses of TENGLONG_PROBES; for all others it
is not there. Neither says a figure or a name.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse

from tenglong.queries.jobs.alive import silent_lanes
from tenglong.queries.kernel.database import check_current

log = logging.getLogger(__name__)


class Health:
    """Answers the two addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return _ready(request)
        return self._get_response(request)


def _ready(request: HttpRequest) -> HttpResponse:
    if request.META.get("REMOTE_ADDR") not in settings.PROBES:
        return HttpResponseNotFound()
    missing = list(_missing())
    close_old_connections()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _missing() -> Iterator[str]:
    """What is not there: database, folder or workers; why stands in the log."""
    for name, look in (("database", check_current), ("folder", _write), ("workers", _count_workers)):
        try:
            look()
        except Exception as error:  # whatever it is: it is not ready
            log.warning("not ready: %s: %s", name, error)
            yield name


def _write() -> None:
    with tempfile.TemporaryFile(dir=settings.DATA) as file:
        file.write(b"ready")
        file.flush()


def _count_workers() -> None:
    if silent := silent_lanes():
        raise TimeoutError(f"no worker in {', '.join(silent)}")
