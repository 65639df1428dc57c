"""Checks a proof of tenglong without tenglong, its database or any library: `python verify.py PROOF.json [KEY]`.

The proof says what one entry of a ledger says. Checked is that the entry is the one that the ledger's chain holds, that
it is a leaf of the tree over its book, that the book is a line of the checkpoint, and that the site signed the
checkpoint. KEY is the public key of the site, got on another way than the proof (it is printed on the page about the
ledger): without it the proof shows only that somebody who holds the key in the proof signed. It may be an older key of
the site: the proof holds the checkpoints by which each key named the next.

Needs Python 3.8 or newer; this text is printed by `tenglong ledger prove --checker`. Trees are those of RFC 6962,
signatures Ed25519 (RFC 8032).
"""

import hashlib
import json
import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple  # noqa: UP035 - old Pythons check proofs too

Point = Tuple[int, int, int, int]  # noqa: UP006

# Signatures: points of the curve in extended coordinates.

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
_ROOT = pow(2, (PRIME - 1) // 4, PRIME)
NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, other: Point) -> Point:
    """The sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % PRIME
    b = (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c = 2 * one[3] * other[3] * _D % PRIME
    d = 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiply(times: int, point: Point) -> Point:
    """`point` added to itself `times` times."""
    total = NEUTRAL
    while times:
        if times & 1:
            total = add(total, point)
        point, times = add(point, point), times >> 1
    return total


def encode(point: Point) -> bytes:
    """The 32 bytes that stand for a point."""
    inverse = pow(point[2], PRIME - 2, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Optional[Point]:  # noqa: UP045
    """The point that 32 bytes stand for; None where they stand for none."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    odd, y = number >> 255, number & (1 << 255) - 1
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * _ROOT % PRIME
    if (x * x - square) % PRIME or (x == 0 and odd):
        return None
    x = x if x & 1 == odd else PRIME - x
    return x, y, 1, x * y % PRIME


BASE = decode((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")) or NEUTRAL


def hashed(*parts: bytes) -> int:
    """SHA-512 over the parts, as a number within the order of the group."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def signed(key: str, message: bytes, signature: str) -> bool:
    """Whether `signature` (128 hexadecimal digits) is that of the public `key` (64 digits) under `message`."""
    try:
        public, both = bytes.fromhex(key), bytes.fromhex(signature)
    except ValueError:
        return False
    point, first, second = decode(public), decode(both[:32]), int.from_bytes(both[32:], "little")
    if point is None or first is None or len(both) != 64 or second >= ORDER:
        return False
    sum_ = add(first, multiply(hashed(both[:32], public, message), point))
    return encode(multiply(second, BASE)) == encode(sum_)


# Trees.


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of what joins two parts of a tree."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_along(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of `size` leaves, given the leaf of number `index` and the hashes beside its way up; empty
    where the way does not fit."""
    last = size - 1
    for beside in path:
        if last == 0:
            return b""
        if index & 1 or index == last:
            found = node(beside, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, beside)
        index, last = index >> 1, last >> 1
    return found if last == 0 else b""


# Proofs.


def text_of(value: Any) -> bytes:
    """A JSON value as it was signed: sorted keys, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(head: Dict[str, Any]) -> str:  # noqa: UP006
    """What names a checkpoint: SHA-256 of its head."""
    return hashlib.sha256(text_of(head)).hexdigest()


def short_form(digest: str) -> str:
    """The first 16 digits of a digest, as bulletins print them."""
    return "-".join(digest[start : start + 4].upper() for start in range(0, 16, 4))


def facts_of(entry: str) -> Dict[str, Any]:  # noqa: UP006
    """What an entry says; behind it may stand how it was filed, which is hashed with it."""
    facts: Dict[str, Any] = json.JSONDecoder().raw_decode(entry)[0]  # noqa: UP006
    return facts


def check(proof: Dict[str, Any], key: str = "") -> List[str]:  # noqa: UP006
    """What does not hold of a proof; nothing where everything does."""
    head, line = proof["head"], proof["line"]
    entry = hashlib.sha256((proof["previous"] + proof["entry"]).encode()).hexdigest()
    book = root_along(leaf(entry.encode()), proof["index"], line["rows"], _bytes(proof["path"]))
    whole = root_along(leaf(text_of(line)), proof["line_index"], head["lines"], _bytes(proof["line_path"]))
    problems = []
    if book.hex() != line["root"]:
        problems.append("这笔记录不在该名单的校验树中（记录或路径被改动）。")
    if whole.hex() != head["root"]:
        problems.append("该名单不在校验点中（名单行或路径被改动）。")
    if not signed(proof["key"], text_of(head), proof["signature"]):
        problems.append("校验点的签名不成立。")
    trusted = key or proof["key"]
    for one in proof.get("succession", []):
        if not signed(one["key"], text_of(one["head"]), one["signature"]):
            problems.append(
                "第 {number} 号校验点上的密钥交接，签名不成立。".format(number=one["head"]["number"])
            )
        elif one["key"] == trusted and one["head"]["number"] < head["number"]:
            trusted = one["head"].get("next_key", "")
    if trusted != proof["key"]:
        problems.append("校验点不是由您所给公钥的持有者（或其签名指定的后继者）签署的。")
    for one in proof.get("cosignatures", []):
        if not signed(one["key"], text_of(head), one["signature"]):
            problems.append("见证方“" + one["witness"] + "”的签名不成立。")
    return problems


def _bytes(path: Sequence[str]) -> List[bytes]:  # noqa: UP006
    return [bytes.fromhex(one) for one in path]


def main(arguments: List[str]) -> int:  # noqa: UP006
    """Check the proof in a file and say what was found; ends with 1 where it does not hold."""
    with open(arguments[0], encoding="utf-8") as file:
        proof = json.load(file)
    problems = check(proof, arguments[1] if len(arguments) > 1 else "")
    for problem in problems:
        sys.stdout.write(problem + "\n")
    if problems:
        return 1
    head, line, entry = proof["head"], proof["line"], facts_of(proof["entry"])
    sys.stdout.write("证明成立。第 {id} 号记录：{entry}\n".format(id=entry["id"], entry=proof["entry"]))
    told = "所属：{title}（{rows} 笔）；校验点第 {number} 号，{at}，{short}；公钥 {key}\n"
    said = {"title": line["title"], "rows": line["rows"], "number": head["number"], "at": head["taken_at"]}
    sys.stdout.write(told.format(short=short_form(digest_of(head)), key=proof["key"], **said))
    for one in proof.get("cosignatures", []):
        sys.stdout.write("见证：" + one["witness"] + "，公钥 " + one["key"] + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
