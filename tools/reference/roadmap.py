"""docs/reference/roadmap-problem.schema.json: the format of a roadmap problem, as `tenglong plan` validates it."""

import json

from tenglong.domain.roadmap.problems_format import ProblemSpec


def page() -> str:
    """The JSON schema."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | ProblemSpec.model_json_schema()
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
