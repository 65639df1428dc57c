"""Signing in and out, and the language."""

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.access.people import check_may_try, choose_language, note_sign_in
from tenglong.queries.access.people import demo_accounts
from tenglong.web.access.entering import enter
from tenglong.web.access.forms.people import SignInForm
from tenglong.web.look import dress
from tenglong.web.pages import address_of, public, telling_form


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. Whoever typed several wrong passwords waits before the next one, right or wrong."""
    goal = _goal(request)
    if request.user.is_authenticated:
        return redirect(goal)
    form = dress(SignInForm(request.POST or None))
    if request.method == "POST" and form.is_valid() and _let_in(request, form):
        return _in_own_language(request, redirect(goal))
    context = {"form": form, "goal": goal, "accounts": demo_accounts() if settings.DEMO else ()}
    context["demo_password"] = settings.DEMO_PASSWORD
    context |= {"why": request.GET.get("why"), "idle_minutes": settings.IDLE_MINUTES}
    return render(request, "sign_in/sign_in.html", context, status=200 if not form.errors else 422)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; the session is forgotten on the server too."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read the site in another language, from now on and after the next sign-in."""
    wanted = request.POST.get("language", "")
    response = redirect(_goal(request))
    if check_for_language(wanted) and wanted in dict(settings.LANGUAGES):
        _set_language(response, wanted)
        if request.user.is_authenticated:
            choose_language(user=request.user, language=wanted)
    return response


def _let_in(request: HttpRequest, form: SignInForm) -> bool:
    username, who = form.cleaned_data["username"], {"address": address_of(request), "at": timezone.now()}
    with telling_form(form):
        check_may_try(username=username, **who)
    if form.errors:
        return False
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    note_sign_in(username=username, succeeded=user is not None, **who)
    if user is None:
        form.add_error(None, gettext("用户名或密码不正确，或账号已停用，请检查后重试。"))
        return False
    enter(request, user, "password")
    return True


def _in_own_language(request: HttpRequest, response: HttpResponseRedirect) -> HttpResponseRedirect:
    if request.user.language:
        _set_language(response, request.user.language)
    return response


def _set_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax")


def _goal(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of this site only."""
    goal = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure()):
        return goal
    return resolve_url(settings.LOGIN_REDIRECT_URL)


urls = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-out", sign_out, name="sign-out"),
    path("language", language, name="language"),
]
