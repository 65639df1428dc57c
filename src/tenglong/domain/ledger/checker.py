"""Checks a proof of tenglong without tenglong, its database or any library: `python verify.py FILE [KEY]`.

FILE is a proof (JSON) that says what one entry of a ledger says, or the dossier of a case (ZIP). Of an entry is checked
that it is the one that the ledger's chain holds, that it is a leaf of the tree over its book, that the book is a line
of the checkpoint, and that the site signed the checkpoint. A dossier is checked for every fault: that it holds the
files that its manifests and the entries state and no other, that its entries, approvals, checklist and rules agree, and
that the site signed the whole. KEY is the public key
of the site, got on another way than the file (it is printed on the page about the ledger): without it the file shows
only that somebody who holds the key in it signed. It may be an older key of the site: a proof holds the checkpoints by
which each key named the next.

Needs Python 3.8 or newer; this text is printed by `tenglong ledger prove --checker`. Trees are those of RFC 6962,
signatures Ed25519 (RFC 8032).
"""

import hashlib
import json
import sys
import zipfile
import zlib
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple  # noqa: UP035 - old Pythons too

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
    problems = [] if is_leaf(proof, proof["line"]) else ["这笔记录不在该名单的校验树中（记录或路径被改动）。"]
    return problems + check_checkpoint(proof, key)


def is_leaf(proof: Dict[str, Any], line: Dict[str, Any]) -> bool:  # noqa: UP006
    """Whether an entry stands where its proof says in the tree over the book of `line`."""
    entry = hashlib.sha256((proof["previous"] + proof["entry"]).encode()).hexdigest()
    return (
        root_along(leaf(entry.encode()), proof["index"], line["rows"], _bytes(proof["path"])).hex()
        == line["root"]
    )


def check_checkpoint(proof: Dict[str, Any], key: str) -> List[str]:  # noqa: UP006
    """What does not hold of the checkpoint of a proof, and of the book's line in it."""
    head, line = proof["head"], proof["line"]
    whole = root_along(leaf(text_of(line)), proof["line_index"], head["lines"], _bytes(proof["line_path"]))
    problems = []
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


# Dossiers: what is said of one case, with its files, in a bag (BagIt, RFC 8493) that the site signed.

