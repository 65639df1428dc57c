"""Which place a row means, within the territory that its uploader answers for."""

from datetime import date
from functools import cached_property

from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.places import Level, Place
from tenglong.queries.territory import territory

Found = tuple[Place | None, str, Message | None]


class PlaceFinder:
    """Remembers every wording met in a file: a hundred thousand rows name few places."""

    def __init__(self, within: str, day: date):
        self._tree = territory().at(day)
        self._territory, self._within, self._day = territory(), within, day
        self._known: dict[tuple[str, str], Found] = {}

    def find(self, row: ParsedRow) -> Found:
        """(place, column, problem): the place, or the column and sentence why there is none."""
        county, town = (str(row.value(column) or "") for column in ("county", "town"))
        if (county, town) not in self._known:
            self._known[county, town] = self._find(county, town)
        return self._known[county, town]

    @cached_property
    def members(self) -> frozenset[int]:
        """The places of the territory."""
        return self._tree.members(self._within)

    def _find(self, county: str, town: str) -> Found:
        if not county and not town:
            if self._tree.children(self._within):
                return None, "county", msg("没有填写县（市、区）和镇（街道），无法确定属地，请补填。")
            return self._tree.place(self._within), "", None
        within, column = self._within, "county"
        try:
            if county:
                place = self._above(county) or self._named(county, within)
                within = place.code
            if town:
                if county and place.level == Level.ZONE and not self._tree.children(within):
                    return place, "", None  # a zone's towns are not recorded: it is the unit itself
                column = "town"
                place = self._named(town, within)
        except UserError as error:
            return None, column, error.message
        if place.id not in self.members:
            return None, column, self._outside(place)
        return place, column, None

    def _above(self, county: str) -> Place | None:
        """The territory itself or a place above it: a town's own table names its county too."""
        for place in (self._tree.place(self._within), *self._tree.ancestors(self._within)):
            if county in (place.name, place.code, place.name[:-1], *place.aliases):
                return self._tree.place(self._within) if place.code != self._within else place
        return None

    def _named(self, text: str, within: str) -> Place:
        try:
            return self._territory.find(text, within=within, day=self._day)
        except UserError:
            elsewhere = self._elsewhere(text)
            if elsewhere is None:
                raise
            return elsewhere

    def _elsewhere(self, text: str) -> Place | None:
        """The place outside the territory that bears this name, so that the sentence can say so."""
        root = (self._tree.place(self._within), *self._tree.ancestors(self._within))[-1]
        try:
            found = self._territory.find(text, within=root.code, day=self._day)
        except UserError:
            return None
        return None if found.id in self.members else found

    def _outside(self, place: Place) -> Message:
        problem = "“{place}”不在本次导入的辖区“{within}”之内，不能由您上报，请删去这一行或由当地上报。"
        return msg(problem, place=place.name, within=self._tree.place(self._within).name)
