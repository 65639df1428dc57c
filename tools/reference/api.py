"""docs/reference/api.md: every operation of the API, from its own OpenAPI document."""

import os
from collections.abc import Iterator
from typing import Any

import django

from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# API

Drawn from the operations of `src/tenglong/api` by `make docs`; do not edit. The whole contract, with every field,
is the OpenAPI document that the site serves at `/api/v1/openapi.json`.

- **Who.** `Authorization: Bearer …` with a token made on the account page (shown once; only its SHA-256 is
  kept; it ends after its days and does no more than its scope), or the
  session of the pages with the header `X-CSRFToken`. What a person may see and do is what they may on the pages.
  What is not theirs is not there: 404.
- **Values.** Exact numbers are decimal strings, days ISO 8601, moments with their zone. In an address `+` is written
  `%2B`. A text of a query that is not known is refused, not passed over.
- **Lists** have `limit` (at most 200) and `offset`, and answer `items` and the `count` of the whole list.
- **Problems** answer `{"error": a sentence, "kind": its class}` in the language of `Accept-Language`: 400 the request
  is wrong, 401 nobody, 403 not allowed, 404 not there, 409 the thing has moved on.
- **Files** are handed in as `multipart/form-data`.
"""


def page() -> str:
    """Every operation by topic, with its parameters."""
    parts: list[str | list[str]] = [HEAD]
    for topic, rows in by_topic().items():
        parts += [f"## {topic}", markdown.table(["operation", "what it does", "parameters"], rows)]
    return markdown.page(*parts)


def by_topic() -> dict[str, list[list[str]]]:
    """A row for each operation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
    from tenglong.api.site import api  # its topics need Django's apps

    document = api.get_openapi_schema(path_prefix="/api/v1/")
    topics: dict[str, list[list[str]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names = ", ".join(code(name) for name in parameters(operation, document))
            row = [code(f"{method.upper()} {path.removeprefix('/api/v1')}"), operation["description"], names]
            topics.setdefault(operation["tags"][0].capitalize(), []).append(row)
    return topics


def parameters(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """The query, then the fields of the body; those that must be given end with an asterisk."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            yield parameter["name"] + ("*" if parameter["required"] else "")
    for content in operation.get("requestBody", {"content": {}})["content"].values():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for name in schema["properties"]:
            yield name + ("*" if name in schema.get("required", ()) else "")