BAG, INFO, SIGNATURE, PROGRAM = "bagit.txt", "bag-info.txt", "signature.json", "verify.py"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNED = (BAG, INFO, MANIFEST, PROGRAM)
DATA, RULES, EVIDENCE = "data/", "data/rules/", "data/evidence/"
CASE, ENTRIES, CHECKPOINT = "data/case.json", "data/entries.json", "data/checkpoint.json"
APPROVALS, CHECKLIST = "data/approvals.json", "data/checklist.json"
BAG_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
UNREADABLE = (
    KeyError, TypeError, ValueError, AttributeError, IndexError, OSError, RuntimeError, EOFError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def in_bag_order(names: Iterable[str]) -> List[str]:  # noqa: UP006
    """The names of a bag's members in the order in which they are written."""
    return sorted(names, key=lambda name: (name != BAG, name))


def evidence_path(entry: int, number: int, name: str) -> str:
    """Where the file of this number that came with an entry lies in the bag."""
    plain = "".join("_" if char in '/\\:*?"<>|%' or not char.isprintable() else char for char in name)
    return "{}{}-{}-{}".format(EVIDENCE, entry, number, plain[-120:].strip(". "))


def manifest_of(digests: Dict[str, str]) -> str:  # noqa: UP006
    """The text of a manifest: digest and path of each file."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


class Bag:
    """The members of a dossier, each with its digest; "" for one that cannot be read."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.there = {info.filename: self._digest(info) for info in archive.infolist()}

    def _digest(self, info: zipfile.ZipInfo) -> str:
        found = hashlib.sha256()
        try:
            with self.archive.open(info) as member:
                for piece in iter(lambda: member.read(1 << 20), b""):
                    found.update(piece)
        except UNREADABLE:
            return ""
        return found.hexdigest()

    def under(self, folder: str) -> Dict[str, str]:  # noqa: UP006
        """The digests of the members whose names begin so."""
        return {name: digest for name, digest in self.there.items() if name.startswith(folder)}

    def text(self, name: str) -> str:
        """What a member says."""
        return self.archive.read(name).decode("utf-8")

    def json(self, name: str) -> Any:
        """The JSON value in a member."""
        return json.loads(self.text(name))

    def entries(self) -> Dict[int, Dict[str, Any]]:  # noqa: UP006
        """What the entries in the bag say, by number."""
        told = [facts_of(one["entry"]) for one in self.json(ENTRIES)]
        return {facts["id"]: facts for facts in told}


def differences(told: Dict[str, str], there: Dict[str, str]) -> Iterable[str]:  # noqa: UP006
    """In sentences, how files (by path, digests) are not those that were told."""
    added = [name for name in there if name not in told]
    other = [name for name in told if there.get(name, told[name]) != told[name]]
    for name in told:
        if name in there:
            continue
        renamed = [one for one in added if there[one] == told[name]]
        if renamed:
            added.remove(renamed[0])
            yield f"文件“{name}”被改名为“{renamed[0]}”。"
        else:
            yield f"缺少文件“{name}”。"
    for name in added:
        yield f"多出文件“{name}”。"
    for name in other:
        swapped = [one for one in other if (there[one], there[name]) == (told[name], told[one])]
        if not swapped:
            yield f"文件“{name}”的内容被改动或损坏。"
        elif name < swapped[0]:
            yield f"文件“{name}”与“{swapped[0]}”的内容互换。"


def container_problems(bag: Bag, key: str) -> Iterable[str]:
    """What the archive itself shows: members twice or out of order, something put before, between or behind them."""
    members = bag.archive.infolist()
    names = [info.filename for info in members]
    if len(set(names)) < len(names):
        yield "压缩包内有同名文件。"
    if names != in_bag_order(names) or members != sorted(members, key=lambda info: info.header_offset):
        yield "压缩包内文件的次序被改动。"
    if bag.archive.comment or (members and members[0].header_offset):
        yield "压缩包的首尾附有其他内容。"
    if bag.text(BAG) != BAG_TEXT:
        yield f"“{BAG}”的内容被改动。"


def manifest_problems(bag: Bag, key: str) -> Iterable[str]:
    """Every file that is not what the manifests say."""
    payload = bag.under(DATA)
    tags = {
        name: digest for name, digest in bag.there.items() if name not in payload and name != TAG_MANIFEST
    }
    for manifest, there in ((MANIFEST, payload), (TAG_MANIFEST, tags)):
        if manifest not in bag.there:
            yield f"缺少文件“{manifest}”。"
            continue
        lines = [line.split("  ", 1) for line in bag.text(manifest).splitlines()]
        told = {name: digest for digest, name in lines}
        if manifest_of(told) != bag.text(manifest):
            yield f"“{manifest}”的写法被改动。"
        yield from differences(told, there)


def size_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the bag says how much is in it."""
    sizes = [info.file_size for info in bag.archive.infolist() if info.filename.startswith(DATA)]
    if f"Payload-Oxum: {sum(sizes)}.{len(sizes)}\n" not in bag.text(INFO):
        yield f"“{INFO}”所记的文件数或字节数与档案不符。"


def signature_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the site signed this bag, under this checkpoint."""
    told, proof, case = bag.json(SIGNATURE), bag.json(CHECKPOINT), bag.json(CASE)
    about = told["about"]
    if not signed(told["key"], text_of(about), told["signature"]):
        yield "档案的签名不成立。"
    for name in SIGNED:
        if about["files"][name] != bag.there.get(name):
            yield f"档案的签名不是对这份“{name}”作出的。"
    if (about["case"], about["roster"]) != (case["case"], case["roster"]["code"]):
        yield "档案的签名是对另一案件作出的。"
    if told["key"] != proof["key"] or about["checkpoint"] != digest_of(proof["head"]):
        yield "档案的签名与所附校验点不属同一密钥或同一校验点。"


def checkpoint_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the checkpoint is one of the site over the case's own roster, and holds every entry."""
    proof, case = bag.json(CHECKPOINT), bag.json(CASE)
    if proof["line"]["book"] != "roster " + case["roster"]["code"]:
        yield "所附校验点不是本案名单的，而是“{}”的。".format(proof["line"]["title"])
    yield from check_checkpoint(proof, key)
    for one in bag.json(ENTRIES):
        if not is_leaf(one, proof["line"]):
            yield "第 {} 号记录不在校验点中（被改动，或校验点不是本名单的）。".format(
                facts_of(one["entry"])["id"]
            )


def entry_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the entries are those of the case, all of them, and their files are there."""
    case, entries = bag.json(CASE), bag.entries()
    for id in case["entries"]:
        if id not in entries:
            yield f"缺少第 {id} 号记录。"
    for id, facts in entries.items():
        if id not in case["entries"] or facts["case"] != case["case"]:
            yield f"第 {id} 号记录不是本案的。"
    told = {
        evidence_path(id, number, file["name"]): file["digest"]
        for id, facts in entries.items()
        for number, file in enumerate(facts["details"].get("files", []), 1)
    }
    yield from differences(told, bag.under(EVIDENCE))


def approval_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether every approval is listed, as its entry says, and given by somebody else than who handed in."""
    case, entries = bag.json(CASE), bag.entries()
    listed = {one["entry"]: one for one in bag.json(APPROVALS)}
    for id, facts in entries.items():
        if facts["kind"] in case["approving"] and id not in listed:
            yield f"审核记录中缺少第 {id} 号审核。"
    for id, one in listed.items():
        told = entries.get(id)
        if told is None:
            yield f"审核记录中的第 {id} 号审核没有对应的记录。"
        elif (one["kind"], one["on"], one["by"]) != (
            told["kind"],
            told["effective_on"],
            told["recorded_by"],
        ):
            yield f"审核记录中的第 {id} 号审核与记录不符。"
        elif one["by"] in one["people"]:
            yield f"第 {id} 号审核由申报经手人本人办理。"


def checklist_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the checklist counts what is there."""
    entries = bag.entries()
    for piece in bag.json(CHECKLIST):
        lost = [name for name in piece["files"] if name not in bag.there]
        few = max(piece["needed"] - len(piece["files"]), 0)
        if piece["entry"] not in entries or lost or piece["lacks"] != few:
            yield "佐证清单中“{}”（第 {} 号记录）一项与档案不符。".format(piece["name"], piece["entry"])


def rule_problems(bag: Bag, key: str) -> Iterable[str]:
    """Whether the rules are those under which the case was judged."""
    told = {RULES + name: digest for name, digest in bag.json(CASE)["rules"].items()}
    yield from differences(told, bag.under(RULES))


PARTS: Dict[str, Callable[[Bag, str], Iterable[str]]] = {  # noqa: UP006
    "压缩包": container_problems,
    "文件清单": manifest_problems,
    "总量": size_problems,
    "签名": signature_problems,
    "校验点": checkpoint_problems,
    "记录": entry_problems,
    "审核": approval_problems,
    "佐证": checklist_problems,
    "规则": rule_problems,
}


def check_dossier(path: str, key: str = "") -> List[str]:  # noqa: UP006
    """Every fault of a dossier, each once; nothing where there is none."""
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE:
        return ["文件不是完整的压缩包：被截断、损坏，或不是档案。"]
    problems: List[str] = []  # noqa: UP006
    with archive:
        bag = Bag(archive)
        for title, part in PARTS.items():
            try:
                problems += part(bag, key)
            except UNREADABLE:
                problems.append(f"档案的{title}部分缺失或写法不对，无法核对。")
    return list(dict.fromkeys(problems))


def tell_dossier(path: str) -> None:
    """What a dossier without faults is about."""
    with zipfile.ZipFile(path) as archive:
        bag = Bag(archive)
        case, proof = bag.json(CASE), bag.json(CHECKPOINT)
        said = {"firm": case["firm"], "roster": case["roster"]["title"], "number": case["number"]}
        counts = {"entries": len(case["entries"]), "files": len(bag.under(EVIDENCE)), "state": case["state"]}
    told = "档案完好：{roster}第 {number} 户 {firm}，现为“{state}”；记录 {entries} 笔，佐证 {files} 件。\n"
    sys.stdout.write(told.format(**said, **counts))
    point = {
        "at": proof["head"]["taken_at"],
        "short": short_form(digest_of(proof["head"])),
        "key": proof["key"],
    }
    sys.stdout.write("校验点第 {} 号，{at}，{short}；公钥 {key}\n".format(proof["head"]["number"], **point))


def main(arguments: List[str]) -> int:  # noqa: UP006
    """Check the file and say what was found; ends with 1 where it does not hold."""
    key = arguments[1] if len(arguments) > 1 else ""
    if arguments[0].lower().endswith(".zip"):
        problems = check_dossier(arguments[0], key)
        for problem in problems:
            sys.stdout.write(problem + "\n")
        if not problems:
            tell_dossier(arguments[0])
        return 1 if problems else 0
    return check_file(arguments[0], key)


def check_file(path: str, key: str) -> int:
    """Check the proof of an entry."""
    with open(path, encoding="utf-8") as file:
        proof = json.load(file)
    problems = check(proof, key)
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
