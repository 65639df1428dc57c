"""The front of the web server: a thread is taken for a request when all of it is there.

gunicorn keeps the processes. In each of them one loop (waitress) reads the requests and writes the answers of all
connections, and hands whole requests to a few threads: a client that sends half a request, reads its answer slowly or
says nothing at all holds a socket, and nobody waits for it.
"""

import os
import resource
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections
from django.http import parse_cookie
from django.utils import timezone
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error, RequestEntityTooLarge

from tenglong.config.requests import access
from tenglong.domain.kernel.jsontext import compact
from tenglong.domain.kernel.messages import msg

LARGEST_OF_A_STRANGER = 1024 * 1024
"""Bytes of a body that anybody may send: forms to sign in are a thousandth of it."""
FORM_AROUND_A_FILE = 1024 * 1024
CONNECTIONS = 4000
IDLE_SECONDS = 60
LOOK_SECONDS = 1.0
BUSY_LOOK_SECONDS = 0.01
"""How soon a process whose threads all work looks again whether it may take another connection."""

PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>无法接收</title></head>
<body><h1>无法接收</h1><p>{}</p><p><a href="/">返回首页</a></p></body></html>
"""

Headers = dict[str, str]


class Reader(HTTPRequestParser):
    """Reads one request; who is not signed in may send little."""

    error: Error | None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and settle how much may follow it."""
        super().parse_header(header_plus)
        if (self.chunked or self.content_length >= LARGEST_OF_A_STRANGER) and not is_known(self.headers):
            self.adj = _stranger

    def received(self, data: bytes) -> int:
        """As waitress does; what is too large is refused in a sentence."""
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            reads = "text/html" in self.headers.get("ACCEPT", "")
            self.error = TooLarge(self.adj.max_request_body_size, as_page=reads)
        return consumed


class TooLarge(Error):
    """A body over its limit, said to a person on a page and to a program as it reads."""

    code, reason = 413, "Content Too Large"

    def __init__(self, limit: int, *, as_page: bool):
        self._as_page = as_page
        said = msg("所发送的内容超过 {limit} MB 的上限；未登录时请先登录再上传。", limit=limit // 1024**2)
        super().__init__(str(said))

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        kind = "text/html" if self._as_page else "application/json"
        said = PAGE.format(self.body) if self._as_page else compact({"error": self.body, "kind": "TooLarge"})
        headers = [("Content-Type", f"{kind}; charset=utf-8")]
        return f"{self.code} {self.reason}", headers, said.encode()


class Refused(ErrorTask):
    """A request that was refused before anybody saw it; the log has a line for it too."""

    def execute(self) -> None:
        """Answer, and log."""
        super().execute()
        code, address = self.request.error.code, self.channel.addr[0]
        access.info("%s - %s - -", getattr(self.request, "command", "-"), code, extra={"address": address})


class Channel(HTTPChannel):
    """One connection."""

    parser_class = Reader
    error_task_class = Refused


class Front(Worker):
    """A process of gunicorn that serves by waitress."""

    alive: bool

    def run(self) -> None:
        """Serve until gunicorn says that it is enough, then finish what has begun."""
        _allow_sockets()
        connections: dict[int, Any] = {}
        server = create_server(self._counted(self.wsgi), map=connections, **_adjustments(self))
        server.channel_class = Channel
        while self.alive and os.getppid() == self.ppid:
            server.accepting = _has_free_thread(server.task_dispatcher)
            self._turn(connections, LOOK_SECONDS if server.accepting else BUSY_LOOK_SECONDS)
        server.accepting = False
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(map(_is_busy, server.active_channels.values())):
            self._turn(connections, LOOK_SECONDS)
        server.task_dispatcher.shutdown(timeout=LOOK_SECONDS)

    def _turn(self, connections: dict[int, Any], seconds: float) -> None:
        self.notify()
        wasyncore.loop(seconds, use_poll=True, map=connections, count=1)

    def _counted(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """The application; after so many requests the process ends, and gunicorn begins another one."""

        def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            self.nr += 1
            self.alive = self.alive and self.nr < self.max_requests
            return application(environ, start)

        return serve


def is_known(headers: Headers) -> bool:
    """Whether a request comes from somebody who is signed in, or from a program with a token that works."""
    try:
        return _has_token(headers) or _has_session(headers)
    finally:
        close_old_connections()


def _has_token(headers: Headers) -> bool:
    from tenglong.queries.access.people import (
        working_token,  # gunicorn asks for its worker before Django is loaded
    )

    scheme, _, token = headers.get("AUTHORIZATION", "").partition(" ")
    return scheme.lower() == "bearer" and working_token(token, timezone.now()) is not None


def _has_session(headers: Headers) -> bool:
    cookie = parse_cookie(headers.get("COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    sessions = import_module(settings.SESSION_ENGINE).SessionStore
    return cookie is not None and SESSION_KEY in sessions(cookie)


def _adjustments(worker: Worker) -> dict[str, Any]:
    """How waitress is set; behind a proxy its word counts on the address and the scheme of a request."""
    proxy = {
        "trusted_proxy": settings.PROXY,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    return {
        "sockets": [listener.sock for listener in worker.sockets],
        "threads": worker.cfg.threads,
        "max_request_body_size": settings.UPLOAD_LIMIT_BYTES + FORM_AROUND_A_FILE,
        "outbuf_high_watermark": settings.UPLOAD_LIMIT_BYTES,
        "connection_limit": CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
        **(proxy if settings.HTTPS else {}),
    }


def _has_free_thread(dispatcher: ThreadedTaskDispatcher) -> bool:
    """Whether a request would be served at once; if not, the process that is free first may have it."""
    return not dispatcher.queue and dispatcher.active_count < len(dispatcher.threads)


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def _allow_sockets() -> None:
    """As many open files as the system lets this process have: 1,024 is the usual start, and too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


_stranger = Adjustments(max_request_body_size=LARGEST_OF_A_STRANGER)
