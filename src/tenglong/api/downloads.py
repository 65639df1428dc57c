"""Files handed out: always saved, never opened by the browser."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

PIECE = 64 * 1024
ANY_FILE = "application/octet-stream"
ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def binary(media_type: str) -> dict[str, Any]:
    """What the OpenAPI document says of an operation that answers with a file."""
    file = {"schema": {"type": "string", "format": "binary"}}
    return {"responses": {200: {"description": "the file", "content": {media_type: file}}}}


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a kept file; it is closed at its end."""
    with path.open("rb") as file:
        yield from pieces_of(file)


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of an open file; it is closed at its end."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def download(pieces: Iterable[bytes], media_type: str, name: str) -> HttpResponseBase:
    """The file under its name."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)
