"""What a dossier says of its case, and that the parts fit one another without any database."""

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tenglong.domain.campaign.dossiers import (
    Approval,
    Dossier,
    Piece,
    Subject,
    digests_of,
    signed_tags_of,
    statement_of,
    tags_of,
    texts_of,
)
from tenglong.domain.ledger.checker import (
    CASE,
    CHECKLIST,
    check_dossier,
    evidence_path,
    in_bag_order,
    manifest_of,
    text_of,
)
from tenglong.domain.ledger.checkpoints import Line, head_of
from tenglong.domain.ledger.entries import GENESIS, Entry, Filed, link
from tenglong.domain.ledger.signing import public_key, sign
from tenglong.domain.ledger.trees import path_to, paths_to, root_of

SEED, AT, PHOTO = b"s" * 32, datetime(2021, 9, 1, tzinfo=UTC), b"\xff\xd8\xff a photo"
FILE = {
    "digest": hashlib.sha256(PHOTO).hexdigest(), "name": "现场/1.jpg", "size": len(PHOTO), "content_type": "image/jpeg",
}  # fmt: skip


def dossier() -> Dossier:
    """A case of four entries: the third came with a photo, the fourth approves it."""
    filed, came = Filed("note", True, "case", 7), {"emptied": {"files": [FILE]}}
    facts = tuple(
        Entry(n, 1, 7, kind, date(2021, 9, 1), AT, by, details=came.get(kind, {}), filed=filed)
        for n, (kind, by) in enumerate(
            [("opened", "甲"), ("planned", "甲"), ("emptied", "甲"), ("checked", "乙")], 1
        )
    )
    hashes = [GENESIS]
    for fact in facts:
        hashes.append(link(hashes[-1], fact))
    leaves = [hash.encode() for hash in hashes[1:]]
    line = Line("roster a", "甲单", 4, 4, root_of(leaves), ((1, 4),))
    head = head_of(number=1, taken_at=AT, previous="", lines=(line,))
    path = evidence_path(3, 1, FILE["name"])
    return Dossier(
        subject=Subject(7, "a", "甲单", 1, "演示厂", "", "西塘镇", "已腾空", "整治办", synthetic=True),
        facts=facts,
        entries=tuple(
            {"entry": fact.canonical().decode(), "previous": hashes[n], "index": n, "path": way}
            for n, (fact, way) in enumerate(zip(facts, paths_to(leaves, range(4)), strict=True))
        ),
        checkpoint={
            "line": line.to_json(), "line_index": 0, "line_path": path_to([text_of(line.to_json())], 0), "head": head,
            "key": public_key(SEED), "signature": sign(SEED, text_of(head)), "cosignatures": [], "succession": [],
        },
        pieces=(Piece(3, "emptied", "腾空", "2021-09-01", 1, (path,), 0, past=False),),
        approvals=(Approval(4, "checked", "核查", "2021-09-01", "乙", (3,), ("甲",), counts=True),),
        approving=("checked",),
        rules={"moves.toml": b'source = "x"\n'},
        made_at=AT,
        made_by="甲",
    )  # fmt: skip


def bagged(told: Dossier, path: Path) -> Path:
    texts = texts_of(told, {"paper.docx": b"PK"})
    files = dict.fromkeys(told.files, PHOTO)
    sizes = {name: len(text) for name, text in (texts | files).items()}
    tags = signed_tags_of(told, manifest_of(digests_of(texts | files)), sizes)
    about = statement_of(told, tags)
    signature = {"about": about, "key": public_key(SEED), "signature": sign(SEED, text_of(about))}
    found = texts | files | tags_of(tags, signature)
    with zipfile.ZipFile(path, "w") as archive:
        for name in in_bag_order(found):
            archive.writestr(name, found[name])
    return path


def test_what_is_made_is_believed(tmp_path: Path) -> None:
    assert check_dossier(str(bagged(dossier(), tmp_path / "a.zip")), public_key(SEED)) == []


def test_a_wrong_statement_is_named_though_it_is_signed(tmp_path: Path) -> None:
    """Whoever holds the key can sign nonsense, but not make it agree with the entries."""
    told = dossier()
    (approval,), (piece,) = told.approvals, told.pieces
    wrong = {
        "第 4 号审核由申报经手人本人办理。": replace(told, approvals=(replace(approval, people=("乙",)),)),
        "审核记录中的第 4 号审核与记录不符。": replace(told, approvals=(replace(approval, by="丙"),)),
        "审核记录中缺少第 4 号审核。": replace(told, approvals=()),
        "审核记录中的第 9 号审核没有对应的记录。": replace(
            told, approvals=(approval, replace(approval, entry=9))
        ),
        "佐证清单中“腾空”（第 3 号记录）一项与档案不符。": replace(told, pieces=(replace(piece, lacks=1),)),
        "第 4 号记录不在校验点中（被改动，或校验点不是本名单的）。": replace(
            told, entries=(*told.entries[:3], {**told.entries[3], "previous": GENESIS})
        ),
        "所附校验点不是本案名单的，而是“甲单”的。": replace(told, subject=replace(told.subject, roster="b")),
        "第 4 号记录不是本案的。": replace(told, facts=told.facts[:3]),
    }
    for sentence, one in wrong.items():
        assert sentence in check_dossier(str(bagged(one, tmp_path / "a.zip"))), sentence


def test_paths_are_safe_on_every_system() -> None:
    assert evidence_path(3, 1, "../a/b\\c:*?.jpg") == "data/evidence/3-1-_a_b_c___.jpg"
    assert evidence_path(3, 2, "签约\n%0A\u202e.pdf") == "data/evidence/3-2-签约__0A_.pdf"
    assert len(evidence_path(3, 1, "长" * 300 + ".jpg")) < 150


def test_the_case_names_its_entries_and_rules() -> None:
    texts = texts_of(dossier(), {})
    case = json.loads(texts[CASE])
    assert (case["case"], case["entries"], case["roster"]) == (
        7,
        [1, 2, 3, 4],
        {"code": "a", "title": "甲单"},
    )
    assert case["rules"] == {"moves.toml": hashlib.sha256(b'source = "x"\n').hexdigest()}
    assert json.loads(texts[CHECKLIST])[0]["files"] == ["data/evidence/3-1-现场_1.jpg"]
