"""What a page is about: who asks, which roster, which unit, as of which day, as known at which moment.

The roster and the unit are chosen in the header and kept, the roster in a cookie of the person, the unit in the
session; `roster` and `unit` in the query string choose anew. `as_of` and `known_at` are kept by links only
(web/links.py): a page without them speaks of the present.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.http import HttpRequest
from django.utils import timezone

from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, NotFound, UserError
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date, day_in, moment_in
from tenglong.domain.registry.territory import Tree
from tenglong.queries.campaign.figures import Question, question
from tenglong.queries.campaign.rosters import (
    Roster,
    RosterView,
    in_use,
    latest_day,
    roster_by_code,
    visible_rosters,
)
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.web.links import Kept, kept_by

OFFERED_AT_MOST = 200
"""So many units stand in a choice; of more those near the chosen one, and the page of units finds the others."""


@dataclass(frozen=True)
class Unit:
    """A unit that the header offers; `depth` is how far it stands below the person's own territory."""

    code: str
    name: str
    depth: int

    @property
    def indented(self) -> str:
        """The name, moved right by two characters for each step down."""
        return "\u3000" * self.depth + self.name


class Here:
    """The surroundings of one request; everything but the actor is looked up when it is first asked for."""

    def __init__(self, request: HttpRequest):
        self._request = request
        self.now = timezone.now()
        self.today = china_date(self.now)
        self.actor: Actor = actor_of(request.user, self.today)
        self._turned: dict[str, str] = {}
        self.chooser = request.path

    @cached_property
    def scope(self) -> Scope:
        """Where this person may look."""
        return scope_of(self.actor)

    def may(self, permission: Permission, place_id: int | None = None) -> bool:
        """Whether this person holds `permission` there, or anywhere."""
        return self.actor.may(permission, place_id)

    @cached_property
    def _visible(self) -> list[Roster]:
        return visible_rosters(self.scope)

    @property
    def all_rosters(self) -> list[Roster]:
        """The rosters this person may see, to be asked about."""
        return self._visible

    @cached_property
    def rosters(self) -> tuple[RosterView, ...]:
        """The same as pages show them."""
        return tuple(RosterView.of(roster) for roster in self._visible)

    @property
    def roster(self) -> RosterView | None:
        """The chosen roster as pages show it; raises like `_chosen`."""
        return None if self._chosen is None else RosterView.of(self._chosen)

    @cached_property
    def _chosen(self) -> Roster | None:
        """The chosen roster, else the one in use; None where there is none.

        Raises:
            NotFound: the address names a roster that is not there for this person.
        """
        asked = self._request.GET.get("roster")
        if asked:
            return roster_by_code(asked, self.scope)
        kept = self._request.COOKIES.get(self.roster_cookie)
        chosen = next((one for one in self._visible if one.code == kept), None)
        return chosen or in_use(self._visible)

    @property
    def roster_cookie(self) -> str:
        """The name of the cookie that holds the roster which this person chose last in this browser."""
        return f"roster-{self.actor.user_id}"

    def turn_to(self, roster: Roster, *, code: str = "", as_of: date | None = None, chooser: str) -> None:
        """Let a page about one object, and those that its links lead to, be about the roster, unit and day of the
        object; another roster or unit is chosen on the page `chooser`. It becomes nobody's default."""
        self._chosen = roster
        self._turned["roster"] = roster.code
        self.chooser = chooser
        unit = next((unit for unit in self.units if unit.code == code), None)
        if unit is not None:
            self.unit = unit
            self._turned["unit"] = unit.code
        if as_of is not None:
            self.as_of = as_of
            self._turned["as_of"] = as_of.isoformat()

    @property
    def kept(self) -> Kept:
        """What goes with every link of this page."""
        return kept_by(self._request, self._turned)

    @property
    def chosen_day(self) -> date | None:
        """The day that the page is about where a day or a moment was chosen; None on pages about the present."""
        if not {"as_of", "known_at"} & {key for key, _ in self.kept.subject}:
            return None
        with suppress(UserError):
            return self.as_of
        return None

    @property
    def the_roster(self) -> Roster:
        """The chosen roster, for pages that have nothing to say without one.

        Raises:
            NotFound: there is no roster yet.
        """
        if self._chosen is None:
            raise NotFound(msg("本辖区还没有名单。请先建立名单，再在导入中心上传推送名单。"))
        return self._chosen

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units this person may look at, each territory with everything below it, in official order."""
        return _units_below(tuple(self.actor.codes), territory().at(self.today))

    @cached_property
    def offered(self) -> tuple[Unit, ...]:
        """The units to choose from: all, and of very many those near the chosen one."""
        if len(self.units) <= OFFERED_AT_MOST:
            return self.units
        tree, code = territory().at(self.today), self.unit.code
        above = [place.code for place in tree.ancestors(code)]
        open_ = {code, *above}
        near = {child.code for one in open_ for child in tree.children(one)} | open_
        return tuple(unit for unit in self.units if unit.depth == 0 or unit.code in near)

    @cached_property
    def choices(self) -> tuple[Unit, ...]:
        """The units that a form offers, and those that it was sent back with."""
        sent = (
            {text for _, texts in self._request.POST.lists() for text in texts} if self._request.POST else ()
        )
        offered = {unit.code for unit in self.offered}
        also = (unit for unit in self.units if unit.code in sent and unit.code not in offered)
        return (*self.offered, *also) if sent else self.offered

    @cached_property
    def unit(self) -> Unit:
        """The chosen unit, else the person's own.

        Raises:
            NotFound: the address names a unit outside the person's territory.
        """
        asked = self._request.GET.get("unit")
        by_code = {unit.code: unit for unit in self.units}
        if asked:
            if asked not in by_code:
                raise NotFound(msg("没有单位“{code}”，请从页面上方的单位中选择。", code=asked))
            self._request.session["unit"] = asked
            return by_code[asked]
        return by_code.get(self._request.session.get("unit"), self.units[0])

    @property
    def places(self) -> frozenset[int]:
        """The places that count under the chosen unit today and that this person may see."""
        return self.scope.narrowed(territory().at(self.today).members(self.unit.code)).places

    @cached_property
    def as_of(self) -> date:
        """The day asked for; without one the last day in the roster's ledger, at most today."""
        asked = self._request.GET.get("as_of", "").strip()
        if asked:
            return day_from(asked, self.today)
        return self.default_as_of(self._chosen) if self._chosen else self.today

    def default_as_of(self, roster: Roster) -> date:
        """The last day in the ledger of `roster`, at most today."""
        return min(latest_day(roster), self.today)

    @cached_property
    def known_at(self) -> datetime:
        """The moment of knowledge asked for, without one the present."""
        asked = self._request.GET.get("known_at", "").strip()
        return moment_from(asked, self.now) if asked else self.now

    @property
    def asks_about_the_past(self) -> bool:
        """Whether a moment of knowledge before the present was asked for."""
        return self.known_at < self.now

    def question(self, roster: Roster | None = None, as_of: date | None = None) -> Question:
        """The question this page asks, about its own roster and day unless told otherwise."""
        return question(
            roster=roster or self.the_roster,
            code=self.unit.code,
            as_of=as_of or self.as_of,
            known_at=self.known_at,
            scope=self.scope,
            last_id=last_id_at(
                (roster or self.the_roster).pk, self.known_at if self.asks_about_the_past else None
            ),
        )


