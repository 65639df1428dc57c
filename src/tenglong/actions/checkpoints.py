"""Taking a checkpoint, and what witnesses sign of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tenglong.actions.site_key import next_seed, seed_after, site_seed
from tenglong.actions.steps import leave
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.checker import signed, text_of
from tenglong.domain.ledger.checkpoints import Line, Stated, gaps_of, head_of, joined, key_after, spans_of
from tenglong.domain.ledger.signing import public_key, sign
from tenglong.domain.ledger.trees import Tree
from tenglong.queries.books import Book, books
from tenglong.store.models import Checkpoint, Cosignature


@transaction.atomic
def take_checkpoint(*, at: datetime, by: str = "") -> Checkpoint:
    """Say how far every book went, sign it with the site's key and keep it; where somebody asked for it (`by`), the
    trail says so.

    Raises:
        Conflict: the key that signed the checkpoint before is not there.
    """
    before = _last_locked()
    row = _taken(before, _seed_after(before), at=at)
    if by:
        leave(by=by, at=at, deed="take_checkpoint", about=f"checkpoint:{row.pk}")
    return row


@transaction.atomic
def hand_key_on(*, by: str, at: datetime) -> Checkpoint:
    """Sign with a new key from now on: the last checkpoint of the old one names it. Gives that checkpoint; the new key
    takes its place with the next one.

    Raises:
        Conflict: the old key is not there.
    """
    before = _last_locked()
    seed, new = _seed_after(before), next_seed()
    row = _taken(before, seed, at=at, next_key=public_key(new))
    leave(by=by, at=at, deed="hand_key_on", about=f"checkpoint:{row.pk}", key=public_key(new))
    return row


@transaction.atomic
def replace_lost_key(*, by: str, at: datetime, reason: str) -> Checkpoint:
    """Sign with a new key from now on though the old one signs nothing of it; the first checkpoint of the new one says
    so, with the reason, and so does every check of the ledger from then on.

    Raises:
        BadValue: there is no reason; Conflict: no checkpoint was ever signed, so that nothing breaks.
    """
    before = _last_locked()
    if not reason.strip():
        raise BadValue(msg("请用 --reason 写明原密钥为何不能签署。"))
    if before is None:
        raise Conflict(msg("本站还没有签署过校验点，无需更换密钥。"))
    broke = {"key": key_after(before.head, before.key), "reason": reason.strip()}
    new = next_seed()
    row = _taken(before, new, at=at, broke=broke)
    leave(
        by=by,
        at=at,
        deed="replace_lost_key",
        about=f"checkpoint:{row.pk}",
        key=row.key,
        reason=broke["reason"],
    )
    return row


def _last_locked() -> Checkpoint | None:
    """The checkpoint taken last; nobody takes another meanwhile. The first is what is locked: it is always the same."""
    Checkpoint.objects.select_for_update().order_by("number").first()
    return Checkpoint.objects.order_by("-number").first()


def _seed_after(before: Checkpoint | None) -> bytes:
    return seed_after(before.head, before.key) if before else site_seed()


def _taken(before: Checkpoint | None, seed: bytes, *, at: datetime, **about_key: Any) -> Checkpoint:
    peaks: dict[str, Any] = {}
    lines = []
    for book in books():
        line, peaks[book.key] = _line(book, before.peaks.get(book.key) if before else None)
        lines.append(line)
    number, previous = (before.number + 1, before.digest) if before else (1, "")
    head = head_of(number=number, taken_at=at, previous=previous, lines=lines, **about_key)
    signature = sign(seed, text_of(head))
    one = Stated(head, tuple(lines), public_key(seed), signature)
    return Checkpoint.objects.create(
        number=number,
        taken_at=at,
        head=head,
        lines=[line.to_json() for line in lines],
        peaks=peaks,
        digest=one.digest,
        key=one.key,
        signature=signature,
    )


def _line(book: Book, before: Mapping[str, Any] | None) -> tuple[Line, dict[str, Any]]:
    """What is said of a book now, and what is needed to go on from there.

    Numbers that were passed over may still come: a row whose transaction ends later, or one of a run that was being
    computed. A tree takes rows in the order in which checkpoints found them.
    """
    known = before or {"size": 0, "peaks": (), "covered": ()}
    tree = Tree(known["size"], known["peaks"])
    covered = tuple((first, last) for first, last in known["covered"])
    found = []
    late = () if book.orderly else book.leaves(gaps_of(covered))
    for number, hash in (*late, *book.leaves_after(covered[-1][1] if covered else 0)):
        tree.add(hash)
        found.append(number)
    new = ((found[0], found[-1]),) if book.orderly and found else spans_of(found)
    all_ = joined((*covered, *new))
    line = Line(book.key, book.title, tree.size, all_[-1][1] if all_ else 0, tree.root, new)
    return line, {"size": tree.size, "peaks": tree.peaks, "covered": [list(span) for span in all_]}


def cosign(told: Stated, *, witness: str, by: str, at: datetime) -> dict[str, str]:
    """The signature of this site under the checkpoint of another: what its operator sends back.

    Raises:
        BadFile: the checkpoint cannot be believed.
    """
    if told.problem:
        raise BadFile(told.problem)
    seed = site_seed()
    signature = sign(seed, text_of(dict(told.head)))
    leave(by=by, at=at, deed="cosign", about="site", digest=told.digest, witness=witness)
    return {"witness": witness, "key": public_key(seed), "signature": signature, "digest": told.digest}


@transaction.atomic
def keep_cosignature(given: Mapping[str, str], *, by: str, at: datetime) -> Cosignature:
    """Keep what a witness signed.

    Raises:
        BadFile: it is no signature under a checkpoint of this site; Conflict: it is kept already.
    """
    row = Checkpoint.objects.filter(digest=given.get("digest", "")).first()
    if row is None or not signed(given.get("key", ""), text_of(row.head), given.get("signature", "")):
        raise BadFile(msg("见证文件与本站任何校验点都不相符，请向见证方核对。"))
    if given["key"] == row.key:
        raise BadFile(msg("见证签名与本站的密钥相同，自己不能为自己见证，请由另一个站点签署。"))
    if row.cosignatures.filter(key=given["key"]).exists():
        raise Conflict(msg("第 {number} 号校验点已有该见证方的签名。", number=row.number))
    kept = Cosignature.objects.create(
        checkpoint=row,
        witness=given.get("witness", "")[:120],
        key=given["key"],
        signature=given["signature"],
        recorded_at=at,
        recorded_by=by,
    )
    about = f"checkpoint:{row.pk}"
    leave(by=by, at=at, deed="keep_cosignature", about=about, witness=kept.witness)
    return kept
