"""Coming in: a new session, which knows of its beginning what the list of sessions shows."""

from django.contrib.auth import login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from tenglong.web.pages import address_of

LONGEST_AGENT = 400


def enter(request: HttpRequest, user: AbstractBaseUser, means: str) -> None:
    """Somebody has shown who they are by `means`: "password" or "provider"."""
    login(request, user)
    request.session["begun_at"] = timezone.now().isoformat()
    request.session["address"] = address_of(request)
    request.session["agent"] = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    request.session["means"] = means
