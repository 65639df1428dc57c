"""A checkpoint says how far every book went and what one hash stands for all its rows; its head is signed.

A book is the ledger of a roster, the register, or the rows of a table that only grows. Its line says how many rows it
has, the number of the last, the root of the tree over them, and which numbers are `new` since the checkpoint before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.ledger.checker import digest_of, short_form, signed, text_of
from tenglong.domain.ledger.entries import GENESIS
from tenglong.domain.ledger.trees import root_of

FORMAT = "tenglong checkpoint 1"
PROOF = "tenglong proof 1"

Span = tuple[int, int]
"""Numbers from the first to the last, both included."""


@dataclass(frozen=True)
class Line:
    """What a checkpoint says of one book."""

    book: str
    title: str
    rows: int
    last: int
    root: str
    new: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, as they are hashed."""
        return asdict(self) | {"new": [list(span) for span in self.new]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Line":
        """The line that `to_json` gave."""
        return cls(**{**data, "new": tuple((first, last) for first, last in data["new"])})


def head_of(
    *, number: int, taken_at: datetime, previous: str, lines: Sequence[Line], **about_key: Any
) -> dict[str, Any]:
    """What is signed: one root over all lines, and the digest of the head before (zeros before the first).

    `next_key` where the next checkpoint is signed with another key; `broke` (the key before, and the reason) where this
    one is, and the key before named nothing of it.
    """
    return {
        **about_key,
        "format": FORMAT,
        "number": number,
        "taken_at": taken_at.astimezone(UTC).isoformat(),
        "previous": previous or GENESIS,
        "lines": len(lines),
        "root": root_of(text_of(line.to_json()) for line in lines),
    }


def key_after(head: Mapping[str, Any], key: str) -> str:
    """The key that signs what follows a checkpoint that `key` signed."""
    return str(head.get("next_key", key))


def key_before(head: Mapping[str, Any], key: str) -> str:
    """The key that had to sign a checkpoint which `key` signed: the same, but where a new one says it broke off."""
    return str(head["broke"]["key"]) if "broke" in head else key


@dataclass(frozen=True)
class Stated:
    """A checkpoint as a file or a database has it."""

    head: Mapping[str, Any]
    lines: tuple[Line, ...]
    key: str
    signature: str
    cosignatures: tuple[Mapping[str, str], ...] = ()

    @property
    def number(self) -> int:
        """Its number."""
        return int(self.head["number"])

    @property
    def digest(self) -> str:
        """What names it."""
        return digest_of(dict(self.head))

    @property
    def short_form(self) -> str:
        """What names it, as it is printed."""
        return short_form(self.digest)

    def to_json(self) -> dict[str, Any]:
        """What is written into a file."""
        return {
            "head": dict(self.head),
            "lines": [line.to_json() for line in self.lines],
            "key": self.key,
            "signature": self.signature,
            "cosignatures": [dict(one) for one in self.cosignatures],
        }

    @classmethod
    def from_json(cls, data: Any) -> "Stated":
        """What a file says.

        Raises:
            BadFile: it is no checkpoint.
        """
        try:
            lines = tuple(Line.from_json(line) for line in data["lines"])
            found = cls(
                data["head"], lines, data["key"], data["signature"], tuple(data.get("cosignatures", ()))
            )
            fits = found.head["format"] == FORMAT and found.number > 0
        except (KeyError, TypeError, ValueError) as error:
            raise BadFile(_no_checkpoint()) from error
        if not fits:
            raise BadFile(_no_checkpoint())
        return found

    @property
    def problem(self) -> Message | None:
        """Why it cannot be believed: a line that its head does not cover, or a signature that is none."""
        if (
            self.head["root"] != root_of(text_of(line.to_json()) for line in self.lines)
            or len(self.lines) != self.head["lines"]
        ):
            return msg("第 {number} 号校验点的内容与其摘要不符，校验点被改动。", number=self.number)
        if not signed(self.key, text_of(dict(self.head)), self.signature):
            return msg("第 {number} 号校验点的签名不成立，校验点被改动。", number=self.number)
        for one in self.cosignatures:
            if not signed(one["key"], text_of(dict(self.head)), one["signature"]):
                problem = "第 {number} 号校验点上见证方“{witness}”的签名不成立。"
                return msg(problem, number=self.number, witness=one["witness"])
        return None


def _no_checkpoint() -> Message:
    return msg("这不是校验点文件，请选择由 tenglong ledger checkpoint --out 写出的文件。")


def spans_of(numbers: Iterable[int]) -> tuple[Span, ...]:
    """Growing numbers as spans."""
    spans: list[Span] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return tuple(spans)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def gaps_of(covered: Sequence[Span]) -> tuple[Span, ...]:
    """The numbers from one on that lie between spans in order: rows taken back, or not yet written."""
    starts = [1, *(last + 1 for _, last in covered)]
    return tuple(
        (start, first - 1) for start, (first, _) in zip(starts, covered, strict=False) if start < first
    )


def differing_lines(told: Stated, kept: Stated) -> tuple[Line, ...]:
    """The lines of a trusted checkpoint that the one kept under its number does not say."""
    said = {line.book: line for line in kept.lines}
    return tuple(line for line in told.lines if said.get(line.book) != line)
