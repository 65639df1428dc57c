"""docs/reference/states.md: the life of a case, from moves.toml."""

from collections.abc import Iterator
from typing import Any

from tenglong.domain.campaign.cases import Machine, Move, machine
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.kinds import vocabulary

STATES_HEAD = """\
# The life of a case

Drawn from `src/tenglong/domain/campaign/moves.toml` by `make docs`; do not edit. Source of the rules:
{source}

The diagram shows the regular course, with each step after the state that it usually follows. A ledger that
arrives as a workbook seldom has every step, so most steps may follow earlier states too, and a case may
change its track; removal, return and reopening need a reason. The table of moves has them all.
"""
TRACKS = ("vacate", "enforce", "upgrade")


def page() -> str:
    """States, moves and guards of a case, as a diagram and as tables."""
    content = load_rules("tenglong.domain.campaign", "moves.toml").content
    parts = [STATES_HEAD.format(source=content["source"]), *diagram(machine(), content["groups"]), ""]
    parts += ["## States", "", "| state | 中文 | English | whose turn |", "|---|---|---|---|"]
    parts += [f"| `{s.id}` | {s.zh} | {s.en} | `{s.owner}` |" for s in machine().states.values()]
    parts += ["", "Groups of states that the moves name:", ""]
    parts += [f"- **{name}**: {', '.join(group)}" for name, group in content["groups"].items()]
    parts += [
        "",
        "## Moves",
        "",
        "| entry | 中文 | from | to | needs before it | reason |",
        "|---|---|---|---|---|---|",
    ]
    parts += map(move_row, content["move"])
    parts += ["", "## Guards: entries that move nothing, but need another before them", ""]
    parts += [f"- `{g.kind}` needs {' or '.join(g.requires_any)}: {g.why}" for g in machine().guards.values()]
    return "\n".join(parts) + "\n"


def diagram(rules: Machine, groups: dict[str, list[str]]) -> Iterator[str]:
    """The regular course in Mermaid: moves that need no reason and do not only lie over the state."""
    regular = [move for move in rules.moves.values() if not (move.reason or move.overlay)]
    arrows = [(usual, move) for move in regular for usual in usual_sources(move, list(rules.states), groups)]
    drawn = {state for usual, move in arrows for state in (usual, move.to)}
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in rules.states.values():
        if state.id in drawn:
            yield f'    state "{state.zh} {state.en}" as {state.id}'
    for usual, move in arrows:
        yield f"    {usual} --> {move.to}: {vocabulary().kind(move.kind).zh}"
    yield "```"


def usual_sources(move: Move, order: list[str], groups: dict[str, list[str]]) -> list[str]:
    """The latest state before the target, without changing track; after the tracks, the end of each."""
    track_of = {state: track for track in TRACKS for state in groups[track]}
    own = track_of.get(move.to)
    before = [state for state in order[: order.index(move.to)] if state in move.sources]
    usual = [state for state in before if own is None or track_of.get(state, own) == own]
    if own is None and usual and usual[-1] in track_of:
        ends = {track_of[state]: state for state in usual if state in track_of}
        return list(ends.values())
    return usual[-1:]


def move_row(move: dict[str, Any]) -> str:
    """One line of the table of moves."""
    needs = [*move.get("requires", []), " or ".join(move.get("requires_any", []))]
    cells = [
        f"`{move['kind']}`",
        vocabulary().kind(move["kind"]).zh,
        ", ".join(move.get("from", [])),
        f"{move['to']} (over the state)" if move.get("overlay") else move["to"],
        ", ".join(filter(None, needs)),
        "yes" if move.get("reason") else "",
    ]
    return f"| {' | '.join(cells)} |"
