"""Imports as the gate sees them: who accepts one must be allowed to record each of its entries by hand."""

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.processes import Matter, Needless
from tenglong.domain.access.roles import permission_labels
from tenglong.domain.campaign.evidence import deciding_place, permission_for
from tenglong.domain.intake.process import import_process
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.process import Person
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.territory import territory
from tenglong.store.models import Import


def import_matter(batch: Import) -> Matter:
    """An import as the gate sees it."""
    return Matter(
        process=import_process(),
        state=batch.state,
        places={"": territory().at(batch.business_day).place(batch.code).id},
        parts={"uploaded": uploaders(batch)},
        conditions={
            "accept": lambda actor, today: check_rights(batch, actor),
            "reject": lambda actor, today: _check_of_another(batch, actor),
        },
    )


def import_to_come(place_id: int) -> Matter:
    """A file that somebody wants to hand in for a place."""
    return Matter(import_process(), "", {"": place_id})


def check_rights(batch: Import, actor: Actor) -> None:
    """Raises NotAllowed, naming the first kind of entry, when the file would record what `actor` may not by hand."""
    roster_place = batch.roster.place_id if batch.roster else 0
    for kind, case_place in batch.summary["recordings"]:
        wanted = permission_for(kind)
        place = deciding_place(kind, case_place=case_place, roster_place=roster_place)
        if not actor.may(wanted, place):
            problem = "表中有“{kind}”，确认导入须有{place}“{what}”的权限，您没有，请由有权限的人员确认。"
            name, what = territory().places[place].name, permission_labels()[wanted]
            said = {"kind": label(vocabulary().kind(kind).zh), "place": name, "what": label(what)}
            raise NotAllowed(msg(problem, **said))


def is_own(batch: Import, actor: Actor) -> bool:
    """Whether somebody handed the file in themselves."""
    return not actor.known_as.isdisjoint(uploaders(batch))


def uploaders(batch: Import) -> list[Person]:
    """Who handed the file in, by the number of their account; the command line has none."""
    return [] if batch.uploaded_by_id is None else [batch.uploaded_by_id]


def _check_of_another(batch: Import, actor: Actor) -> None:
    if is_own(batch, actor):
        raise Needless(msg("这是您本人上传的文件，请直接撤回。"))
