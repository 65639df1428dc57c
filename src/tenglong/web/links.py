"""Addresses that go on speaking of the same thing: the one place where a query string is carried from page to page.

What the address of a page says it is about (roster, unit, day, moment of knowledge) goes with every link, form and
redirect of it. A page that is narrowed or turned over (any other key) also gives its address to the pages behind it, as
`back`, so that their links to the list lead to the list as it was. Templates write addresses with the tag `url`, whose
keyword arguments are the query; nothing else puts an address together.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

SUBJECT = ("roster", "unit", "as_of", "known_at")
"""What a page may be about, in the order in which addresses say it."""
BACK = "back"
LONGEST = 1000
"""Characters of a list's address that are handed on; a longer one leads to the whole list."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kept:
    """What goes with every link of a page: what it is about, and the list from which it was opened."""

    subject: Pairs = ()
    back: str = ""

    def to(self, address: str, **query: Any) -> str:
        """An address of this site that speaks of the same; `query` is put to it, "" and None leave a key out.

        The list from which the page was opened is found as it was, unless the address itself says how.
        """
        if not (self.subject or self.back or query):
            return address
        parts = urlsplit(address)
        own = parse_qsl(parts.query, keep_blank_values=True)
        own += [(key, str(value)) for key, value in query.items() if value not in ("", None)]
        named = {key for key, _ in own} | set(query)
        list_ = urlsplit(self.back)
        is_list = list_.path == parts.path
        if is_list and not named:
            own = parse_qsl(list_.query, keep_blank_values=True)
        pairs = [(key, value) for key, value in self.subject if key not in named] + own
        if self.back and not is_list and BACK not in named:
            pairs.append((BACK, self.back))
        written = urlencode(pairs)
        return parts._replace(query=written).geturl() if written else parts._replace(query="").geturl()

    def at(self, name: str, *args: object, **query: Any) -> str:
        """The address of a page by its name."""
        return self.to(reverse(name, args=args), **query)

    @property
    def without_list(self) -> "Kept":
        """What a menu keeps: a list that is opened from it is whole."""
        return Kept(self.subject)


NOTHING = Kept()


def subject_of(given: QueryDict) -> dict[str, str]:
    """What an address says its page is about."""
    return {key: text for key in SUBJECT if (text := given.get(key, "").strip())}


def kept_by(request: HttpRequest, turned: dict[str, str]) -> Kept:
    """What goes with the links of this page; `turned` is what the object that it shows is about."""
    about = subject_of(request.GET) | turned
    subject = tuple((key, about[key]) for key in SUBJECT if key in about)
    narrowed = own_pairs(request.GET) if request.method == "GET" else []  # where a form leads was no list
    own = [(key, value) for key, value in narrowed if value]
    back = f"{request.path}?{urlencode(own)}" if own else _local(request.GET.get(BACK, ""))
    return Kept(subject, back if len(back) <= LONGEST else "")


def own_pairs(given: QueryDict) -> list[tuple[str, str]]:
    """What an address says beside its subject: filters, order and page."""
    return [(key, value) for key, values in given.lists() if key not in (*SUBJECT, BACK) for value in values]


def _local(address: str) -> str:
    return address if address.startswith("/") and not address.startswith("//") else ""
