"""Signing in and out, and the language."""

from dataclasses import asdict

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils import timezone
from django.utils.translation import check_for_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.actions.access.passwords import check_may_try, note_sign_in
from tenglong.actions.access.people import choose_language
from tenglong.actions.access.provider import person_of
from tenglong.actions.access.second_step import pass_second_step
from tenglong.domain.kernel.errors import Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.access.people import User, demo_accounts
from tenglong.queries.access.provider import comes_by_provider
from tenglong.web.access.entering import come_in, goal_of, half_in, let_in, set_language
from tenglong.web.access.forms.people import CodeForm, SignInForm
from tenglong.web.look import dress
from tenglong.web.pages import address_of, public, telling_form
from tenglong.web.templatetags.tenglong import label


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. Whoever typed several wrong passwords waits before the next one, right or wrong."""
    goal = goal_of(request)
    if request.user.is_authenticated:
        return redirect(goal)
    form = dress(SignInForm(request.POST or None))
    if request.method == "POST" and form.is_valid() and (user := _known(request, form)):
        return come_in(request, user, "password", goal)
    return door(request, form, goal, status=200 if not form.errors else 422)


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
    response = redirect(goal_of(request))
    if check_for_language(wanted) and wanted in dict(settings.LANGUAGES):
        set_language(response, wanted)
        if request.user.is_authenticated:
            choose_language(user=request.user, language=wanted)
    return response


@public
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in, for who has taken the first one just now."""
    half, now = half_in(request), timezone.now()
    if half is None:
        return redirect("sign-in")
    form = dress(CodeForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            pass_second_step(
                user=half.user, code=form.cleaned_data["code"], at=now, address=address_of(request)
            )
            return let_in(request, half.user, half.means, half.goal)
    return render(request, "sign_in/code.html", {"form": form}, status=200 if not form.errors else 422)


@public
@require_GET
def provider(request: HttpRequest) -> HttpResponse:
    """Go and ask the provider of single sign-on; with `bind` to bind one's own account to what it says."""
    _check_there_is_one()
    from tenglong.web.access.provider import ask  # Authlib takes most of a second to load

    request.session["asked"] = {"goal": goal_of(request), "binds": "bind" in request.GET}
    return ask(request)


@public
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Come back from the provider: come in, or show what would be bound."""
    _check_there_is_one()
    from tenglong.web.access.provider import answered  # as above

    asked = request.session.pop("asked", {"goal": resolve_url("home"), "binds": False})
    now = timezone.now()
    try:
        identity = answered(request)
        if asked["binds"] and request.user.is_authenticated:
            request.session["found"] = {**asdict(identity), "at": now.isoformat()}
            return redirect("account.provider")
        user = person_of(identity, at=now, address=address_of(request))
    except (NotAllowed, Conflict) as error:
        form = dress(SignInForm())
        return door(request, form, asked["goal"], status=403, refused=error.message.render(gettext))
    return come_in(request, user, "provider", asked["goal"], vouched=identity.vouched)


def door(
    request: HttpRequest, form: SignInForm, goal: str, *, status: int, refused: str = ""
) -> HttpResponse:
    """The sign-in page."""
    context = {
        "form": form,
        "goal": goal,
        "accounts": demo_accounts() if settings.DEMO else (),
        "demo_password": settings.DEMO_PASSWORD,
        "why": request.GET.get("why"),
        "idle_minutes": settings.IDLE_MINUTES,
        "provider": label(settings.OIDC["name"]) if settings.OIDC["issuer"] else "",
        "refused": refused,
    }
    return render(request, "sign_in/sign_in.html", context, status=status)


def _check_there_is_one() -> None:
    if not settings.OIDC["issuer"]:
        raise NotFound(msg("本站没有启用单点登录，请用密码登录。"))


def _known(request: HttpRequest, form: SignInForm) -> User | None:
    """Who gave the right password."""
    username, address, now = form.cleaned_data["username"], address_of(request), timezone.now()
    with telling_form(form):
        check_may_try(username=username, address=address, at=now)
    if form.errors:
        return None
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        note_sign_in(username=username, succeeded=False, address=address, at=now)
        form.add_error(None, gettext("用户名或密码不正确，或账号已停用，请检查后重试。"))
        return None
    if settings.OIDC["only"] and comes_by_provider(user.pk, settings.OIDC["issuer"]):
        note_sign_in(username=username, succeeded=False, step="closed", address=address, at=now)
        problem = gettext("该账号已绑定“{name}”，请从“{name}”登录，不再使用密码。")
        form.add_error(None, problem.format(name=label(settings.OIDC["name"])))
        return None
    return user


urls = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-in/code", code, name="sign-in.code"),
    path("sign-in/provider", provider, name="sign-in.provider"),
    path("sign-in/provider/back", back, name="sign-in.back"),
    path("sign-out", sign_out, name="sign-out"),
    path("language", language, name="language"),
]
