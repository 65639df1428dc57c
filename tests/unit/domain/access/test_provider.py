"""What claims say of somebody."""

from typing import Any

import pytest

from tenglong.domain.access.provider import identity_of


@pytest.mark.parametrize(
    ("claims", "claim", "claimed"),
    [
        ({}, "sub", "1"),
        ({"employee": "E-1"}, "employee", "E-1"),
        ({"employee": 7}, "employee", "7"),
        ({"employee": True}, "employee", ""),
        ({"employee": ["E-1"]}, "employee", ""),
        ({}, "employee", ""),
        ({"email": "a@example.org"}, "email", ""),
        ({"email": "a@example.org", "email_verified": "true"}, "email", ""),
        ({"email": "a@example.org", "email_verified": True}, "email", "a@example.org"),
    ],
)
def test_the_claim_counts_only_where_it_can_be_relied_on(
    claims: dict[str, Any], claim: str, claimed: str
) -> None:
    assert identity_of({"sub": "1", **claims}, "i", claim, ()).claimed == claimed


@pytest.mark.parametrize(
    ("claims", "proofs", "vouched"),
    [
        ({"amr": ["pwd", "otp"]}, ("otp",), True),
        ({"acr": "2"}, ("2",), True),
        ({"amr": ["pwd"]}, ("otp",), False),
        ({"amr": "otp"}, ("otp",), False),
        ({"acr": ""}, ("",), False),
        ({}, ("",), False),
    ],
)
def test_the_provider_vouches_only_for_what_the_setting_names(
    claims: dict[str, Any], proofs: tuple[str, ...], vouched: bool
) -> None:
    assert identity_of({"sub": "1", **claims}, "i", "sub", proofs).vouched is vouched