@lru_cache(maxsize=500)
def _units_below(codes: tuple[str, ...], tree: Tree) -> tuple[Unit, ...]:
    found: dict[str, Unit] = {}
    for top in codes:
        above = len(tree.ancestors(top))
        for place in tree.descendants(top):
            depth = len(tree.ancestors(place.code)) - above
            found.setdefault(place.code, Unit(place.code, place.name, depth))
    return tuple(found.values())


def day_from(text: str, today: date) -> date:
    """A day typed as 2021-11-09.

    Raises:
        BadValue: it is not a day, or lies ahead.
    """
    day = day_in(text)
    if day is None:
        raise BadValue(msg("“{value}”不是日期，请按 2021-11-09 的格式填写。", value=text))
    if day > today:
        raise BadValue(msg("日期 {day} 晚于今天 {today}，请选择今天或更早的日期。", day=day, today=today))
    return day


def moment_from(text: str, now: datetime) -> datetime:
    """A moment typed as 2021-11-09T17:30, in Chinese time unless it says otherwise; at most `now`.

    Raises:
        BadValue: it is not a moment.
    """
    moment = moment_in(text)
    if moment is None:
        raise BadValue(msg("“{value}”不是时间，请按 2021-11-09T17:30 的格式填写。", value=text))
    return min(moment, now)
