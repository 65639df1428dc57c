"""Schemes (评价办法): their files, bringing one in, putting it in force, what another one does differently."""

from typing import Annotated, Any

from django.utils.translation import get_language, gettext
from ninja import Field, Query, Schema, Status
from pydantic import StringConstraints

from tenglong.actions.evaluation import import_scheme, put_in_force
from tenglong.api.callers import Asked, Caller
from tenglong.api.steps import StepOut
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Exact, Id, Moment, PlaceCode, Sentence, Text, Year
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.differences import scheme_difference
from tenglong.domain.evaluation.schemes import Scheme, in_english
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.evaluation.shipped import shipped, shipped_scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.queries.evaluation.runs import Scheme as Kept
from tenglong.queries.evaluation.runs import scheme_by_id, scheme_file, visible_schemes
from tenglong.queries.evaluation.schemes import scheme_file_problems, shipped_text
from tenglong.queries.evaluation.shown import SchemeView
from tenglong.queries.matters import open_steps

# What an evaluation says in words: a scheme's own names stand in its file, in both languages.


def in_scheme(message: Message, *schemes: Scheme) -> str:
    """A sentence in the reader's language; what schemes give names to is called as their own files call it."""
    return message.render(in_english(gettext, *schemes) if get_language() == "en" else gettext)


topic = Topic(tags=["schemes"])
MOST_CHARACTERS = 1024 * 1024
Toml = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class SchemeText(Given):
    """A scheme file; `filename` is how its problems call it."""

    text: Toml
    filename: Text = "scheme.toml"


class NewScheme(SchemeText):
    """A scheme file and the territory that it is to be used in."""

    territory: Code


class CheckedOut(Schema):
    """Everything that is wrong with a scheme file, a sentence for each; empty where it may be brought in."""

    problems: list[Sentence]


class SchemeOut(ByPeople):
    """A version of a scheme; `code` is the id in its file, `digest` the SHA-256 of it."""

    id: int
    code: str
    territory: PlaceCode
    year: int
    version: int
    title: str
    title_en: str
    state: str
    digest: str
    imported_by: str
    imported_at: Moment
    in_force_by: str
    in_force_at: Moment | None


class IndicatorOut(Schema):
    """An indicator of a scheme."""

    id: str
    name: str = Field(validation_alias="zh")
    name_en: str = Field(validation_alias="en")
    unit: str
    weight: Exact
    method: str


class GradeOut(Schema):
    """A grade from the best to the worst: its share in percent or the lowest total for it; the last has neither."""

    grade: str
    name: str = Field(validation_alias="zh")
    name_en: str = Field(validation_alias="en")
    share: Exact | None
    least: Exact | None = Field(validation_alias="from_")


class SchemeInFull(SchemeOut):
    """A version with its file, and the steps that the caller may take or that must wait."""

    text: str
    indicators: list[IndicatorOut]
    grades: list[GradeOut]
    steps: list[StepOut]


class SchemeDifferenceOut(Schema):
    """One difference that can change a result; `id` is the path to it in the file."""

    id: str
    sentence: str


class ShippedOut(Schema):
    """A scheme that ships with the program; `source` is the document that it was taken from."""

    name: str = Field(validation_alias="id")
    title: str
    title_en: str
    place: str
    year: int
    version: int
    source: str
    digest: str


class ShippedInFull(ShippedOut):
    """A shipped scheme with its file, to start one's own from."""

    text: str


@topic.get("/schemes", response={200: Page[SchemeOut]})
def listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The schemes of the caller's territory, and those under which somebody there is rated."""
    return paged(visible_schemes(request.auth.scope), paging, _scheme)


@topic.post("/schemes", response={201: SchemeInFull})
def bring_in(request: Asked, given: NewScheme) -> Status:
    """Bring a scheme file in as a draft. A file with a fault is not stored; the first fault is the error."""
    caller = request.auth
    scheme = import_scheme(
        actor=caller.actor,
        at=caller.now,
        text=given.text,
        code=caller.place(given.territory, caller.today).code,
        filename=given.filename,
    )
    return Status(201, _in_full(caller, scheme))


@topic.post("/schemes/check", response={200: CheckedOut})
def checked(request: Asked, given: SchemeText) -> dict[str, Any]:
    """Everything that is wrong with a scheme file; nothing is stored."""
    request.auth.actor.check_may(Permission.EVALUATION_DRAFT)
    return {"problems": scheme_file_problems(given.filename, given.text.encode())}


@topic.get("/schemes/{id}", response={200: SchemeInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One scheme with its file."""
    caller = request.auth
    return _in_full(caller, scheme_by_id(id, caller.scope))


@topic.post("/schemes/{id}/put-in-force", response={200: SchemeInFull})
def in_force(request: Asked, id: Id) -> dict[str, Any]:
    """Put a draft in force, in place of an earlier version. Not by who brought it in."""
    caller = request.auth
    scheme = put_in_force(actor=caller.actor, at=caller.now, scheme=scheme_by_id(id, caller.scope))
    return _in_full(caller, scheme)


@topic.get("/schemes/{id}/difference/{earlier}", response={200: Page[SchemeDifferenceOut]})
def compared(request: Asked, id: Id, earlier: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What the scheme does differently from an earlier one, in the order of a scheme file."""
    scope = request.auth.scope
    before, after = (scheme_file(scheme_by_id(one, scope)) for one in (earlier, id))
    found = [
        {"id": one.id, "sentence": in_scheme(one.sentence, before, after)}
        for one in scheme_difference(before, after)
    ]
    return paged(found, paging)


@topic.get("/shipped-schemes", response={200: Page[ShippedOut]})
def ours(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The schemes that ship with the program."""
    return paged(list(_shipped(request.auth).values()), paging)


@topic.get("/shipped-schemes/{name}", response={200: ShippedInFull})
def our_text(request: Asked, name: Name, year: Year | None = None) -> dict[str, Any]:
    """The file of a shipped scheme, for another year where one is given."""
    if not _shipped(request.auth):
        raise NotFound(msg("没有这份评价办法，请从列表中选择。"))
    scheme = shipped_scheme(name)
    own = ("id", "title", "title_en", "place", "version", "source", "digest")
    wanted = year or scheme.year
    return {
        **{field: getattr(scheme, field) for field in own},
        "year": wanted,
        "text": shipped_text(name, wanted),
    }


def _shipped(caller: Caller) -> dict[str, SchemeFile]:
    """What ships with the program, for everybody who may see anything."""
    return shipped() if caller.actor.may(Permission.VIEW) else {}


def _scheme(scheme: Kept) -> dict[str, Any]:
    shown = SchemeView.of(scheme)
    return {**vars(shown), "id": shown.pk, "territory": shown.place.pk}


def _in_full(caller: Caller, scheme: Kept) -> dict[str, Any]:
    file = scheme_file(scheme)
    return {
        **_scheme(scheme),
        "text": scheme.text,
        "indicators": file.indicator,
        "grades": file.grades.steps if file.grades else (),
        "steps": open_steps(scheme, caller.actor, caller.today),
    }
