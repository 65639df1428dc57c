"""What a job is about, in names that people know: the file, the roster, the roadmap, the run, the day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tenglong.domain.access.policy import Scope
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Evaluation, EvaluationResult, Firm, Import, Roadmap, Roster


@dataclass(frozen=True)
class Part:
    """A name in both languages; most names of the data have one form only."""

    title: str
    title_en: str = ""


@dataclass(frozen=True)
class About:
    """`parts` one after another; `topic` and `id` say which page tells more, which checks itself who may see it."""

    parts: tuple[Part, ...]
    topic: str = ""
    id: int | None = None

    @property
    def text(self) -> str:
        """The parts in one line, in Chinese."""
        return " · ".join(part.title for part in self.parts)


Asked = tuple[int, str, Mapping[str, Any]]
"""(id of the job, kind, params)."""


def abouts_of(jobs: Sequence[Asked]) -> dict[int, About | None]:
    """What each job is about, by its id; None where it is about everything, or what it was about is gone.

    At most one statement for each topic, however many jobs.
    """
    known: dict[str, Mapping[Any, About]] = {
        "import": _imports(_named(jobs, "import")),
        "evaluation": _evaluations(_named(jobs, "evaluation")),
        "roadmap": _roadmaps(_named(jobs, "roadmap")),
        "roster": _rosters(_named(jobs, "roster")),
    }
    firms = Firm.objects.filter(pk__in=_named(jobs, "firm")).values_list("pk", "name")
    names = dict(firms) if _named(jobs, "firm") else {}
    return {id: _about(params, known, names) for id, _, params in jobs}


def out_of_sight(jobs: Sequence[Asked], scope: Scope) -> set[int]:
    """The jobs, by id, that are about something which lies where the person may no longer look."""
    if scope.everywhere:
        return set()
    batches = Import.objects.filter(pk__in=_named(jobs, "import")).values_list("pk", "code", "business_day")
    firms = Firm.objects.filter(pk__in=_named(jobs, "firm")).values_list("pk", "place_id")
    roadmaps = Roadmap.objects.filter(pk__in=_named(jobs, "roadmap")).values_list("pk", "place_id")
    runs = Evaluation.objects.filter(pk__in=_named(jobs, "evaluation"))
    results = EvaluationResult.objects.filter(evaluation=OuterRef("pk"), place_id__in=scope.places)
    seen_runs = runs.filter(Q(place_id__in=scope.places) | Exists(results))
    seen = {
        "import": {id for id, code, day in batches if territory().at(day).place(code).id in scope.places},
        "firm": {id for id, place in firms if place in scope.places},
        "roadmap": {id for id, place in roadmaps if place in scope.places},
        "evaluation": set(seen_runs.values_list("pk", flat=True)),
    }
    return {
        id for id, _, params in jobs if any(params[key] not in seen[key] for key in seen if key in params)
    }


def _about(
    params: Mapping[str, Any], known: Mapping[str, Mapping[Any, About]], names: Mapping[int, str]
) -> About | None:
    found = next((known[key].get(params[key]) for key in known if key in params), None)
    more = [names.get(params.get("firm", 0), ""), params.get("as_of", "")]
    if found is None or not any(more):
        return found
    return About((*found.parts, *(Part(one) for one in more if one)), found.topic, found.id)


def _named(jobs: Iterable[Asked], key: str) -> set[Any]:
    return {params[key] for _, _, params in jobs if key in params}


def _imports(ids: set[int]) -> dict[int, About]:
    rows = Import.objects.filter(pk__in=ids).select_related("roster") if ids else ()
    return {row.pk: About((Part(row.filename), *_roster_part(row.roster)), "imports", row.pk) for row in rows}


def _evaluations(ids: set[int]) -> dict[int, About]:
    rows = Evaluation.objects.filter(pk__in=ids).select_related("scheme", "place") if ids else ()
    return {
        row.pk: About(
            (Part(row.scheme.title, row.scheme.title_en), Part(row.place.name), Part(str(row.year))),
            "evaluations",
            row.pk,
        )
        for row in rows
    }


def _roadmaps(ids: set[int]) -> dict[int, About]:
    rows = Roadmap.objects.filter(pk__in=ids).select_related("roster") if ids else ()
    return {
        row.pk: About(
            (Part(row.title), Part(f"#{row.number}"), *_roster_part(row.roster)), "roadmaps", row.pk
        )
        for row in rows
    }


def _rosters(codes: set[str]) -> dict[str, About]:
    rows = Roster.objects.filter(code__in=codes) if codes else ()
    return {row.code: About(_roster_part(row)) for row in rows}


def _roster_part(roster: Roster | None) -> tuple[Part, ...]:
    return (Part(roster.title, roster.title_en),) if roster else ()
