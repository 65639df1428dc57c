"""Asking the provider of single sign-on who somebody is: Authlib speaks OpenID Connect, the settings say with whom.

State, nonce and the verifier of PKCE lie in the session of the browser that asked, and are good once.
"""

import logging
from functools import lru_cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc.errors import JoseError
from requests import RequestException

from tenglong.domain.access.provider import Identity, identity_of
from tenglong.domain.kernel.errors import Conflict, NotAllowed
from tenglong.domain.kernel.messages import msg

log = logging.getLogger(__name__)
SECONDS_TO_WAIT = 10
CLOCKS_DIFFER_SECONDS = 60
ALGORITHMS = "id_token_signing_alg_values_supported"


def ask(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider.

    Raises:
        Conflict: the provider cannot be reached.
    """
    try:
        return _client().authorize_redirect(request, request.build_absolute_uri(reverse("sign-in.back")))
    except (RequestException, RuntimeError) as error:
        raise Conflict(_unreachable()) from error


def answered(request: HttpRequest) -> Identity:
    """Who the provider says that the person is, with signature, issuer, audience, times and nonce checked.

    Raises:
        NotAllowed: the answer is none to a question of this browser, or does not hold; Conflict: the provider cannot
            be reached.
    """
    client, needed = _client(), {"essential": True}
    options = {
        "iss": {**needed, "value": settings.OIDC["issuer"]},
        "aud": {**needed, "value": settings.OIDC["client_id"]},
    }
    try:
        _only_signatures(client)
        token = client.authorize_access_token(request, claims_options=options, leeway=CLOCKS_DIFFER_SECONDS)
        claims = _all_claims(client, token)
        return identity_of(
            claims, settings.OIDC["issuer"], settings.OIDC["claim"], settings.OIDC["second_step"]
        )
    except (RequestException, RuntimeError) as error:
        raise Conflict(_unreachable()) from error
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        log.warning("single sign-on was refused: %r", str(error))  # the browser may have said it: one line
        problem = "单点登录没有成功：平台的答复无效、已过期或已用过。请重新登录；多次出现请联系管理员。"
        raise NotAllowed(msg(problem)) from error


def _only_signatures(client: Any) -> None:
    """Of the algorithms that the provider publishes those with a key pair: it may offer others "none" too, or a MAC
    with a key that is published."""
    metadata = client.load_server_metadata()
    published = metadata.get(ALGORITHMS) or ["RS256"]
    metadata[ALGORITHMS] = [name for name in published if name[:2] in ("RS", "PS", "ES", "Ed")]


def _all_claims(client: Any, token: dict[str, Any]) -> dict[str, Any]:
    """The claims of the checked token, with what the provider tells only when asked again about the same person."""
    claims = dict(token["userinfo"])
    if settings.OIDC["claim"] in claims or "userinfo_endpoint" not in client.load_server_metadata():
        return claims
    told = dict(client.userinfo(token=token))
    if told.get("sub") != claims["sub"]:
        raise ValueError("userinfo speaks of somebody else")
    return {**told, **claims}


def _unreachable() -> Any:
    return msg("暂时连接不上单点登录平台，请稍后重试，或用密码登录。")


def _client() -> Any:
    told = settings.OIDC
    scope = "openid profile email" if told["claim"] == "email" else "openid profile"
    return _registered(told["issuer"], told["client_id"], told["client_secret"], scope)


@lru_cache(maxsize=4)
def _registered(issuer: str, client_id: str, client_secret: str, scope: str) -> Any:
    """What the provider publishes is read once in a process, its keys again when it signs with a new one."""
    oauth = OAuth()
    return oauth.register(
        "provider",
        client_id=client_id,
        client_secret=client_secret or None,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": scope,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if client_secret else "none",
            "default_timeout": SECONDS_TO_WAIT,
        },
    )
