"""What sentences about a roadmap call its firms, towns and measures."""

from collections.abc import Iterable
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.measures import measure_labels
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.roadmap.lines import town_of, visible_lines
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap


def names_of_facts(facts: Iterable[FirmFacts], deadline: date) -> Names:
    """The names of all cases that a roadmap until `deadline` is planned from."""
    known = list(facts)
    firms, towns = {one.id: one.name for one in known}, {one.place: one.town for one in known}
    return Names(firms=firms, tags={"town": towns}, measures=measure_labels(), until=deadline)


def names_of(roadmap: Roadmap, scope: Scope) -> Names:
    """The names of the cases that may be seen; others stay numbers."""
    rows = visible_lines(roadmap, scope).values_list("case_id", "case__firm__name", "place_id")
    firms: dict[str, str] = {}
    places: set[int] = set()
    for case_id, name, place_id in rows.iterator(chunk_size=10_000):
        firms[str(case_id)] = name
        places.add(place_id)
    towns = dict(town_of(id, roadmap.facts_on) for id in places)
    deadline = settings_of(roadmap).deadline
    return Names(firms=firms, tags={"town": towns}, measures=measure_labels(), until=deadline)
