"""Every door through which something is written × everybody × own and foreign objects.

A door is a page that takes a POST, an operation of the API that is no GET, a kind of table and a kind of job. One that
is added without a line in its table here fails. What the doors are tried on is Jiashan's: named by id, by code, by
name, by roster, by file and by place; foreign to Pinghu, and above Xitang.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from tenglong.actions.campaign.assigning import assign_cases, hand_over
from tenglong.actions.registry.organisation import tell_organisation
from tenglong.actions.registry.places import take_place_step
from tenglong.actions.rules.releasing import put_rules
from tenglong.actions.uplift.certificates import record_certificate
from tenglong.api.site import api
from tenglong.domain.access.roles import roles
from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import silent
from tenglong.domain.registry.changes import Kind as PlaceKind
from tenglong.domain.registry.changes import Step
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.domain.registry.territory import Level
from tenglong.domain.rules.owned import owned
from tenglong.domain.uplift.certificates import Certificate as Interval
from tenglong.jobs.handlers import HANDLERS
from tenglong.queries.matters import processes
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.store.models import (
    ApiToken,
    Certificate,
    Firm,
    Import,
    Membership,
    OrganisationStep,
    PlaceStep,
    RuleVersion,
    Session,
)
from tests.factories import CITY, JIASHAN, MACHINE, PEOPLE, PINGHU, XITANG
from tests.integration.api.world import DAY, NOON, Campaign
from tests.integration.campaign.world import csv_file, staged
from tests.integration.web import signed_in

OWN = "own"  # about the person alone
READS = "view"  # asks for an answer, which is kept at most for the asker
PAGES = {
    "sign-in": OWN, "sign-out": OWN, "language": OWN, "account": OWN, "account.revoke": OWN,
    "account.second_step": OWN, "sign-in.code": OWN, "account.provider": OWN, "account.end_session": OWN,
    "account.end_sessions": OWN,
    "rosters.new": "manage", "rosters.words": "roster.amend", "rosters.review": "review",
    "rosters.freeze": "roster.freeze",
    "cases.plan": "record", "entries.record": "record", "entries.void": "correct", "entries.proof": "record",
    "cases.piece": "record", "cases.waive": "write_off",
    "imports": "import.upload", "imports.accept": "import.accept", "imports.restage": "import.restage",
    "imports.withdraw": "import.withdraw",
    "matches.same": "match.same", "matches.different": "match.different", "matches.undo": "match.undo",
    "duplicates.search": "match", "duplicates.decide": "match.same",
    "evaluations": "evaluation.draft", "evaluations.retry": "evaluation.retry",
    "evaluations.publicise": "evaluation.publicise", "evaluations.finalise": "evaluation.finalise",
    "evaluations.withdraw": "evaluation.withdraw", "evaluations.revise": "evaluation.revise",
    "evaluations.schemes": "scheme.import", "evaluations.scheme_in_force": "scheme.put_in_force",
    "evaluations.shipped": "scheme.import", "evaluations.suspects": "manage", "evaluations.suspects_of_run": "manage",
    "evaluations.cheapest": READS, "evaluations.letter_to_come": "export",
    "evaluations.object": "objection.object",
    "evaluations.objection": "objection.decide", "evaluations.objections.withdraw": "objection.take_back",
    "roadmaps.new": "roadmap.plan", "roadmaps.replan": "roadmap.replan", "roadmaps.retry": "roadmap.retry",
    "roadmaps.stop": "roadmap.stop", "roadmaps.withdraw": "roadmap.withdraw", "roadmaps.check": "roadmap.adjust",
    "roadmaps.adjust": "roadmap.adjust", "roadmaps.front": "roadmap.front", "roadmaps.what_if": "roadmap.what_if",
    "roadmaps.adopt": "roadmap.adopt", "roadmaps.approve": "roadmap.approve",
    "bulletins.issue": "issue", "bulletins.preview": READS, "bulletins.again": READS,
    "people": "manage", "people.one": "manage", "people.password": "manage", "people.active": "manage",
    "people.revoke": "manage", "people.revoke_token": "manage", "people.end_session": "manage",
    "people.end_sessions": "manage", "people.second_step": "manage",
    "people.provider": "manage",
    "organisation.told": "organise", "organisation.end": "organise", "organisation.take_back": "organise",
    "cases.assign": "record", "organisation.handover": "record", "organisation.back": "record",
    "places.step": "manage", "places.take_back": "manage",
    "places.table": READS, "places.table.enter": "manage", "people.table": READS, "people.table.enter": "manage",
    "places.target": "roster.set_target", "places.reference": "roster.add_reference",
    "firms.certificates": "record", "certificates.end": "record", "certificates.take_back": "record",
    "calendar": "calendar", "ledger.check": "verify", "rules.one": "rule.put", "rules.release": "rule.release",
    "rules.withdraw": "rule.withdraw",
}  # fmt: skip
"""By the name of its address, the step of a process or the permission that a page asks for."""

API = {
    "/territory/steps": "manage", "/territory/steps/{id}/take-back": "manage",
    "/cases/{id}/assignment": "record", "/organisation/handovers": "record",
    "/organisation/handovers/{number}/back": "record",
    "/organisation/units": "organise", "/organisation/units/{id}": "organise", "/organisation/people": "organise",
    "/organisation/posts": "organise", "/organisation/ends": "organise",
    "/organisation/steps/{id}/take-back": "organise",
    "/rules/{rule}": "rule.put", "/rules/{rule}/check": READS, "/rule-versions/{id}/release": "rule.release",
    "/rule-versions/{id}/withdraw": "rule.withdraw",
    "/certificates": "record", "/certificates/{id}/end": "record", "/certificates/{id}/take-back": "record",
    "/calendar": "calendar", "/rosters/{code}/versions": "roster.freeze", "/rosters/{code}/review": "review",
    "/cases/{id}/entries": "record", "/entries/{id}/void": "correct", "/entries/{id}/evidence": "record",
    "/cases/{id}/pieces/{piece}": "record", "/cases/{id}/pieces/{piece}/waive": "write_off",
    "/matches/{id}/decide": "match.same", "/matches/{id}/undo": "match.undo",
    "/imports": "import.upload", "/imports/{id}/accept": "import.accept", "/imports/{id}/restage": "import.restage",
    "/imports/{id}/withdraw": "import.withdraw", "/bulletins": "issue",
    "/schemes": "scheme.import", "/schemes/check": READS, "/schemes/{id}/put-in-force": "scheme.put_in_force",
    "/evaluations": "evaluation.draft", "/evaluations/{id}/retry": "evaluation.retry",
    "/evaluations/{id}/publicise": "evaluation.publicise", "/evaluations/{id}/finalise": "evaluation.finalise",
    "/evaluations/{id}/withdraw": "evaluation.withdraw", "/evaluations/{id}/revise": "evaluation.revise",
    "/evaluations/{id}/firms/{firm_id}/letter": "export",
    "/evaluations/{id}/objections": "objection.object", "/objections/{id}/decide": "objection.decide",
    "/objections/{id}/withdraw": "objection.take_back", "/screening/roster": "manage",
    "/evaluations/{id}/roster": "manage",
    "/roadmaps": "roadmap.plan", "/roadmaps/{id}/retry": "roadmap.retry", "/roadmaps/{id}/stop": "roadmap.stop",
    "/roadmaps/{id}/adopt": "roadmap.adopt", "/roadmaps/{id}/approve": "roadmap.approve",
    "/roadmaps/{id}/withdraw": "roadmap.withdraw", "/roadmaps/{id}/replan": "roadmap.replan",
    "/roadmaps/{id}/adjust/preview": READS, "/roadmaps/{id}/adjust": "roadmap.adjust",
    "/roadmaps/{id}/what-if": "roadmap.what_if", "/roadmaps/{id}/front": "roadmap.front",
}  # fmt: skip
"""By its path, the step of a process or the permission that an operation of the API asks for."""

JOBS: dict[str, Callable[[Campaign], dict[str, Any]] | None] = {
    "stage_import": None,  # reads a file that somebody was allowed to hand in, and changes nothing else
    "accept_import": lambda world: {"import": world.import_id},
    "find_duplicates": lambda world: {"code": JIASHAN},
    "issue_bulletin": lambda world: {"roster": "hcle", "code": JIASHAN, "as_of": "2021-11-09"},
    "evaluate": lambda world: {"evaluation": world.rated.draft.pk},
    "find_cheapest": lambda world: {"evaluation": world.rated.run.pk, "firm": world.rated.firms[0].pk},
    "plan_roadmap": lambda world: {"roadmap": world.planned.adopted.pk},
    "find_front": lambda world: {"roadmap": world.planned.adopted.pk},
    "what_if": lambda world: {"roadmap": world.planned.adopted.pk, "changes": []},
    "verify_ledger": lambda world: {},
    "checkpoint": None,  # the machine's own, as below
    "tidy_up": None,  # the machine's own: nobody asks for it
}
"""By kind, what a job would be about when it is done with the rights of somebody else."""

TABLES = {"firms", "certificates", "observations", "pushed_roster", "roster_review", "case_ledger", "events"}
"""The kinds of table whose rows name places, firms and codes; steps of a case come by the last four."""

WRITING = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "store_(?!apitoken)')
IN_TOWN = {"record", "correct", "objection.object", "objection.take_back"}
UNCOUNTED = {"ApiToken"}  # when a token was last used


@pytest.fixture(autouse=True)
def single_sign_on(settings: Any) -> None:
    """A site with a provider has some doors more."""
    settings.OIDC = {**settings.OIDC, "issuer": "https://login.example"}


@dataclass(frozen=True)
class Door:
    """A way to write: how it is knocked at by somebody, and the rule that it follows."""

    name: str
    rule: str
    knock: Callable[[str], int]

    @property
    def place(self) -> str:
        """Where its object lies: firms, their cases and objections in Xitang, all else at the county's own place."""
        return XITANG if self.rule in IN_TOWN or "cheapest" in self.name or "letter" in self.name else JIASHAN


