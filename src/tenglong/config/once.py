"""The second of a double click, or of a retry by a program, gets the first one's answer."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenglong.actions.deeds import Answer, Sending, begin, finish, forget
from tenglong.api.site import user_error
from tenglong.domain.kernel.errors import Conflict, UserError
from tenglong.queries.access.people import working_token
from tenglong.store.sessions import ENDED, SessionStore
from tenglong.web.pages import go_ahead, say

FORM_KEY, PAGE_KEY = "csrfmiddlewaretoken", "X-CSRFToken"
API_KEY, API = "Idempotency-Key", "/api/"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
HEADERS = ("Content-Type", "Location", "HX-Redirect")
LARGEST = 1024 * 1024

View = Callable[..., HttpResponse]


class Once:
    """Forms are known by the token that their page was given, writes of programs by the key that they send along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """The answer of the first sending, where this is not the first; after the check of the token."""
        sending = None if getattr(view, "reads", False) else sending_of(request)
        if sending is None:
            return None
        go_ahead(request, view)
        with transaction.atomic():  # what is done and what is answered are kept together, or neither
            if not _is_still_in(request):
                return None
            try:
                answer = begin(sending, timezone.now())
            except Conflict as error:
                return _refused(request, error)
            if answer is not None:
                return HttpResponse(answer.body, status=answer.status, headers=answer.headers)
            return _kept(sending, _answered(request, partial(view, request, *args, **kwargs)))


def _answered(request: HttpRequest, view: View) -> HttpResponse:
    """What the view answers; a sentence stays an answer, so that what was recorded on the way to it stays too."""
    try:
        return view()
    except UserError as error:
        return _refused(request, error)


def _refused(request: HttpRequest, error: UserError) -> HttpResponse:
    return (user_error if request.path.startswith(API) else say)(request, error)


def _kept(sending: Sending, response: HttpResponse) -> HttpResponse:
    """The answer of the first sending, kept for the second."""
    if not _is_kept(response):
        forget(sending)
        return response
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    finish(sending, Answer(response.status_code, headers, response.content))
    return response


def sending_of(request: HttpRequest) -> Sending | None:
    """What makes a write one; None for what is none, comes from nobody known or has no key. What htmx sends has the key
    of its form, or of the page around it in a header."""
    sender = _sender(request)
    if request.method not in WRITES or not sender:
        return None
    where = f"{sender}\n{request.method}\n{request.get_full_path()}\n"
    if given := request.headers.get(API_KEY):
        return Sending(f"{where}{given}".encode(), b"".join(_said(request)))
    if not request.path.startswith(API) and (given := _key_of_page(request)):
        said = b"".join(_said(request))
        return Sending(f"{where}{given}\n".encode() + said, said)
    return None


def _key_of_page(request: HttpRequest) -> str:
    return request.POST.get(FORM_KEY) or request.headers.get(PAGE_KEY, "")


def _sender(request: HttpRequest) -> str:
    """Who sends: a token or a session, which end with the rights that they had; a person would get the answer of
    before with the rights of today."""
    if given := _token(request):
        return given if _works(given) else ""
    return _session(request).digest if request.user.is_authenticated else ""


def _token(request: HttpRequest) -> str:
    """What a program shows of itself; pages ask for no token."""
    return request.headers.get("Authorization", "") if request.path.startswith(API) else ""


def _works(given: str) -> bool:
    return working_token(given.partition(" ")[2], timezone.now()) is not None


def _is_still_in(request: HttpRequest) -> bool:
    """Whether the sender may still come in, after waiting for other writers: who was put out meanwhile does nothing
    more, and gets no answer of before."""
    if given := _token(request):
        return _works(given)
    if _session(request).still_stands():
        return True
    logout(request)
    _session(request).lapsed = ENDED
    return False


def _session(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)


def _said(request: HttpRequest) -> Iterator[bytes]:
    """Everything in the body, files by their digests."""
    if request.content_type not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        yield request.body
        return
    for name in sorted(request.POST):
        yield repr((name, request.POST.getlist(name))).encode()
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            yield repr((name, file.name, digest.hexdigest())).encode()


def _is_kept(response: HttpResponse) -> bool:
    return not response.streaming and response.status_code < 400 and len(response.content) <= LARGEST
