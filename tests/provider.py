"""A small provider of single sign-on, served inside the test: OpenID Connect with the code flow and PKCE.

Its keys are made at run time. What a test puts into `claims`, or says of `signed_by` and `algorithm`, goes into the
tokens as it is, right or wrong.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "tenglong", "demonstration"


@cache
def rsa_key(name: str) -> RSAKey:
    """A key that is made once in a run."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class Provider:
    """Who is signed in there is `subject`; `asked` are the parameters of the last question."""

    issuer: str = ""
    subject: str = "s-1"
    claims: dict[str, Any] = field(default_factory=dict)
    told_later: dict[str, Any] = field(default_factory=dict)
    signed_by: str = "first"
    algorithm: str = "RS256"
    published: list[str] | None = field(default_factory=lambda: ["RS256"])
    asked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def approve(self, address: str) -> str:
        """What the browser is sent back to after the person has signed in there."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = self.asked
        back = urlsplit(self.asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': self.asked['state']})}"

    def metadata(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": self.published,
        }
        return {name: value for name, value in said.items() if value is not None}

    def token(self, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer to a code, which is good once and only with its verifier."""
        asked = self.codes.pop(said.get("code", ""), None)
        proof = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        if asked is None or encoded(proof) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": "first"}
        if self.algorithm == "RS256":
            return jwt.encode(header, claims, rsa_key(self.signed_by))
        said = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        public = rsa_key("first").as_pem(private=False)
        signature = hmac.digest(public, said.encode(), "sha256") if self.algorithm == "HS256" else b""
        return f"{said}.{encoded(signature)}"


def encoded(raw: bytes) -> str:
    """Bytes as tokens write them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def provider_running() -> Iterator[Provider]:
    """The provider, on a port of this machine that is free."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize"):  # a browser: the person is signed in there already
                back = provider.approve(self.path)
                site = urlsplit(provider.asked["redirect_uri"])
                self.send_response(302)
                self.send_header("Location", f"{site.scheme}://{site.netloc}{back}")
                self.end_headers()
                return
            answers = {
                "/.well-known/openid-configuration": provider.metadata(),
                "/keys": {"keys": [rsa_key("first").as_dict(private=False)]},
                "/userinfo": {"sub": provider.subject, **provider.told_later},
            }
            self._answer(200, answers[self.path])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*provider.token({name: values[0] for name, values in parse_qs(body).items()}))

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
