"""Who may call the API, and what is not theirs is not there."""

import pytest
from django.test import Client

from tenglong.api.site import api
from tests.integration.api.world import Campaign

OPERATIONS = [
    (method, path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
]


def address(path: str, **values: object) -> str:
    """The path with its parts filled in, 1 where nothing is given."""
    parts = {"code": "hcle", "other": "own", "id": 1, "case_id": 1, **values}
    return path.format(**parts)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_gets_anything_without_a_token(world: Campaign, method: str, path: str) -> None:
    answer = Client().generic(method, address(path))
    assert answer.status_code == 401
    assert answer.json()["kind"] == "NotSignedIn"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
