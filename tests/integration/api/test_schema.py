"""The API against its own OpenAPI document: schemathesis sends what it permits, and what it does not."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import PositiveDataAcceptanceConfig

from tenglong.api.site import api
from tests.integration.api.world import Campaign

pytestmark = pytest.mark.slow

# What exists, so that requests get past "not there": each takes the place of a good value of its name.
CODES = {"roster": "hcle", "code": "hcle", "other": "own", "territory": "330421", "within": "330421"}
DAYS = {"as_of": "2021-11-09", "from_as_of": "2021-11-02", "business_day": "2021-11-09"}

DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = get_wsgi_application()
schema.config.generation.max_examples = 12
schema.config.generation.deterministic = True
# A rule may refuse what the document cannot: a day ahead, an amount without files.
schema.config.checks.positive_data_acceptance = PositiveDataAcceptanceConfig(
    expected_statuses=["2xx", "400", "401", "403", "404", "409"]
)
schema["/api/v1/me"]["GET"].as_strategy()  # reads the words of the app's source once, not for each operation

NUMBERS: dict[str, Callable[[Campaign], int]] = {
    "firm_id": lambda world: world.ids["firms"],
    "earlier": lambda world: world.rated.earlier.pk,
    "scheme": lambda world: world.rated.scheme.pk,
    "number": lambda world: 1,
}


def with_what_exists(values: Any, id: int, world: Campaign, topic: str = "") -> Any:
    """Good values replaced by those of something that exists, bad ones left as they are."""
    found = dict(values) if isinstance(values, dict) else values
    for name, value in (values if isinstance(values, dict) else {}).items():
        if name in CODES and isinstance(value, str) and re.fullmatch(r"[-A-Za-z0-9_]{1,40}", value):
            found[name] = CODES[name]
        elif name in DAYS and isinstance(value, str) and re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", value):
            found[name] = DAYS[name]
        elif name in NUMBERS and str(value).isdecimal() and 1 <= int(value) < 2**63:
            found[name] = NUMBERS[name](world)
        elif name in ("id", "case_id") and str(value).isdecimal() and 1 <= int(value) < 2**63:
            found[name] = world.case_in(topic) if (name, topic) == ("case_id", "roadmaps") else id
    return found


@pytest.fixture(autouse=True)
def open_connection() -> Iterator[None]:
    """Requests leave the database connection open, which holds the campaign; Django's own test client does so."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def as_described(case: schemathesis.Case, world: Campaign) -> None:
    """Send one request and hold the answer against the document."""
    topic = case.operation.path.removeprefix("/api/v1/").split("/")[0]
    id = world.ids.get(topic, 1)
    case.path_parameters = with_what_exists(case.path_parameters, id, world, topic)
    case.query = with_what_exists(case.query, 1, world)
    case.body = with_what_exists(case.body, 1, world)
    if isinstance(case.body, dict) and "" in case.body.values():
        return  # this client leaves empty fields of a form out
    case.call_and_validate(headers={"Authorization": f"Bearer {world.tokens['demo-jiashan']}"})


def check_of(operation_id: str) -> Callable[..., None]:
    """The test of one operation."""

    @schema.include(operation_id=operation_id).parametrize()
    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case, world: Campaign) -> None:
        as_described(case, world)

    return check


# A test by name for each operation: parametrized, they would share one id, and pytest-xdist would run only one.
for methods in DOCUMENT["paths"].values():
    for operation in methods.values():
        vars()[f"test_{operation['operationId']}_answers_as_described"] = check_of(operation["operationId"])
