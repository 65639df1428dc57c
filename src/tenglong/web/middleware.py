"""What every answer of the site has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenglong.domain.kernel.errors import UserError
from tenglong.web.pages import say

UNATTENDED = "X-Unattended"
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """Scripts, styles and everything else come from this site only, and never from inside a page; a browser keeps no
    answer, so that nobody finds it there after the person has signed out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Use:
    """Whoever asks for a page acts; a part that a page asks for by itself (tenglong.js says so) is no act."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if UNATTENDED not in request.headers:
            request.session.note_use(timezone.now())
        return response


class Sentences:
    """An error that a person can mend becomes a page with its sentence, never a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a UserError; every other error stays what it is."""
        return say(request, error) if isinstance(error, UserError) else None
