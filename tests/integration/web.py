"""What tests of pages share: signing in, and reading an exported workbook."""

import io
import re
from typing import Any

import openpyxl
from django.test import Client

from tenglong.store.models import User


def signed_in(username: str) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.get(username=username))
    return client


def text_of(answer: Any) -> str:
    """What a reader sees: the page without tags, spaces drawn together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def cells_of(answer: Any) -> list[list[object]]:
    """The rows of an exported workbook's first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
