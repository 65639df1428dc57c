"""The formats of docs/reference that are JSON schemas: a roadmap problem, and the settings it is made from."""

import json
from typing import Any

from pydantic import BaseModel

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.roadmap.problems.format import ProblemSpec
from tenglong.domain.roadmap.settings import Settings


def page() -> str:
    """roadmap-problem.schema.json: as `tenglong plan` validates it."""
    return _drawn(_schema(ProblemSpec))


def settings_page() -> str:
    """roadmap-settings.schema.json: what an office states; settings.toml fills in the rest, key by key."""
    schema, usual = _schema(Settings), load_rules("tenglong.domain.roadmap", "settings.toml").content
    tables = [
        schema["$defs"][one["$ref"].split("/")[-1]] for one in schema["properties"].values() if "$ref" in one
    ]
    for table in tables:
        table.pop("required", None)
    schema["required"] = [key for key in schema["required"] if key not in usual]
    return _drawn(schema)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema()


def _drawn(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