def methods_of(view: Any) -> list[str]:
    """What `require_http_methods` permits a view, through everything that is wrapped around it."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            found: list[str] = view.__closure__[code.co_freevars.index("request_method_list")].cell_contents
            return found
        view = getattr(view, "__wrapped__", None)
    return []


def page_doors() -> dict[str, URLPattern]:
    """The addresses of the pages that take a POST, by name."""
    rooms = (
        one for one in get_resolver().url_patterns if "tenglong.web" in str(getattr(one, "urlconf_name", ""))
    )
    found = (pattern for room in rooms for pattern in room.url_patterns)
    return {str(pattern.name): pattern for pattern in found if "POST" in methods_of(pattern.callback)}


def api_doors() -> dict[str, dict[str, Any]]:
    """The operations that are no GET, by path."""
    paths = DOCUMENT["paths"].items()
    doors = {path.removeprefix("/api/v1"): ways for path, ways in paths if set(ways) != {"get"}}
    assert all(set(ways) <= {"get", "post"} for ways in doors.values())
    return {path: ways["post"] for path, ways in doors.items()}


DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def permissions_of(rule: str) -> set[str]:
    """What a rule asks for; a step of a process says so itself."""
    process, _, step = rule.partition(".")
    return set(processes()[process].steps[step].permissions) if step else {rule}


def may(name: str, door: Door) -> bool:
    """Whether somebody may pass where the door's object lies, by their role and territory alone."""
    _, code, role = PEOPLE[name]
    if not role:
        return False
    here = territory().at(DAY)
    return (
        here.place(door.place).id in here.members(code) and permissions_of(door.rule) <= roles()[role].grants
    )


