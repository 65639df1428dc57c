"""What must lie in the file of a case, by what was recorded of it."""

from collections.abc import Sequence

from tenglong.domain.campaign.held import held_text
from tenglong.domain.campaign.matrix import About, Checklist, checklist, matrix_of
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.ledger.states import attributes_now

ABOUT = ("measure", "batch", "party", "processes")


def checklist_of(history: Sequence[Fact], book: Rulebook) -> Checklist:
    """What is asked of a case, by its surviving history in the order of the fold."""
    said = attributes_now(history)
    return checklist(matrix_of(book), held_text(history), About(*(said.get(name, "") for name in ABOUT)))
