"""The question behind figures, board and lineage, as the query string asks it."""

from datetime import date

from ninja import Field, Schema

from tenglong.api.callers import Caller
from tenglong.api.values import Code, Day, Moment
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.queries.campaign.figures import Question, question
from tenglong.queries.campaign.rosters import latest_day
from tenglong.queries.ledger.fold import last_id_at


class Standpoint(Schema):
    """In which territory, as of which day, as known at which moment."""

    territory: Code | None = Field(None, description="a place's code; without it the caller's own territory")
    as_of: Day | None = Field(None, description="without it the last day in the roster's ledger")
    known_at: Moment | None = Field(None, description="without it everything known now")

    def question(self, caller: Caller, roster_code: str) -> Question:
        """The question about a roster.

        Raises:
            NotFound: roster or territory do not exist, or not for the caller. BadValue: the day lies ahead.
        """
        roster = caller.roster(roster_code)
        as_of = self.as_of or min(latest_day(roster), caller.today)
        check_day(as_of, caller.today)
        known_at = min(self.known_at, caller.now) if self.known_at else caller.now
        return question(
            roster=roster,
            code=caller.place(self.territory, as_of).code,
            as_of=as_of,
            known_at=known_at,
            scope=caller.scope,
            last_id=last_id_at(roster.pk, known_at if self.known_at else None),
        )


class Point(Standpoint):
    """A roster, seen from a standpoint."""

    roster: Code

    def ask(self, caller: Caller) -> Question:
        """The question; see Standpoint.question."""
        return self.question(caller, self.roster)


def check_day(day: date, today: date) -> None:
    """Raises BadValue for a day that lies ahead."""
    if day > today:
        raise BadValue(msg("日期 {day} 晚于今天 {today}，请选择今天或更早的日期。", day=day, today=today))
