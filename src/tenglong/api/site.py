"""The API as one whole: its topics, who may call it, and how it says what went wrong."""

from collections.abc import Sequence

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

import tenglong
from tenglong.api.access import people
from tenglong.api.callers import Session, Token
from tenglong.api.campaign import assigning, cases, entries, figures, matches, pieces, review, rosters
from tenglong.api.evaluation import firm, objections, results, runs, schemes, screening
from tenglong.api.evaluation import review as evaluations_review
from tenglong.api.intake import imports
from tenglong.api.jobs import overview
from tenglong.api.kernel import calendar
from tenglong.api.race import board
from tenglong.api.registry import firms, organisation, place_steps, places
from tenglong.api.reporting import bulletins, search
from tenglong.api.roadmap import changes, course, files, lines, signing, steps
from tenglong.api.roadmap import overview as roadmaps
from tenglong.api.rules import files as rules
from tenglong.api.uplift import certificates
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message, msg

TOPICS = (
    *(
        people,
        places,
        place_steps,
        organisation,
        calendar,
        rules,
        rosters,
        review,
        figures,
        board,
        cases,
        assigning,
        pieces,
        entries,
        firms,
        matches,
        imports,
        certificates,
        bulletins,
        search,
    ),
    *(
        schemes,
        runs,
        results,
        firm,
        evaluations_review,
        objections,
        screening,
    ),
    *(roadmaps, steps, lines, course, changes, files, signing, overview),
)

api = NinjaAPI(
    title="Tenglong",
    version=tenglong.__version__,
    description="What the pages show, for programs. Numbers are exact decimal strings, days are ISO 8601, moments "
    "have a zone. What is not the caller's is not there: 404.",
    docs_url=None,
    urls_namespace="api",
    auth=[Token(), Session()],
)
for part in TOPICS:
    api.add_router("", part.topic)


def problem(status: int, kind: str, sentence: Message) -> HttpResponse:
    """A problem in the caller's language."""
    return JsonResponse(
        {"error": sentence.render(gettext), "kind": kind},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


@api.exception_handler(UserError)
def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
    """What a person can mend."""
    return problem(error.status, type(error).__name__, error.message)


@api.exception_handler(ValidationError)
def not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A value that the OpenAPI document does not permit."""
    names = dict.fromkeys(_name(wrong["loc"]) for wrong in error.errors)
    sentence = "参数“{names}”缺少或不符合要求，请对照接口说明 /api/v1/openapi.json 改正。"
    return problem(400, "BadValue", msg(sentence, names="、".join(names)))


def _name(where: Sequence[str | int]) -> str:
    """The parameter or field at a place such as ("query", "figure", 0)."""
    return next(str(part) for part in reversed(where) if isinstance(part, str))


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody, or a token that is not valid."""
    sentence = "请先登录，或在请求头 Authorization 中提供有效的令牌（Bearer）。"
    answer = problem(401, "NotSignedIn", msg(sentence))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the library refuses: a body that is not JSON, a session without its CSRF token."""
    if error.status_code == 403:
        sentence = "缺少页面的 CSRF 令牌，请在请求头 X-CSRFToken 中提供，或改用接口令牌。"
        return problem(403, "NotAllowed", msg(sentence))
    return problem(error.status_code, "BadValue", msg("请求内容无法读取，请按接口说明的格式提交。"))


def unreadable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """A request that breaks the rules of HTTP or the limits of the site."""
    return problem(400, "BadValue", msg("请求过大或格式有误，请按接口说明的格式提交。"))


for mistake in (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
    api.add_exception_handler(mistake, unreadable)


def not_there(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/."""
    return problem(404, "NotFound", msg("没有这个接口，请查看 /api/v1/openapi.json。"))


urls: list[URLPattern | URLResolver] = [
    path("v1/", not_there),
    path("v1/", api.urls),
    re_path(r"", not_there),
]
