"""What is said when something went wrong outside any view, to a person and to a program alike."""

import sys

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from tenglong.api.site import problem
from tenglong.config.requests import number_now
from tenglong.domain.kernel.machine import explained
from tenglong.domain.kernel.messages import Message, msg
from tenglong.web import problems

API = "/api/"
BROKEN = msg("程序内部出错，本次操作未保存，已有数据不受影响。请稍后重试；如仍出错，请把请求编号告诉管理员。")
UNREADABLE = msg("请求有误，服务器无法处理：请核对网址和所提交的内容。")


def broken(request: HttpRequest) -> HttpResponse:
    """A full or read-only disk by its name, every other mistake as one of the program."""
    found = explained(sys.exc_info()[1])
    if found is None:
        return _say(request, 500, "Broken", BROKEN)
    return _say(request, found.status, type(found).__name__, found.message)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that breaks the rules of HTTP, or asks for a site of another name."""
    return _say(request, 400, "BadValue", UNREADABLE)


def _say(request: HttpRequest, status: int, kind: str, sentence: Message) -> HttpResponse:
    if request.path.startswith(API):
        return problem(status, kind, sentence)
    return problems.broken(number_now(), status, sentence.render(gettext))
