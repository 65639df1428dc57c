"""Checkpoints: whether what is stored is what they say, a trusted one held against them, and the proof of one entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from tenglong.domain.kernel.errors import Conflict, NotFound
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.ledger.checker import text_of
from tenglong.domain.ledger.checkpoints import (
    PROOF,
    Line,
    Stated,
    differing_lines,
    key_after,
    key_before,
)
from tenglong.domain.ledger.entries import GENESIS, Joint, Walk
from tenglong.domain.ledger.trees import Tree, path_to, paths_to
from tenglong.domain.registry.book import REGISTER
from tenglong.queries.books import Book, book_of_roster, books, register_book
from tenglong.queries.ledger import fold
from tenglong.queries.registry import book as register
from tenglong.queries.values import Value
from tenglong.store.models import Checkpoint, Entry, RegisterEntry, Roster

SIGNATURES_CHECKED = 50
"""How many of the last checkpoints have their signatures checked in every run: each names all before it."""


def key_file() -> Path:
    """Where the secret key of the site lies: 32 bytes, in hexadecimal digits."""
    return Path(settings.DATA) / "keys" / "site.key"


def next_key_file() -> Path:
    """Where the one lies that shall take its place."""
    return key_file().with_name("site.next.key")


@dataclass(frozen=True)
class CheckpointView(Value):
    """A signed checkpoint as pages show it."""

    number: int
    taken_at: datetime
    key: str
    short_form: str


def last_checkpoint() -> Checkpoint | None:
    """The one taken last."""
    return Checkpoint.objects.order_by("-number").first()


def shown_checkpoint() -> CheckpointView | None:
    """The same as pages show it."""
    row = last_checkpoint()
    return CheckpointView.of(row) if row else None


def checkpoint_words(row: Checkpoint) -> str:
    """A checkpoint as it is printed: its number and its short form."""
    return f"第{row.number}号 {row.short_form}"


def stated(row: Checkpoint) -> Stated:
    """A checkpoint with what witnesses signed."""
    lines = tuple(Line.from_json(line) for line in row.lines)
    names = ("witness", "key", "signature")
    signed_by = (
        dict(zip(names, one, strict=True)) for one in row.cosignatures.order_by("pk").values_list(*names)
    )
    return Stated(row.head, lines, row.key, row.signature, tuple(signed_by))


# What is stored, held against the checkpoints.


def checkpoint_problems() -> Iterator[Message]:
    """What was changed, deleted or made anew since a checkpoint was taken, each with what to do."""
    kept = list(Checkpoint.objects.order_by("number"))
    problem = _chain_problem(kept)
    if problem:
        yield problem
        return
    lines = [{line["book"]: Line.from_json(line) for line in row.lines} for row in kept]
    there = {book.key: book for book in books()}
    for key, line in (lines[-1] if lines else {}).items():
        if key not in there:
            yield _gone(kept[-1].number, line.title)
    for key, book in there.items():
        told = [(row.number, line[key]) for row, line in zip(kept, lines, strict=True) if key in line]
        found = _book_problem(book, told)
        if found:
            yield found


def _chain_problem(kept: list[Checkpoint]) -> Message | None:
    """The first checkpoint that is missing, was changed, or was signed by somebody else."""
    previous, signer = GENESIS, kept[0].key if kept else ""
    for number, row in enumerate(kept, start=1):
        if row.number != number or row.head["previous"] != previous:
            problem = "第 {number} 号校验点缺失，或与前一号不相连，请停止使用并从数据库备份恢复。"
            return msg(problem, number=number)
        one = stated(row)
        changed = one.digest != row.digest or one.number != number
        wrong = one.problem if changed or number > len(kept) - SIGNATURES_CHECKED else None
        if changed or wrong:
            return wrong or msg("第 {number} 号校验点的内容与其摘要不符，校验点被改动。", number=number)
        if key_before(row.head, row.key) != signer:
            return _signed_by_another(number)
        previous, signer = row.digest, key_after(row.head, row.key)
    return _signed_by_another(len(kept)) if kept and signer not in _own_keys(signer) else None


def _signed_by_another(number: int) -> Message:
    problem = "第 {number} 号校验点不是由本站的密钥签署的，请停止使用并核对密钥和数据库备份。"
    return msg(problem, number=number)


def _own_keys(signer: str) -> list[str]:
    """The public key of this site, and the one that is to follow, as they lie beside the secret ones; a copy without
    keys believes its own checkpoints."""
    beside = [path.with_suffix(".pub") for path in (key_file(), next_key_file())]
    return [path.read_text(encoding="ascii").strip() for path in beside if path.exists()] or [signer]


def key_changes() -> Iterator[Message]:
    """Each change of the site's key: named by the key before, or broken off, and why."""
    for row in _changing_key():
        about = {"number": row.number, "key": key_after(row.head, row.key)}
        if broke := row.head.get("broke"):
            problem = (
                "第 {number} 号校验点起换用公钥 {key}，原公钥 {old} 没有签署这一更换（理由：{reason}）。"
            )
            yield msg(problem, old=broke["key"], reason=broke["reason"], **about)
        if "next_key" in row.head:
            yield msg("第 {number} 号校验点之后换用公钥 {key}，由原密钥签署。", **about)


def _changing_key() -> list[Checkpoint]:
    changing = Q(head__has_key="next_key") | Q(head__has_key="broke")
    return list(Checkpoint.objects.filter(changing).order_by("number"))