def test_no_door_without_its_rule() -> None:
    assert set(page_doors()) == set(PAGES)
    assert set(api_doors()) == set(API)
    assert set(HANDLERS) == set(JOBS)
    assert set(table_kinds()) == TABLES
    steps = {step for step in (*PAGES.values(), *API.values()) if "." in step}
    every = {f"{process.id}.{step}" for process in processes().values() for step in process.steps}
    one_deed = {  # of steps that one deed takes, the first stands for all
        "evaluation.recall", "import.reject", "import.undo", "match.claim", "match.confirm", "match.different",
        "match.deny", "match.reopen",
    }  # fmt: skip
    assert every - steps - one_deed == {"roster.found"}  # rosters are founded by who manages there


def written() -> dict[str, tuple[int, Any]]:
    """How many rows every table has, and its last id."""
    found = {}
    for model in apps.get_app_config("store").get_models():
        if model.__name__ not in UNCOUNTED:
            last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
            found[model.__name__] = (model._default_manager.count(), last)
    return found


def knocked(door: Door, name: str) -> tuple[int, bool]:
    """What somebody is answered, and whether anything stays written; then it is taken back."""
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        status = door.knock(name)
        transaction.set_rollback(True)
    if not any(WRITING.match(query["sql"]) for query in asked.captured_queries):
        return status, False
    with transaction.atomic():  # what was refused after a first line is taken back whole
        before = written()
        door.knock(name)
        changed = written() != before
        transaction.set_rollback(True)
    return status, changed


