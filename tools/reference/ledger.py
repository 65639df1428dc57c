"""docs/reference/ledger.md: the kinds of entry, from kinds.toml and approvals.toml."""

from collections.abc import Iterator

from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.evidence import deciding_place, files_needed, permission_for
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.kinds import VOID, Kind, vocabulary
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Kinds of entry

Drawn from `src/tenglong/domain/ledger/kinds.toml` and `src/tenglong/domain/campaign/approvals.toml` by `make
docs`; do not edit. Source of the kinds: {kinds}. Source of permissions and files: {evidence}.

Within a slot the last entry counts, by effective day, then by entry number; a kind marked “takes back”
empties the slot. An amount is a total, not an increment, and is stored in millionths of its unit. A slot of
a **parcel** is filled once for the parcel, whichever case reports it. “Moves” says whether the entry takes
the case to another [state](states.md). Permission and files are what a person needs on the pages and in the
API; an imported ledger brings its own file, sheet and cell as evidence. What every role is allowed stands
in [roles.md](roles.md). “Of the issuer”: held at the roster's own place, not only at the case's. Accepting an
import asks for the same permissions as recording its entries by hand.
"""


def page() -> str:
    """Every kind of entry, one table for events and one for amounts."""
    kinds = [kind for kind in vocabulary().kinds.values() if kind.id != VOID]
    attributes = [
        [code(one.id), one.zh, one.en, one.type, one.subject] for one in vocabulary().attributes.values()
    ]
    head = HEAD.format(
        kinds=load_rules("tenglong.domain.ledger", "kinds.toml").source,
        evidence=load_rules("tenglong.domain.campaign", "approvals.toml").source,
    )
    events = [event_row(kind) for kind in kinds if kind.quantity is None]
    amounts = [list(amount_row(kind)) for kind in kinds if kind.quantity is not None]
    void = vocabulary().kind(VOID)
    return markdown.page(
        head,
        "## Events",
        markdown.table(["kind", "中文", "English", "slot", "moves", "permission", "files"], events),
        "## Amounts",
        markdown.table(["kind", "中文", "English", "slot", "unit", "belongs to"], amounts),
        "## Attributes",
        "What an entry that describes may say of its subject, several at once; the last word counts. What is said "
        "when a case is opened holds from the start.",
        markdown.table(["attribute", "中文", "English", "type", "belongs to"], attributes),
        "## Correction",
        f"`{VOID}` ({void.zh}, {void.en}) names the entry that it voids and says why; it fills no slot. "
        "Nothing else can take an entry back. Withdrawing an import takes its corrections back in turn: what they had "
        "corrected counts again, as it was.",
    )


def event_row(kind: Kind) -> list[str]:
    """One line of the table of events."""
    files = files_needed(SHIPPED, kind.id)
    slot = code(kind.slot) if kind.on else f"{code(kind.slot)} takes back"
    moves = "yes" if kind.id in machine().moves else ""
    return [
        code(kind.id),
        kind.zh,
        kind.en,
        slot,
        moves,
        permission(kind.id),
        str(files or ""),
    ]


def permission(kind: str) -> str:
    """What recording asks for, and where it is asked when not at the place of the case."""
    asked = code(permission_for(kind).value)
    return f"{asked} of the issuer" if deciding_place(kind, case_place=0, roster_place=1) else asked


def amount_row(kind: Kind) -> Iterator[str]:
    """One line of the table of amounts."""
    yield from (code(kind.id), kind.zh, kind.en, code(kind.slot), kind.quantity or "", kind.subject)
