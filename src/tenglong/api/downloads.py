"""Files handed out: always saved, never opened by the browser."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header


def binary(media_type: str) -> dict[str, Any]:
    """What the OpenAPI document says of an operation that answers with a file."""
    file = {"schema": {"type": "string", "format": "binary"}}
    return {"responses": {200: {"description": "the file", "content": {media_type: file}}}}


def download(pieces: Iterable[bytes], media_type: str, name: str) -> HttpResponseBase:
    """The file under its name."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)