def check(doors: list[Door], names: list[str]) -> int:
    """Who may not pass writes nothing, at any door; gives how many were tried. A list may answer a POST like a GET."""
    tried, holes = 0, []
    for door in doors:
        for name in names:
            if door.rule == OWN or may(name, door):
                continue
            status, changed = knocked(door, name)
            tried += 1
            if changed or (status < 300 and door.rule != READS and door.name.startswith("API")):
                holes.append((door.name, name, status, changed))
    assert holes == [], "\n".join(map(str, holes))
    return tried


def about(world: Campaign, topic: str) -> dict[str, Any]:
    """Everything by which an address may name Jiashan's things."""
    rated = world.rated
    firm = {"evaluations": rated.firms[0].pk}.get(topic, world.ids["firms"])
    return {
        "id": MADE[topic]() if topic in MADE else world.ids.get(topic, world.person("demo-jiashan").pk),
        "rule": "cards", "piece": "E01", "code": XITANG if topic == "places" else "hcle", "case": world.case_in(topic),
        "firm": firm, "firm_id": firm, "owner": world.person("demo-jiashan").pk, "year": 2020,
        "number": handed_over(world), "what": "post",
        "membership": Membership.objects.get(user=world.person("demo-jiashan")).pk,
        "session": Session.objects.filter(user=world.person("demo-jiashan")).first().pk,
    }  # fmt: skip


def place_step() -> int:
    """Something that happened to a place of Jiashan's."""
    step = PlaceStep.objects.first()
    if step is None:
        asked = Step(PlaceKind.ADD, DAY, JIASHAN, name="演示园区")
        step = take_place_step(actor=MACHINE, at=NOON, step=asked, reason="演示")
    return int(step.pk)


def told(subject: Subject, **said: Any) -> OrganisationStep:
    """Something that was said of the organisation of Jiashan, once."""
    known = OrganisationStep.objects.filter(subject=subject.value)
    step = next((one for one in known if one.said.items() >= said.items()), None)
    if step is None:
        (step,) = tell_organisation(
            actor=MACHINE, at=NOON, statements=[Statement(subject, DAY, said)], reason="演示"
        )
    return step


