"""Who calls: a program with a token, or a page of this site with its session. The policy decides the rest."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from tenglong.actions.access.people import note_token_use
from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.registry.territory import Place
from tenglong.queries.access.people import Account, actor_of_token, working_token
from tenglong.queries.access.second_step import left_to_do
from tenglong.queries.campaign.rosters import Roster, roster_by_code
from tenglong.queries.registry.territory import actor_of, territory


@dataclass(frozen=True)
class Caller:
    """Somebody asking at a moment."""

    user: Account
    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        """The day in China."""
        return china_date(self.now)

    @property
    def scope(self) -> Scope:
        """Where the caller may look."""
        return scope_of(self.actor)

    def roster(self, code: str) -> Roster:
        """The roster `code`.

        Raises:
            NotFound: there is none, or not for the caller.
        """
        return roster_by_code(code, self.scope)

    def place(self, code: str | None, day: date) -> Place:
        """The place that bears `code` on `day`; without a code the caller's own territory.

        Raises:
            NotFound: there is none, or not for the caller: the two look the same.
        """
        tree = territory().at(day)
        wanted = code or next(iter(self.actor.codes), "")
        if tree.has(wanted) and tree.place(wanted).id in self.scope.places:
            return tree.place(wanted)
        raise NotFound(msg("{day} 没有单位“{code}”，或不在您的辖区内。", day=day, code=wanted))

    def places(self, code: str | None) -> frozenset[int]:
        """The places under `code` today, as far as the caller may look; raises like `place`."""
        under = territory().at(self.today).members(self.place(code, self.today).code)
        return self.scope.narrowed(under).places


class Asked(HttpRequest):
    """A request whose caller is known."""

    auth: Caller


class Token(HttpBearer):
    """`Authorization: Bearer …` with a token made on the account page."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The token's owner within the token's scope; None when it no longer works."""
        now = timezone.now()
        found = working_token(token, now)
        if found is None:
            return None
        note_token_use(token=found, at=now)
        return Caller(Account.of(found.user), actor_of_token(found, china_date(now)), now)


class Session(SessionAuth):
    """The session of somebody signed in on the pages; writing needs the page's CSRF token too."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The person of the session. A request that shows a token stands or falls with it."""
        user = request.user
        if "Authorization" in request.headers or not user.is_authenticated:
            return None
        if left_to_do(user, request.session):
            return None
        self._get_key(request)
        now = timezone.now()
        return Caller(Account.of(user), actor_of(user, china_date(now)), now)
