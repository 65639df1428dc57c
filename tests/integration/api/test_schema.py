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
from schemathesis.checks import load_all_checks
from schemathesis.config import PositiveDataAcceptanceConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.modes import GenerationMode
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source

from tenglong.api.site import api
from tests.integration.api.world import Campaign

pytestmark = pytest.mark.slow
EXAMPLES = max(4, settings().max_examples // 15)
"""Of random requests to each operation, beside one for every edge of every parameter that the document names: those
find more, and a random one costs as much as five of them. `HYPOTHESIS_PROFILE=thorough` sends 200."""

# What exists, so that requests get past "not there": each takes the place of a good value of its name.
CODES = {
    "roster": "hcle",
    "code": "hcle",
    "other": "own",
    "territory": "330421",
    "within": "330421",
    "rule": "cards",
    "piece": "E01",
}
DAYS = {"as_of": "2021-11-09", "from_as_of": "2021-11-02", "business_day": "2021-11-09"}

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
    if isinstance(case.body, dict) and [*case.body] == ["files"] and _is_meant_to_be_wrong(case):
        return  # and makes a file of whatever is no list of files
    case.call_and_validate(headers={"Authorization": f"Bearer {world.tokens['demo-jiashan']}"})


def _is_meant_to_be_wrong(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document as schemathesis reads it."""
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    found = schemathesis.openapi.from_dict(document)
    found.app = get_wsgi_application()
    found.config.generation.max_examples = EXAMPLES
    found.config.generation.deterministic = True
    # A rule may refuse what the document cannot: a day ahead, an amount without files.
    found.config.checks.positive_data_acceptance = PositiveDataAcceptanceConfig(
        expected_statuses=["2xx", "400", "401", "403", "404", "409"]
    )
    return found


@pytest.fixture(scope="module")
def words(schema: Any) -> FeedbackSources:
    """The words of the app's source, read once, not for each operation."""
    return FeedbackSources(constants_value_source=make_constants_value_source(schema))


OPERATIONS = sorted(
    operation.operation_id or api.get_openapi_operation_id(operation)
    for router in api._get_bound_routers()
    for view in router.path_operations.values()
    for operation in view.operations
    if operation.include_in_schema
)


def test_every_operation_is_tried(schema: Any) -> None:
    ids = [one["operationId"] for methods in schema.raw_schema["paths"].values() for one in methods.values()]
    assert sorted(ids) == OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_answers_as_described(
    operation: str, schema: Any, words: FeedbackSources, world: Campaign
) -> None:
    """What to send is thought of here, not when tests are collected: that takes half a minute for all operations."""

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        as_described(case, world)

    found = schema.find_operation_by_id(operation)
    load_all_checks()
    build_operation_test(
        config=schema.config, operation=found, test_func=check, given_kwargs={}, feedback=words
    )()
