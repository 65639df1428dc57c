"""What must lie in the file of a case before it is written off, piece by piece (matrix.toml), and what of it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from tenglong.domain.campaign.held import Held, read_held
from tenglong.domain.kernel.errors import BadRules, Conflict, NotFound
from tenglong.domain.kernel.messages import Message, listed, msg
from tenglong.domain.kernel.process import check_rows
from tenglong.domain.kernel.rulebook import Rule, Rulebook
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.ledger.kinds import vocabulary

MATRIX = Rule("matrix", "tenglong.domain.campaign", "matrix.toml")
MEASURES = (
    "close",
    "dismantle_capacity",
    "vacate_recover",
    "relocate_park",
    "merge",
    "upgrade",
    "legalise",
    "convert",
    "buyback_lease",
)
"""How a case is dealt with (处置方式), as the tables that come in know them."""
PARTIES = ("landlord", "tenant", "owner")
PIECE = 12
"""The longest number of a piece."""


class Need(StrEnum):
    """How much a piece is needed."""

    MUST = "must"
    MAY = "may"
    LATER = "later"


class Verdict(StrEnum):
    """What is the matter with a piece of a case."""

    THERE = "there"
    MISSING = "missing"
    MISDATED = "misdated"
    WAIVED = "waived"
    NEEDLESS = "needless"


@dataclass(frozen=True)
class Piece:
    """A piece of evidence; see the head of matrix.toml for its fields. `needs` says how much, by measure."""

    id: str
    zh: str
    en: str
    needs: Mapping[str, Need]
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    files: bool = False
    due: str = "submitted"
    parties: tuple[str, ...] = ()
    condition: str = ""
    when: Mapping[str, tuple[str, ...]] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The entries that are the piece; none where it is a file handed in under its number."""
        return self.any_of or self.all_of


@dataclass(frozen=True, eq=False)
class Matrix:
    """A whole file; one for each digest, so that it may be told from another by itself."""

    pieces: Mapping[str, Piece]
    batches: Mapping[str, str]

    def piece(self, id: str) -> Piece:
        """Raises NotFound when there is no such piece."""
        if id not in self.pieces:
            problem = "没有编号为“{id}”的佐证，可用的有：{known}。"
            raise NotFound(msg(problem, id=id, known="、".join(self.pieces)))
        return self.pieces[id]


class About(NamedTuple):
    """What the matrix asks of a case beside what lies in its file; all as the case holds it, "" where nobody said."""

    measure: str
    batch: str
    party: str
    processes: str


@dataclass(frozen=True)
class Item:
    """A piece of a case. `late`: it lacks although the step is past with which it was due."""

    piece: Piece
    need: Need
    verdict: Verdict
    late: bool

    @property
    def lacks(self) -> bool:
        """Whether it is still to come, or to be put right."""
        return self.verdict in (Verdict.MISSING, Verdict.MISDATED)

    @property
    def blocks(self) -> bool:
        """Whether a case is not written off because of it."""
        return self.lacks and self.need != Need.LATER


@dataclass(frozen=True)
class Checklist:
    """Every piece that is asked of a case; `measure` is "" where nobody said how the case is dealt with: then it is
    what every measure asks for."""

    measure: str
    items: tuple[Item, ...]

    @property
    def lacking(self) -> tuple[Item, ...]:
        """What blocks the write-off."""
        return tuple(item for item in self.items if item.blocks)

    def item(self, id: str) -> Item | None:
        """The piece `id`, where it is asked."""
        return next((item for item in self.items if item.piece.id == id), None)


def checklist(matrix: Matrix, held: str, about: About) -> Checklist:
    """What is asked of a case, and what of it lies there; `held` as `held_text` writes it."""
    return _judged(matrix, held, about)


def matrix_of(book: Rulebook) -> Matrix:
    """The matrix that counts."""
    return parse_matrix(book.file(MATRIX))


def lacking_problem(found: Checklist) -> Message | None:
    """Why a case is not written off; None when it may be."""
    if not found.measure:
        return msg("还没有确定处置方式，不知须有哪些佐证。请先在“整治计划”中选定处置方式，再登记“销号”。")
    named = listed(f"{item.piece.id} {item.piece.zh}" for item in found.lacking if _lacks(item))
    late = listed(f"{item.piece.id} {item.piece.zh}" for item in found.lacking if not _lacks(item))
    if late and named:
        problem = (
            "还不能销号：缺{named}；{late}的日期不在签约或决定之后、现场核查之前。"
            "请在企业档案的“佐证清单”中补交，并更正日期或重新核查。"
        )
        return msg(problem, named=named, late=late)
    if late:
        problem = "还不能销号：{late}的日期不在签约或决定之后、现场核查之前。请更正日期，或重新核查。"
        return msg(problem, late=late)
    if named:
        problem = "还不能销号：缺{named}。请在企业档案的“佐证清单”中补交；视情佐证不适用的，由审核人员说明理由免交。"
        return msg(problem, named=named)
    return None


def check_complete(found: Checklist) -> None:
    """Raises Conflict, naming every piece that lacks or is misdated, where a case may not be written off."""
    if problem := lacking_problem(found):
        raise Conflict(problem)


def _lacks(item: Item) -> bool:
    return item.verdict == Verdict.MISSING


@lru_cache(maxsize=20_000)
def _judged(matrix: Matrix, held: str, about: About) -> Checklist:
    lies = read_held(held)
    measure = about.measure if about.measure in MEASURES else matrix.batches.get(about.batch, "")
    items = (_item(piece, measure, lies, about) for piece in matrix.pieces.values())
    return Checklist(measure, tuple(item for item in items if item is not None))


