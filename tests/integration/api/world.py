"""The campaign of tests/factories.py with a frozen version, bulletins and an import, and a token for everybody."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.actions.access.people import create_token
from tenglong.actions.campaign.cases import Recorded, record_entry
from tenglong.actions.campaign.rosters import freeze_version
from tenglong.actions.intake import upload
from tenglong.actions.reporting.bulletins import issue
from tenglong.jobs.worker import run_pending
from tenglong.queries.jobs.overview import jobs_of
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Case, Roster, User
from tests import factories
from tests.factories import AS_OF, CITY, JIASHAN, MACHINE
from tests.integration.api.evaluation.evaluated import Rated, build_rated
from tests.integration.api.roadmap.planned import Planned, build_planned
from tests.worlds import built_once

NOON = datetime(2021, 11, 20, 4, tzinfo=UTC)
DAY = date(2021, 11, 20)
TABLE = "企业名称,所属乡镇,列入日期\n演示新厂,西塘镇,2021-11-01\n,西塘镇,2021-11-02\n"


@dataclass
class Campaign:
    """What was built; `bulletins` and `imports` by the code of their territory."""

    world: factories.World
    tokens: dict[str, str]
    bulletins: dict[str, int]
    import_id: int
    job_id: int
    entry_id: int
    evidence_id: int
    rated: Rated
    planned: Planned

    @property
    def hcle(self) -> Roster:
        """The provincial roster."""
        return self.world.hcle

    def person(self, name: str) -> User:
        """Somebody."""
        return self.world.people[name]

    @property
    def ids(self) -> dict[str, int]:
        """One record of every topic."""
        case = self.world.cases[JIASHAN][0]
        return {
            "cases": case.pk,
            "figures": case.pk,
            "firms": case.firm_id,
            "entries": self.entry_id,
            "evidence": self.evidence_id,
            "imports": self.import_id,
            "bulletins": self.bulletins[JIASHAN],
            "jobs": self.job_id,
            "schemes": self.rated.scheme.pk,
            "evaluations": self.rated.run.pk,
            "objections": self.rated.objection.pk,
            "matches": self.rated.match.pk,
            "roadmaps": self.planned.adopted.pk,
        }

    def case_in(self, topic: str) -> int:
        """The id of a case that a topic has something to say of."""
        return int(self.planned.cases[0].pk) if topic == "roadmaps" else self.case()

    def case(self, unit: str = JIASHAN, number: int = 0) -> int:
        """The id of a case of a unit."""
        return int(self.world.cases[unit][number].pk)


@built_once
def build_campaign() -> Campaign:
    """Everything through the real actions."""
    world = factories.build_world(per_unit=3)
    freeze_version(actor=MACHINE, at=NOON, roster=world.hcle, as_of=AS_OF)
    bulletins = {
        code: issue(actor=MACHINE, at=NOON, roster=world.hcle, code=code, as_of=AS_OF).pk
        for code in (CITY, JIASHAN)
    }
    batch = upload(
        actor=actor_of(world.people["demo-jiashan"], DAY),
        at=NOON,
        kind="case_ledger",
        roster=world.hcle,
        code=JIASHAN,
        stream=[TABLE.encode()],
        filename="台账.csv",
        business_day=DAY,
    )
    run_pending(clock=lambda: NOON)
    tokens = {
        name: create_token(actor=actor_of(user, DAY), at=datetime.now(UTC), name="测试", scope="approve")[1]
        for name, user in world.people.items()
    }
    job = jobs_of(actor_of(world.people["demo-jiashan"], DAY))[0].id
    proved = _proved(world.cases[JIASHAN][1])
    evidence, rated, planned = proved.evidence[0].pk, build_rated(world), build_planned(world)
    return Campaign(world, tokens, bulletins, batch.pk, job, proved.entry.id, evidence, rated, planned)


def _proved(case: Case) -> Recorded:
    """An entry with a file, of the kind that may be recorded at any time."""
    file = SimpleUploadedFile("佐证.pdf", b"%PDF-1.4 demonstration", "application/pdf")
    return record_entry(actor=MACHINE, at=NOON, case=case, kind="note", effective_on=DAY, files=[file])