def organisation_step() -> int:
    """The step by which Jiashan got a unit."""
    return int(told(Subject.UNIT, name="演示指挥部", kind="headquarters", place=JIASHAN).pk)


def unit_number() -> int:
    """The number of that unit."""
    return OrganisationStep.objects.get(pk=organisation_step()).number


def officer(name: str) -> int:
    """Somebody with a post in that unit."""
    person = told(Subject.PERSON, name=name, place=JIASHAN).number
    told(Subject.POST, person=person, unit=unit_number(), kind="head")
    return person


def handed_over(world: Campaign) -> int:
    """A case of Jiashan's that one officer handed over to the other for a leave, and one that he still has."""
    step = OrganisationStep.objects.filter(subject=Subject.HANDOVER.value).first()
    if step is None:
        pair, whose = [world.case(number=1), world.case(number=2)], {"responsible": "演示官甲"}
        for name in ("演示官甲", "演示官乙"):
            officer(name)
        assign_cases(actor=MACHINE, at=NOON, case_ids=pair, said=whose)
        step = hand_over(
            actor=MACHINE, at=NOON, giver="演示官甲", taker="演示官乙", day=DAY, reason="演示", case_ids=pair[:1],
            leave=True,
        )  # fmt: skip
    return int(step.number)


def rule_version() -> int:
    """Rules that somebody put for Jiashan."""
    waiting = RuleVersion.objects.filter(state=RuleVersion.State.SUBMITTED).first()
    if waiting is None:
        raw = owned()["cards"].shipped_text.replace("红牌", "蓝牌").encode()
        place = {"code": JIASHAN, "from_day": DAY}
        waiting = put_rules(actor=MACHINE, at=NOON, rule="cards", raw=raw, **place)
    return int(waiting.pk)


def certificate() -> int:
    """A certificate of a firm in Xitang."""
    known = Certificate.objects.first()
    if known is None:
        firm = Firm.objects.filter(place__code=XITANG).first()
        said = Interval("hnte", firm.pk, "演示", date(2021, 1, 1))
        return record_certificate(said, actor=MACHINE, at=NOON)
    return int(known.pk)


MADE = {
    "certificates": certificate,
    "organisation": organisation_step,
    "places": place_step,
    "territory": place_step,
    "rules": rule_version,
    "rule-versions": rule_version,
    "units": unit_number,
}


def named(world: Campaign) -> dict[str, Any]:
    """Everything by which a form may name Jiashan's things, and good values for the rest."""
    return {
        "territory": JIASHAN, "code": JIASHAN, "unit": JIASHAN, "roster": "hcle", "cases": [world.case()],
        "case_ids": [world.case()], "firm_id": world.rated.firms[0].pk, "firm": world.rated.firms[0].pk,
        "scheme": world.rated.scheme.pk, "case_id": world.planned.cases[0].pk, "kind": "note", "figure": "firms_closed",
        "effective_on": "2021-11-09", "as_of": "2021-11-09", "business_day": "2021-11-09", "day": "2021-11-09",
        "reason": "演示理由", "claim": "漏计税收", "note": "演示", "same": "1", "year": 2020, "quantity": "1",
        "percent": "50", "source": "演示", "title": "演示名单", "issuer": "县整治办", "definition": "演示口径",
        "start": "2021-04-27", "deadline": "2021-12-31", "username": "demo-new", "display_name": "演示",
        "role": "leader", "place": JIASHAN, "granted": "2021-01-01", "ended": "2021-11-09",
        "from_day": "2021-11-09", "text": "id = 1", "claimed": "E-1",
        "giver": "演示官甲", "taker": "演示官乙", "person_id": officer("演示官甲"), "responsible": "演示官甲",
        "unit_id": unit_number(),
    }  # fmt: skip


