"""Every process × state × role: a step that is shown passes the gate when it is taken, one that is hidden is refused.

A step that is added without a line in `TAKEN` or `BEGUN` fails here, and so does a state that no walk comes to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tenglong.actions import evaluation, intake
from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign import matches, rosters
from tenglong.actions.campaign.cases import open_case
from tenglong.actions.evaluation import courses
from tenglong.actions.intake.accepting import IMPORT
from tenglong.actions.intake.restaging import request_restaging
from tenglong.actions.ledger.appending import append
from tenglong.actions.roadmap.courses import ROADMAP
from tenglong.actions.rules.releasing import RULE, put_rules, release_rules, withdraw_rules
from tenglong.domain.access.policy import Actor, Grant, Matter, offers, scope_of
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.campaign.processes import match_process
from tenglong.domain.kernel.errors import BadFile, BadRules, BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.rules.owned import owned
from tenglong.queries.campaign.matches import pair_in
from tenglong.queries.campaign.rosters import roster_by_code
from tenglong.queries.evaluation.objections import objection_to_come
from tenglong.queries.evaluation.runs import objection_by_id, run_by_id, run_to_come, scheme_by_id
from tenglong.queries.evaluation.schemes import scheme_to_come
from tenglong.queries.intake.imports import import_for, import_to_come
from tenglong.queries.matters import check_processes, matter_of, open_steps, processes, roster_to_come
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.overview import roadmap_by_id
from tenglong.queries.roadmap.steps import roadmap_to_come
from tenglong.queries.rules.versions import version_by_id, version_to_come
from tenglong.store.models import Evaluation, Firm, Import, Job, MatchPair, Place, Roster
from tenglong.web.campaign.views import matches as match_pages
from tenglong.web.campaign.views import rosters as roster_pages
from tenglong.web.evaluation.views import objections as objection_pages
from tenglong.web.evaluation.views import runs as evaluation_pages
from tenglong.web.evaluation.views import schemes as scheme_pages
from tenglong.web.intake.views import imports as import_pages
from tenglong.web.roadmap.views import overview as roadmap_pages
from tenglong.web.rules.views import listing as rule_pages
from tests.integration.campaign.world import MACHINE, NOON, TODAY, build_places, csv_file, make_actor, staged
from tests.integration.evaluation.world import (
    COUNTY,
    SCHEME,
    Paper,
    at,
    build_county,
    scheme_in_force,
    worked,
)
from tests.integration.intake.test_imports import ALPHA, HEADER
from tests.integration.roadmap.world import build_world, planned, settings

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_COUNTY = "330482"
REFUSED, PASSED = (NotFound, NotAllowed, Conflict), (BadValue, BadFile)
Take = Callable[[Any, dict[str, Any]], object]

TAKEN: dict[tuple[str, str], Take] = {
    ("evaluation", "retry"): lambda run, by: evaluation.retry_run(run=run, **by),
    ("evaluation", "publicise"): lambda run, by: evaluation.publicise(run=run, **by),
    ("evaluation", "revise"): lambda run, by: evaluation.revise(run=run, **by),
    ("evaluation", "finalise"): lambda run, by: evaluation.finalise(run=run, **by),
    ("objection", "take_back"): lambda one, by: evaluation.withdraw_objection(
        objection=one, reason="误登", **by
    ),
    ("objection", "decide"): lambda one, by: evaluation.decide(
        objection=one, uphold=False, reason="无误", **by
    ),
    ("rule", "release"): lambda version, by: release_rules(version=version, **by),
    ("rule", "withdraw"): lambda version, by: withdraw_rules(version=version, **by),
    ("scheme", "put_in_force"): lambda scheme, by: evaluation.put_in_force(scheme=scheme, **by),
    ("roadmap", "retry"): lambda roadmap, by: roadmaps.retry(roadmap=roadmap, **by),
    ("roadmap", "stop"): lambda roadmap, by: roadmaps.stop(roadmap=roadmap, **by),
    ("roadmap", "what_if"): lambda roadmap, by: roadmaps.ask_what_if(roadmap=roadmap, changes=[], **by),
    ("roadmap", "front"): lambda roadmap, by: roadmaps.ask_for_front(roadmap=roadmap, **by),
    ("roadmap", "adjust"): lambda roadmap, by: roadmaps.adjust(roadmap=roadmap, choices={}, **by),
    ("roadmap", "replan"): lambda roadmap, by: roadmaps.start_replanning(
        roadmap=roadmap, settings=settings(), **by
    ),
    ("roadmap", "adopt"): lambda roadmap, by: roadmaps.adopt(roadmap=roadmap, **by),
    ("roadmap", "approve"): lambda roadmap, by: roadmaps.approve(roadmap=roadmap, **by),
    ("roadmap", "withdraw"): lambda roadmap, by: roadmaps.withdraw(roadmap=roadmap, reason="重编", **by),
    ("import", "accept"): lambda batch, by: intake.request_acceptance(batch.pk, **by),
    ("import", "restage"): lambda batch, by: request_restaging(batch.pk, **by),
    ("roster", "amend"): lambda roster, by: rosters.amend_roster(
        roster=roster,
        title="新名称",
        issuer="市整治办",
        definition_text="新口径",
        deadline=roster.deadline,
        reason="口径调整",
        **by,
    ),
    ("roster", "set_target"): lambda roster, by: rosters.set_target(
        roster=roster, code=COUNTY, figure="firms_written_off", quantity=Decimal(1), **by
    ),
    ("roster", "add_reference"): lambda roster, by: rosters.add_reference(
        roster=roster, figure="write_off_rate", day=TODAY, percent=Decimal(1), source="通报", **by
    ),
    ("roster", "freeze"): lambda roster, by: rosters.freeze_version(roster=roster, as_of=TODAY, **by),
    ("match", "undo"): lambda pair, by: matches.undo(pair.merge_id or 0, reason="误并", **by),
    ("match", "reopen"): lambda pair, by: matches.reopen(pair.pk, reason="再查", **by),
}
"""How each step of a matter that is there is taken."""

ONE_OF: dict[tuple[str, frozenset[str]], Take] = {
    ("evaluation", frozenset({"withdraw", "recall"})): lambda run, by: evaluation.withdraw(
        run=run, reason="重算", **by
    ),
    ("import", frozenset({"withdraw", "reject", "undo"})): lambda batch, by: intake.withdraw(
        batch.pk, reason="误传", **by
    ),
    ("match", frozenset({"same", "claim", "confirm"})): lambda pair, by: matches.decide(
        pair.pk, True, reason="同址", **by
    ),
    ("match", frozenset({"different", "deny"})): lambda pair, by: matches.decide(pair.pk, False, **by),
}
"""Steps that one deed takes, whichever of them is open."""

SEEN: dict[str, Callable[[Any, Actor], object]] = {
    "evaluation": lambda run, actor: run_by_id(run.pk, scope_of(actor)),
    "objection": lambda one, actor: objection_by_id(one.pk, scope_of(actor)),
    "rule": lambda version, actor: version_by_id(version.pk, scope_of(actor)),
    "scheme": lambda scheme, actor: scheme_by_id(scheme.pk, scope_of(actor)),
    "roadmap": lambda roadmap, actor: roadmap_by_id(roadmap.pk, scope_of(actor)),
    "import": lambda batch, actor: import_for(batch.pk, actor),
    "roster": lambda roster, actor: roster_by_code(roster.code, scope_of(actor)),
    "match": lambda pair, actor: pair_in(scope_of(actor, Permission.MATCH), pair.pk),
}


def person(known: str | int, role: str, code: str) -> Actor:
    """Somebody as rows know them; an account by its number."""
    grants = (Grant(role, code, territory().at(TODAY).members(code)),)
    return Actor("某某", grants, user_id=known) if isinstance(known, int) else Actor(known, grants)


def people(matter: Matter) -> Iterator[Actor]:
    """Each role, held by a stranger and by whoever played a part in the matter so far; and the strongest elsewhere."""
    played = {known for people in matter.parts.values() for known in people if known}
    for role in roles():
        yield from (person(known, role, COUNTY) for known in ("陌生人", *sorted(played, key=str)))
    yield person("外县人", "city_office", OTHER_COUNTY)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def passes(take: Take, subject: Any, actor: Actor, now: datetime) -> bool:
    """Whether the gate lets somebody take a step; what an effect has against the answers is another matter."""
    with undone():
        try:
            with transaction.atomic():
                take(subject, {"actor": actor, "at": now})
        except REFUSED:
            return False
        except PASSED:
            return True
    return True


def shown(subject: Any, actor: Actor, now: datetime) -> set[str]:
    """The steps that somebody sees open."""
    try:
        SEEN[matter_of(subject).process.id](subject, actor)
    except NotFound:
        return set()
    return {offer.step.id for offer in open_steps(subject, actor, china_date(now)) if not offer.barred}


@dataclass
class Walk:
    """Where a walk has been: (process, state), and how many steps were tried."""

    been: set[tuple[str, str]] = field(default_factory=set)
    tried: int = 0

    def try_all(self, subject: Any, now: datetime) -> None:
        """Every person tries every step of a subject as it stands."""
        subject = type(subject).objects.get(pk=subject.pk)
        matter = matter_of(subject)
        process = matter.process
        self.been.add((process.id, matter.state))
        for actor in people(matter):
            open_now = shown(subject, actor, now)
            for steps, take in takes(process.id):
                wanted = bool(open_now & steps)
                found = passes(take, subject, actor, now)
                assert found == wanted, (
                    process.id,
                    matter.state,
                    sorted(steps),
                    actor.name,
                    actor.grants[0].role,
                )
                self.tried += 1

    def begin_all(self, process: str, step: str, matter: Matter, take: Take, now: datetime) -> None:
        """Every person tries to begin a matter."""
        for actor in people(matter):
            wanted = any(not offer.barred for offer in offers(matter, actor, china_date(now)))
            assert passes(take, None, actor, now) == wanted, (process, step, actor.grants[0].role)
            self.tried += 1
        self.been.add((process, f"begin {step}"))

    def check_whole(self, *ids: str) -> None:
        """The walk came to every state and began by every step."""
        for id in ids:
            process = processes()[id]
            begun = {(id, f"begin {step.id}") for step in process.steps.values() if not step.sources}
            assert self.been >= {(id, state) for state in process.states} | begun, id
            assert self.tried > 50


def takes(process: str) -> Iterator[tuple[set[str], Take]]:
    """How the steps of a process are taken; one without a rule for it is an error."""
    ruled = {id: take for (of, id), take in TAKEN.items() if of == process}
    together = {ids: take for (of, ids), take in ONE_OF.items() if of == process}
    wanted = {step.id for step in processes()[process].steps.values() if step.sources}
    assert set(ruled) | {id for ids in together for id in ids} == wanted, process
    yield from (({id}, take) for id, take in ruled.items())
    yield from ((set(ids), take) for ids, take in together.items())


def test_every_step_has_an_effect() -> None:
    found = (
        *(courses.RUN, courses.OBJECTION, courses.SCHEME, ROADMAP, IMPORT, RULE),
        *(rosters.ROSTER, matches.MATCH),
    )
    assert {course.process.id for course in found} == set(processes())
    for course in found:
        assert set(course.effects) == set(course.process.steps), course.process.id


def test_a_step_that_nobody_holds_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    check_processes()
    with monkeypatch.context() as changed:
        changed.setattr("tenglong.domain.access.policy.roles", lambda: {})
        processes.cache_clear()
        match_process.cache_clear()
        with pytest.raises(BadRules, match="match_process.toml 有误：没有角色拥有步骤“same”"):
            check_processes()
    check_processes()


def test_every_step_has_its_place_on_a_page() -> None:
    elsewhere = {
        ("objection", "decide"),
        ("roadmap", "what_if"),
        ("roadmap", "front"),
        ("roster", "set_target"),
        ("roster", "add_reference"),
    }  # with forms of their own
    buttons = {
        "evaluation": evaluation_pages.BUTTONS,
        "objection": objection_pages.BUTTONS,
        "scheme": scheme_pages.BUTTONS,
        "rule": rule_pages.BUTTONS,
        "roadmap": roadmap_pages.BUTTONS,
        "import": import_pages.buttons_of(Import()),
        "match": match_pages.BUTTONS,
        "roster": {**roster_pages.TOOLS, **roster_pages.FREEZING},
    }
    for id, shown_there in buttons.items():
        wanted = {
            step.id
            for step in processes()[id].steps.values()
            if step.sources and (id, step.id) not in elsewhere
        }
        assert set(shown_there) == wanted, id


def test_schemes_runs_and_objections() -> None:
    walk, county = Walk(), build_county()
    place = Place.objects.get(code=COUNTY, valid_to=None)

    def bring_in(_: None, by: dict[str, Any]) -> object:
        return evaluation.import_scheme(text=SCHEME.format(version=9), code=COUNTY, **by)

    walk.begin_all("scheme", "import", scheme_to_come(place.pk), bring_in, at(13))
    scheme = evaluation.import_scheme(
        actor=county.drafter, at=at(13), text=SCHEME.format(version=1), code=COUNTY
    )
    walk.try_all(scheme, at(13))
    evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme)
    walk.try_all(scheme, at(13))

    def start(_: None, by: dict[str, Any]) -> object:
        return evaluation.start_run(scheme=scheme, **by)

    walk.begin_all("evaluation", "draft", run_to_come(place.pk), start, at(13))
    run = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme)
    walk.try_all(run, at(13))
    walk.try_all(worked(run), at(13))
    evaluation.publicise(actor=county.chief, at=at(14), run=run)
    walk.try_all(run, at(14))
    objections(walk, county, run)
    walk.try_all(run, at(23))
    revision = worked(evaluation.revise(actor=county.drafter, at=at(23), run=run))
    walk.try_all(revision, at(23))
    evaluation.finalise(actor=county.chief, at=at(23), run=revision)
    walk.try_all(revision, at(24))
    walk.try_all(run, at(24))
    failed = worked(evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme, year=2010))
    walk.try_all(failed, at(13))
    evaluation.withdraw(actor=county.drafter, at=at(13), run=failed, reason="没有数据")
    walk.try_all(failed, at(13))
    scheme_in_force(county, version=2)
    walk.try_all(scheme, at(13))
    walk.check_whole("scheme", "evaluation", "objection")


def test_rules() -> None:
    build_places()
    walk, place = Walk(), Place.objects.get(code=COUNTY, valid_to=None)
    raw = owned()["cards"].shipped_text.replace("红牌", "蓝牌").encode()

    def put(day: date, by: dict[str, Any]) -> Any:
        return put_rules(rule="cards", raw=raw, code=COUNTY, from_day=day, **by)

    walk.begin_all("rule", "put", version_to_come(place.pk), lambda _, by: put(TODAY, by), NOON)
    by = {"actor": person("甲", "city_office", COUNTY), "at": NOON}
    other = {"actor": person("乙", "city_office", COUNTY), "at": NOON}
    first, second = put(TODAY, by), put(TODAY + timedelta(days=9), by)
    walk.try_all(first, NOON)
    release_rules(version=first, **other)
    withdraw_rules(version=second, **by)
    walk.try_all(first, NOON)
    walk.try_all(second, NOON)
    walk.check_whole("rule")


def objections(walk: Walk, county: Any, run: Evaluation) -> None:
    """Three objections: upheld, dismissed, taken back."""
    about = {"run": run, "claim": "漏计", "files": [Paper()]}

    def record(_: None, by: dict[str, Any]) -> object:
        return evaluation.record_objection(firm=county.firms[0], **about, **by)

    fresh = Evaluation.objects.select_related("place").get(pk=run.pk)
    coming = objection_to_come(fresh, county.firms[0].place_id)
    walk.begin_all("objection", "object", coming, record, at(15))
    walk.begin_all("objection", "object", coming, record, at(23))  # too late for everybody
    made = [
        evaluation.record_objection(actor=county.town, at=at(15), firm=county.firms[n], **about)
        for n in (0, 2, 4)
    ]
    walk.try_all(made[0], at(16))
    say = {"actor": county.chief, "at": at(16), "reason": "已核实"}
    evaluation.decide(objection=made[0], uphold=True, corrections={"tax": "95"}, **say)
    evaluation.decide(objection=made[1], uphold=False, **say)
    evaluation.withdraw_objection(objection=made[2], actor=county.town, at=at(16), reason="误登")
    for one in made:
        walk.try_all(one, at(17))


def test_roadmaps() -> None:
    walk, roster = Walk(), build_world()
    place = Place.objects.get(code=COUNTY, valid_to=None)
    planner = make_actor("planner", "county_office", COUNTY)
    other = make_actor("adopter", "county_office", COUNTY)
    tight = {"fund": {"total": "1500"}, "measures": ["vacate_recover"]}

    def ask(_: None, by: dict[str, Any]) -> object:
        return roadmaps.start_planning(roster=roster, code=COUNTY, settings=settings(**tight), **by)

    walk.begin_all("roadmap", "plan", roadmap_to_come(place.pk), ask, NOON)
    first = planned(roster, planner, **tight)
    walk.try_all(first, NOON)
    roadmaps.adopt(actor=planner, at=NOON, roadmap=first)
    walk.try_all(first, NOON)
    roadmaps.approve(actor=other, at=NOON, roadmap=first)
    walk.try_all(first, NOON)
    second = planned(roster, MACHINE, **tight)
    roadmaps.adopt(actor=other, at=NOON, roadmap=second)
    walk.try_all(first, NOON)
    wanted = {"amount": "land", "by": date(2022, 4, 30), "at_least": "50"}
    walk.try_all(planned(roster, MACHINE, targets=[wanted], **tight), NOON)
    asked = roadmaps.start_planning(
        actor=planner, at=NOON, roster=roster, code=COUNTY, settings=settings(), facts_on=date(2021, 4, 1)
    )
    walk.try_all(asked, NOON)
    fail_its_job(asked.pk)
    walk.try_all(asked, NOON)
    roadmaps.withdraw(actor=planner, at=NOON, roadmap=asked, reason="日期填错")
    walk.try_all(asked, NOON)
    walk.check_whole("roadmap")


def fail_its_job(roadmap_id: int) -> None:
    Job.objects.filter(kind="plan_roadmap", params__roadmap=roadmap_id).update(state=Job.State.FAILED)


def test_imports() -> None:
    walk = Walk()
    build_places()
    place = Place.objects.get(code=COUNTY, valid_to=None)
    roster = county_roster(place, {"actor": MACHINE, "at": NOON - timedelta(days=200)})
    clerk, second = person(71, "county_office", COUNTY), person(72, "county_office", COUNTY)
    about = {"kind": "case_ledger", "code": COUNTY, "filename": "台账.csv", "business_day": TODAY}

    def hand_in(_: None, by: dict[str, Any]) -> Import:
        return intake.upload(roster=roster, stream=[csv_file(HEADER, ALPHA)], **about, **by)

    walk.begin_all("import", "upload", import_to_come(place.pk), hand_in, NOON)
    batch = hand_in(None, {"actor": clerk, "at": NOON})
    walk.try_all(batch, NOON)
    for state in ("staging", "accepting"):
        Import.objects.filter(pk=batch.pk).update(state=state)
        walk.try_all(batch, NOON)
    Import.objects.filter(pk=batch.pk).update(state="queued")
    intake.stage(batch.pk, at=NOON)
    walk.try_all(batch, NOON)
    intake.accept(batch.pk, actor=second, at=NOON)
    walk.try_all(batch, NOON)
    intake.withdraw(batch.pk, actor=clerk, at=NOON, reason="误传")
    walk.try_all(batch, NOON)
    walk.try_all(staged(b"", roster=roster, code=COUNTY), NOON)
    walk.check_whole("import")


def test_rosters_and_questions() -> None:
    walk, county = Walk(), build_county()
    place = Place.objects.get(code=COUNTY, valid_to=None)

    def found(_: None, by: dict[str, Any]) -> Roster:
        return county_roster(place, by)

    walk.begin_all("roster", "found", roster_to_come(place.pk), found, NOON)
    roster = found(None, {"actor": MACHINE, "at": NOON})
    first, second, third = county.firms[0], county.firms[2], county.firms[4]
    pair = MatchPair.objects.create(
        firm=second, candidate=first, place=place, probability_micro=700_000, created_at=NOON
    )
    walk.try_all(pair, NOON)
    matches.decide(pair.pk, True, actor=MACHINE, at=NOON, reason="同址")
    walk.try_all(pair, NOON)
    apart = MatchPair.objects.create(
        firm=third, candidate=first, place=place, probability_micro=600_000, created_at=NOON
    )
    matches.decide(apart.pk, False, actor=MACHINE, at=NOON)
    walk.try_all(apart, NOON)
    of_two_offices(walk, county.firms[6], place)
    walk.been.add(("roster", matter_of(roster).state))
    with_members(walk, roster)
    walk.check_whole("roster", "match")


def of_two_offices(walk: Walk, firm: Firm, place: Place) -> None:
    """A record that may be a firm of another county."""
    there = Place.objects.get(code=OTHER_COUNTY, valid_to=None)
    known = Firm.objects.create(
        name="外县厂",
        core_name="外县厂",
        code_status="none",
        temporary_id="T-外县",
        place=there,
        created_at=NOON,
    )
    pair = MatchPair.objects.create(
        firm=firm, candidate=known, place=place, probability_micro=1_000_000, created_at=NOON
    )
    walk.try_all(pair, NOON)
    matches.decide(pair.pk, True, actor=person("本县人", "county_office", COUNTY), at=NOON, reason="同码")
    walk.try_all(pair, NOON)


def county_roster(place: Place, by: dict[str, Any]) -> Roster:
    return rosters.create_roster(
        code="own", title="县名单", issuer="县整治办", definition_text="用于测试", place=place,
        window=Window(date(2021, 4, 27), date(2021, 12, 31)), **by,
    )  # fmt: skip


def with_members(walk: Walk, roster: Roster) -> None:
    """A roster with a target on it, so that it can be frozen."""
    firm = Firm.objects.order_by("pk").last()
    case = open_case(roster, firm, firm.place, by="命令行", at=NOON, source={})
    append(roster, [Draft(case.pk, "targeted", TODAY)], by="命令行", at=NOON)
    walk.try_all(roster, NOON)
