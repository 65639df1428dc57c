"""Pages for what went wrong outside any view."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext


def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page at this address."""
    sentence = gettext("没有这个页面，请检查网址，或从菜单重新进入。")
    return render(request, "layout/problem.html", {"sentence": sentence}, status=404)


def broken(number: str, status: int = 500, sentence: str = "") -> HttpResponse:
    """A mistake of the program, or what keeps all of it from working: what was being done has been taken back.

    The page asks nothing of the database, which may be what is broken; `number` is the request's, as in the log.
    """
    page = get_template("layout/broken.html").render({"sentence": sentence, "number": number})
    return HttpResponse(page, status=status)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: the page was open too long, or came from elsewhere."""
    sentence = gettext("页面已过期，请返回上一页刷新后重新提交。")
    return render(request, "layout/problem.html", {"sentence": sentence}, status=403)