def sample(schema: dict[str, Any], name: str, known: dict[str, Any]) -> Any:
    """A value that a schema of the API permits, about Jiashan's things where its name says so."""
    if "$ref" in schema:
        return sample(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name, known)
    for choice in ("anyOf", "allOf", "oneOf"):
        if choice in schema:
            return sample(schema[choice][0], name, known)
    if "enum" in schema:
        return known[name] if known.get(name) in schema["enum"] else schema["enum"][0]
    if schema.get("type") == "object":
        wanted = {
            *schema.get("required", ()),
            *(set(schema.get("properties", {})) & {"territory", "roster", "reason"}),
        }
        return {key: sample(schema["properties"][key], key, known) for key in sorted(wanted)}
    if schema.get("type") == "array":
        return (
            known[name] if isinstance(known.get(name), list) else [sample(schema.get("items", {}), "", known)]
        )
    if schema.get("format") == "binary":
        return SimpleUploadedFile("佐证.pdf", b"%PDF-1.4 demonstration", "application/pdf")
    default = {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "演示")
    return known.get(name, default)


def api_door(world: Campaign, clients: dict[str, Client], path: str, operation: dict[str, Any]) -> Door:
    """An operation, asked about Jiashan's things with a body that its schema permits."""
    topic = "units" if path == "/organisation/units/{id}" else path.split("/")[1]
    known = named(world)
    address = "/api/v1" + path.format(**about(world, topic))
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query" and parameter.get("required"):
            address += f"?{parameter['name']}={known[parameter['name']]}"
    kinds = operation.get("requestBody", {}).get("content", {})

    def knock(name: str) -> int:
        kind = next(iter(kinds), "")
        body = sample(kinds[kind]["schema"], "", known) if kind else {}
        if kind == "application/json":
            return clients[name].post(address, json.dumps(body), "application/json").status_code
        return clients[name].post(address, body).status_code

    return Door(f"API {path}", API[path], knock)


def page_door(world: Campaign, browsers: dict[str, Client], name: str, pattern: URLPattern) -> Door:
    """A page, asked about Jiashan's things with everything that its form may want."""
    topic = {"entries": "entries", "cases": "cases"}.get(name.split(".")[0], name.split(".")[0])
    topic = {"entries.record": "cases", "evaluations.scheme_in_force": "schemes"}.get(name, topic)
    topic = "objections" if name in ("evaluations.objection", "evaluations.objections.withdraw") else topic
    known = about(world, topic)
    asked = {key: known[key] for key in pattern.pattern.converters}
    if name == "evaluations.shipped":
        asked = {"id": "demo-jiaxing-2020"}
    if name == "people.revoke_token":
        asked["id"] = ApiToken.objects.filter(user=asked["owner"], revoked_at=None).first().pk
    address = reverse(name, kwargs=asked)
    if name == "entries.record":
        address += "?kind=note"
    elif name in ("bulletins.issue", "roadmaps.new"):
        address += f"?unit={JIASHAN}&roster=hcle"  # chosen in the header of the page
    elif name == "organisation.handover":
        address += "?giver=演示官甲"
    form = named(world)  # made before anybody knocks

    def knock(person: str) -> int:
        file = SimpleUploadedFile("企业.csv", "企业名称\n演示厂\n".encode())
        more = {
            "imports": {"kind": "firms", "file": file},
            "firms.certificates": {"kind": "hnte", "number": "演示"},
            "places.step": {"kind": "rename", "name": "演示改名镇"},
            "duplicates.decide": {"pair": [about(world, "matches")["id"]]},
        }
        return browsers[person].post(address, form | more.get(name, {})).status_code

    return Door(f"page {name}", PAGES[name], knock)


def doors(world: Campaign, clients: dict[str, Client]) -> Iterator[Door]:
    """Every page and every operation."""
    browsers = {name: signed_in(name) for name in PEOPLE}
    yield from (
        page_door(world, browsers, name, pattern)
        for name, pattern in page_doors().items()
        if PAGES[name] != OWN
    )
    yield from (api_door(world, clients, path, operation) for path, operation in api_doors().items())