def _book_problem(book: Book, told: list[tuple[int, Line]]) -> Message | None:
    tree = Tree()
    for number, line in told:
        for _, hash in book.leaves(line.new):
            tree.add(hash)
        if (tree.size, tree.root) != (line.rows, line.root):
            first, last = (line.new[0][0], line.new[-1][1]) if line.new else (0, 0)
            problem = (
                "{title}：第 {number} 号校验点登记过的记录（第 {first} 至 {last} 号）被改动、删除或重建，"
                "请停止使用并从数据库备份恢复。"
            )
            return msg(problem, title=book.called, number=number, first=first, last=last)
    return None


def _gone(number: int, title: str) -> Message:
    problem = "第 {number} 号校验点中的“{title}”已不在数据库中，请停止使用并从数据库备份恢复。"
    return msg(problem, number=number, title=label(title))


# A checkpoint that somebody kept elsewhere.


def against(told: Stated) -> list[Message]:
    """What the database does not say as a trusted checkpoint does: nothing, where it goes on from there."""
    if told.problem:
        return [told.problem]
    row = Checkpoint.objects.filter(number=told.number).first()
    if row is None:
        problem = "数据库中没有第 {number} 号校验点：台账被截断或重建，请停止使用并从数据库备份恢复。"
        found = [msg(problem, number=told.number)]
        kept: tuple[Line, ...] = ()
    elif row.digest == told.digest:
        return []
    else:
        problem = (
            "数据库中的第 {number} 号校验点与文件不同：台账在那之后被重建，请停止使用并从数据库备份恢复。"
        )
        found, kept = [msg(problem, number=told.number)], stated(row).lines
    titles = {line.book: line.title for line in kept}
    there = {book.key for book in books()}
    for line in told.lines if row is None else differing_lines(told, stated(row)):
        found += _line_problems(told.number, line, titles.get(line.book), line.book in there)
    return found


def _line_problems(number: int, line: Line, title: str | None, there: bool) -> list[Message]:
    if not there:
        return [_gone(number, line.title)]
    if title is None:
        return []
    if title != line.title:
        problem = "名单“{title}”在第 {number} 号校验点之后改称“{now}”，而没有登记。"
        return [msg(problem, title=line.title, number=number, now=title)]
    return [msg("{title}：与第 {number} 号校验点文件不符。", title=label(line.title), number=number)]


# The proof of entries.


def proof_of(id: int, *, in_register: bool = False) -> dict[str, Any]:
    """What `python verify.py` checks without a database: the entry, its way up to the last checkpoint, its signature.

    Raises:
        NotFound: there is no such entry; Conflict: no checkpoint covers it yet.
    """
    book, text, joints = _register_entry(id) if in_register else _ledger_entry(id)
    common, (own,) = _proven(book, {id: text}, joints)
    return {"format": PROOF, **own, **common}


def proofs_of(roster: Roster, entries: Mapping[int, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The last checkpoint with the roster's line in it, and of each entry (number to text) its way up to that line.

    Raises:
        Conflict: no checkpoint covers them yet.
    """
    return _proven(book_of_roster(roster), entries, fold.joints_of(roster.pk))


def _proven(
    book: Book, entries: Mapping[int, str], joints: Sequence[Joint]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    last = last_checkpoint()
    one = stated(last) if last else None
    place = next((n for n, line in enumerate(one.lines if one else ()) if line.book == book.key), None)
    if one is None or place is None or one.lines[place].last < max(entries):
        problem = "第 {id} 号记录登记之后还没有校验点，请先运行 tenglong ledger checkpoint。"
        raise Conflict(msg(problem, id=max(entries)))
    line = one.lines[place]
    common = {
        "line": line.to_json(),
        "line_index": place,
        "line_path": path_to([text_of(each.to_json()) for each in one.lines], place),
        "head": dict(one.head),
        "key": one.key,
        "signature": one.signature,
        "cosignatures": list(one.cosignatures),
        "succession": _succession(),
    }
    return common, _ways_up(list(book.leaves([(1, line.last)])), entries, joints)


def _ways_up(
    leaves: Sequence[tuple[int, bytes]], entries: Mapping[int, str], joints: Sequence[Joint]
) -> list[dict[str, Any]]:
    """Of each entry its text, the hash that it is chained to, and its way up the tree over `leaves`."""
    walk, found = Walk(joints), list[tuple[int, int, str]]()
    for index, (id, hash) in enumerate(leaves):
        behind = walk.behind(id)
        if id in entries:
            found.append((id, index, behind))
        walk.step(id, hash.decode())
    paths = paths_to([hash for _, hash in leaves], [index for _, index, _ in found])
    return [
        {"entry": entries[id], "previous": behind, "index": index, "path": path}
        for (id, index, behind), path in zip(found, paths, strict=True)
    ]


def _succession() -> list[dict[str, Any]]:
    """The checkpoints that named the next key: whoever trusts an old key is led to that of today."""
    return [
        {"head": row.head, "key": row.key, "signature": row.signature}
        for row in _changing_key()
        if "next_key" in row.head
    ]


def _ledger_entry(id: int) -> tuple[Book, str, list[Joint]]:
    row = Entry.objects.filter(pk=id).first()
    roster = Roster.objects.filter(pk=row.roster_id).first() if row else None
    if row is None or roster is None:
        raise NotFound(msg("没有第 {id} 号记录，请核对记录号。", id=id))
    return book_of_roster(roster), fold.to_fact(row).canonical().decode(), fold.joints_of(roster.pk)


def _register_entry(id: int) -> tuple[Book, str, list[Joint]]:
    row = RegisterEntry.objects.filter(pk=id).first()
    if row is None:
        raise NotFound(msg("登记簿没有第 {id} 号记录，请核对记录号。", id=id))
    return register_book(), register.to_fact(row).canonical().decode(), fold.joints_of(REGISTER)
