"""What the provider of single sign-on says of somebody (OpenID Connect Core 1.0)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 255
"""OpenID Connect Core 1.0, 2: a subject has at most so many characters."""


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
    `proofs` are the values of amr or acr that stand for a second proof.

    Raises:
        ValueError: the subject is none: an empty one would be everybody's.
    """
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject.strip()) <= LONGEST:
        raise ValueError("sub is no name of anybody")
    stated = claims.get(claim)
    if claim == "email" and claims.get("email_verified") is not True:
        stated = ""
    methods = claims.get("amr")
    said = {*(methods if isinstance(methods, list) else ()), claims.get("acr")}
    return Identity(
        issuer=issuer,
        subject=subject,
        claimed=str(stated) if isinstance(stated, str | int) and not isinstance(stated, bool) else "",
        name=str(claims.get("name") or claims.get("preferred_username") or subject),
        vouched=not said.isdisjoint(set(proofs) - {""}),
    )