def test_nobody_writes_through_a_door_that_is_not_theirs(
    world: Campaign, clients: dict[str, Client], capsys: pytest.CaptureFixture[str]
) -> None:
    every = list(doors(world, clients))
    tried = check(every, list(PEOPLE))
    rules = {door.rule for door in every}
    size = f"{len(PAGES)} pages + {len(API)} operations + {len(JOBS)} jobs + {len(TABLES)} tables"
    with capsys.disabled():
        sys.stdout.write(f"\ndoors: {size}; rules: {len(rules)}; people: {len(PEOPLE)}; refused: {tried}\n")
    assert tried > 250


def test_a_foreign_name_opens_no_door(world: Campaign, clients: dict[str, Client]) -> None:
    """Pinghu's office holds every permission of a county, and its own roster and places."""
    every = [
        door for door in doors(world, clients) if permissions_of(door.rule) <= roles()["county_office"].grants
    ]
    assert check(every, ["demo-pinghu"]) == len(every) > 70


def test_whose_it_is_comes_through_the_doors(world: Campaign, clients: dict[str, Client]) -> None:
    """The doors are the right ones: to the city's office none of them is walled up."""
    shut = {}
    for door in doors(world, clients):
        with transaction.atomic():
            status = door.knock("demo-city")
            transaction.set_rollback(True)
        if status in (401, 404, 405):
            shut[door.name] = status
    assert shut == {}, shut


@pytest.mark.parametrize("kind", sorted(kind for kind, made in JOBS.items() if made))
def test_a_job_has_the_rights_of_who_asked_for_it(world: Campaign, kind: str) -> None:
    params = JOBS[kind]
    assert params is not None
    for name in ("demo-nobody",) if kind == "verify_ledger" else ("demo-nobody", "demo-pinghu", "demo-audit"):
        if kind in ("find_cheapest",) and name == "demo-audit":
            continue  # an answer, for who may look there
        actor = actor_of(world.person(name), DAY)
        with transaction.atomic():
            before = written()
            with suppress(UserError):  # one that was done before has nothing to do
                HANDLERS[kind](params(world), actor, lambda: NOON + timedelta(hours=1), silent)
            assert written() == before


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_a_table_names_nothing_of_another_county(world: Campaign, kind: str) -> None:
    """A row about a firm of Jiashan, by its place and name, is refused in a table of Pinghu's, whatever the kind."""
    firm = world.world.cases[JIASHAN][0].firm
    columns = {"县(市、区)": "嘉善县", "镇(街道)": "西塘镇", "企业名称": firm.name}
    more = {
        "events": {"事项": "关停", "日期": "2021-10-01"},
        "observations": {"年度": "2020", "税收(万元)": "5"},
        "pushed_roster": {"推送日期": "2021-09-02"},
        "certificates": {"证书类型": "高企", "取得日期": "2021-01-01"},
        "case_ledger": {"列入日期": "2021-09-02", "关停日期": "2021-10-01"},
        "roster_review": {"拟办": "保留"},
    }
    row = columns | more.get(kind, {"地址": "演示路"})
    pinghu = actor_of(world.person("demo-pinghu"), DAY)
    with transaction.atomic():
        batch = staged(
            csv_file(list(row), list(row.values())), kind, roster=world.hcle, actor=pinghu, code=PINGHU, at=NOON,
            day=DAY,
        )  # fmt: skip
        assert (batch.state, batch.read, batch.rejected) == (Import.State.STAGED, 1, 1)
        transaction.set_rollback(True)


def test_the_world_has_every_level(world: Campaign) -> None:
    assert (Level.CITY, Level.COUNTY, Level.TOWN) == tuple(
        territory().at(DAY).place(code).level for code in (CITY, JIASHAN, XITANG)
    )
