"""What the provider of single sign-on says of somebody (OpenID Connect Core 1.0)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Identity:
    """Somebody at an issuer: `subject` is theirs for ever, `claimed` what the agreed claim says ("" for nothing that
    can be relied on), `name` is for showing; `vouched`: the provider asked for a second proof."""

    issuer: str
    subject: str
    claimed: str
    name: str
    vouched: bool


def identity_of(claims: Mapping[str, Any], issuer: str, claim: str, proofs: Collection[str]) -> Identity:
    """The identity that checked claims state. An address of mail counts only where the provider has verified it;
    `proofs` are the values of amr or acr that stand for a second proof."""
    stated = claims.get(claim)
    if claim == "email" and claims.get("email_verified") is not True:
        stated = ""
    methods = claims.get("amr")
    said = {*(methods if isinstance(methods, list) else ()), claims.get("acr")}
    return Identity(
        issuer=issuer,
        subject=str(claims["sub"]),
        claimed=str(stated) if isinstance(stated, str | int) and not isinstance(stated, bool) else "",
        name=str(claims.get("name") or claims.get("preferred_username") or claims["sub"]),
        vouched=not said.isdisjoint(set(proofs) - {""}),
    )