def _item(piece: Piece, measure: str, lies: Held, about: About) -> Item | None:
    need = piece.needs.get(measure) if measure else _of_every_measure(piece)
    if need is None or (piece.parties and about.party and about.party not in piece.parties):
        return None
    verdict = _lying(piece, lies)
    if verdict == Verdict.MISSING and need == Need.MAY:
        if _applies(piece, lies, about) is False:
            verdict = Verdict.NEEDLESS
        elif piece.id in lies.waived:
            verdict = Verdict.WAIVED
    lacks = verdict in (Verdict.MISSING, Verdict.MISDATED) and need != Need.LATER
    return Item(piece, need, verdict, late=lacks and not lies.counts.isdisjoint(_from_on(piece.due)))


def _of_every_measure(piece: Piece) -> Need | None:
    needs = {piece.needs.get(measure) for measure in MEASURES}
    return needs.pop() if len(needs) == 1 else None


def _lying(piece: Piece, lies: Held) -> Verdict:
    if not piece.kinds:
        return Verdict.THERE if piece.id in lies.given else Verdict.MISSING
    there = lies.proven if piece.files else lies.counts
    found = [kind for kind in piece.kinds if kind in there]
    if not found or (piece.all_of and len(found) < len(piece.all_of)):
        return Verdict.MISSING
    return Verdict.MISDATED if all(kind in lies.misdated for kind in found) else Verdict.THERE


def _applies(piece: Piece, lies: Held, about: About) -> bool | None:
    """Whether the condition holds; None where the ledger cannot tell."""
    when = piece.when
    if when is None or ("processes" in when and not about.processes):
        return None
    if "processes" in when and not any(word in about.processes for word in when["processes"]):
        return False
    if "any_of" in when and lies.counts.isdisjoint(when["any_of"]):
        return False
    return not ("none_of" in when and not lies.counts.isdisjoint(when["none_of"]))


STEPS = ("submitted", "checked", "town_passed", "county_passed", "publicised", "written_off")
"""The steps with which a piece may be due, in their order."""


def _from_on(step: str) -> tuple[str, ...]:
    return STEPS[STEPS.index(step) :]


# The reading.

ROW_KEYS = {field.name for field in fields(Piece)} - {"needs", "condition"} | {"if", "if_en", *Need}
CONDITIONS = ("any_of", "none_of", "processes")


@lru_cache(maxsize=100)
def parse_matrix(rules: RuleFile) -> Matrix:
    """The matrix that a rule file states.

    Raises:
        BadRules: a key is unknown or double; a piece names a measure, kind, party or step that there is not, asks for
            a thing twice, or never; a condition lacks its words.
    """
    rows = rules.content["piece"]
    check_rows(rules.name, "file", [rules.content], "source", ("source", "batches", "piece"))
    check_rows(rules.name, "piece", rows, "id", ROW_KEYS)
    pieces = {row["id"]: _piece(rules.name, row) for row in rows}
    for batch, measure in rules.content["batches"].items():
        if measure not in MEASURES:
            problem = "规则文件 {name} 的 batches.{batch} 用了没有的处置方式“{measure}”，可用的有：{known}。"
            raise BadRules(
                msg(problem, name=rules.name, batch=batch, measure=measure, known="、".join(MEASURES))
            )
    return Matrix(pieces, rules.content["batches"])


def _piece(name: str, row: Mapping[str, Any]) -> Piece:
    when = row.get("when")
    piece = Piece(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        needs={measure: need for need in Need for measure in row.get(need, ())},
        any_of=tuple(row.get("any_of", ())),
        all_of=tuple(row.get("all_of", ())),
        files=row.get("files", False),
        due=row.get("due", "submitted"),
        parties=tuple(row.get("parties", ())),
        condition=row.get("if", ""),
        when=None if when is None else {key: tuple(values) for key, values in when.items()},
    )
    for wrong in _problems(piece, row):
        raise BadRules(msg("规则文件 {name} 的佐证 {id} 有误：{wrong}", name=name, id=piece.id, wrong=wrong))
    return piece


def _problems(piece: Piece, row: Mapping[str, Any]) -> list[Message]:
    asked = [measure for need in Need for measure in row.get(need, ())]
    when = piece.when or {}
    kinds = [*piece.any_of, *piece.all_of, *when.get("any_of", ()), *when.get("none_of", ())]
    unknown = (
        *(measure for measure in asked if measure not in MEASURES),
        *(kind for kind in kinds if kind not in vocabulary().kinds),
        *(party for party in piece.parties if party not in PARTIES),
        *(step for step in (piece.due,) if step not in STEPS),
        *(key for key in when if key not in CONDITIONS),
    )
    found = [msg("没有“{value}”，请改用随软件提供的文件里的代码。", value=value) for value in unknown]
    if not asked or len(asked) > len(set(asked)):
        found.append(msg("每种处置方式只能写一次，且至少写一种。"))
    if piece.any_of and piece.all_of:
        found.append(msg("any_of 和 all_of 只能写一项。"))
    if Need.MAY in piece.needs.values() and not piece.condition:
        found.append(msg("写了 may，须用 if 写明条件。"))
    if not piece.id.isalnum() or len(piece.id) > PIECE or piece.id in vocabulary().kinds:
        found.append(msg("编号只能用字母和数字，不超过 {most} 个。", most=PIECE))
    return found
