"""What must come with an entry: files, permission, a second person."""

import pytest

from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.evidence import (
    EVIDENCE,
    Handled,
    check_evidence,
    check_file,
    check_not_own,
    check_past,
    check_second_person,
    deciding_place,
    files_needed,
    most_bytes,
    permission_for,
)
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict, NotAllowed
from tenglong.domain.kernel.rulebook import SHIPPED, shipped
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.kinds import vocabulary


@pytest.mark.parametrize(
    ("kind", "permission"),
    [("removed", "review"), ("written_off", "write_off"), ("signed", "record"), ("void", "correct")],
)
def test_permissions(kind, permission):
    assert permission_for(kind) is Permission(permission)


@pytest.mark.parametrize(
    ("kind", "place"), [("county_confirmed", 7), ("signed", 7), ("city_confirmed", 1), ("targeted", 1)]
)
def test_steps_of_the_issuer_are_decided_at_the_rosters_own_place(kind, place):
    assert deciding_place(kind, case_place=7, roster_place=1) == place


def test_evidence_is_counted():
    check_evidence(SHIPPED, "note", 0)
    check_evidence(SHIPPED, "written_off", 1)
    with pytest.raises(BadValue, match="登记“销号”须上传至少 1 份佐证材料，目前 0 份"):
        check_evidence(SHIPPED, "written_off", 0)


def test_nobody_approves_their_own_submission():
    latest_first = [handled("submitted", "王演示"), handled("signed", "李演示")]
    check_not_own("checked", {"李演示"}, latest_first)
    with pytest.raises(NotAllowed, match="“申请销号”由您本人经手，“现场核查通过”须由他人办理"):
        check_not_own("checked", {"王演示"}, latest_first)


def test_whoever_had_a_hand_in_it_submitted_it():
    brought = [handled("submitted", "确认人", 7)]
    for person in ({"确认人", 3}, {"上传人", 7}):
        with pytest.raises(NotAllowed):
            check_not_own("checked", person, brought)
    check_not_own("checked", {"上传人", 8}, brought)  # another person of that name


def test_only_the_latest_submission_counts():
    check_not_own("checked", {"王演示"}, [handled("submitted", "李演示"), handled("submitted", "王演示")])


def test_the_whole_of_the_latest_submission_counts():
    passed = [handled("town_passed", "李演示"), handled("checked", "赵演示"), handled("submitted", "王演示")]
    for person in ("李演示", "王演示"):
        with pytest.raises(NotAllowed):
            check_not_own("county_passed", {person}, passed)
    check_not_own("county_passed", {"赵演示"}, passed)
    check_not_own("county_passed", {"李演示"}, [handled("submitted", "王演示"), *passed])  # returned between


def test_work_that_nobody_submitted_stands_for_the_submission():
    for kind in ("checked", "written_off"):
        with pytest.raises(NotAllowed, match="“关停”由您本人经手"):
            check_not_own(kind, {"王演示"}, [handled("closed", "王演示")])
    check_not_own("checked", {"王演示"}, [handled("submitted", "李演示"), handled("closed", "王演示")])
    check_not_own("checked", {"王演示"}, [handled("demolished", "李演示"), handled("closed", "王演示")])
    going_on = [handled("demolished", "李演示"), handled("submitted", "王演示")]
    for person in ("李演示", "王演示"):
        with pytest.raises(NotAllowed):
            check_not_own("checked", {person}, going_on)


def test_a_table_takes_no_step_of_a_case_worked_on_in_the_system():
    for kind in ("submitted", "checked", "written_off"):
        with pytest.raises(Conflict, match="已在系统中登记“腾空”"):
            check_past(kind, {"emptied", "note"})
    check_past("signed", {"emptied"})
    check_past("written_off", {"planned", "note", "targeted"})
    with pytest.raises(Conflict, match="“方案批准”不能由导入办理"):
        check_past("approved", {"planned"})


def test_who_handed_a_table_in_does_not_accept_what_it_approves():
    with pytest.raises(NotAllowed, match="不能由上传人本人确认"):
        check_second_person("written_off", {"王演示", 7}, uploaded=[7])
    with pytest.raises(NotAllowed, match="由您本人申报"):
        check_second_person("written_off", {"王演示", 7}, handed_in=["王演示"])
    check_second_person("written_off", {"王演示", 8}, uploaded=[7], handed_in=["李演示", 7])
    check_second_person("signed", {"王演示", 7}, uploaded=[7])


def test_what_is_proposed_again_after_a_removal_is_proposed_by_others():
    check_not_own("county_confirmed", {"王演示"}, [handled("added", "李演示"), handled("kept", "王演示")])
    with pytest.raises(NotAllowed):
        check_not_own("county_confirmed", {"王演示"}, [handled("kept", "王演示")])


def handled(kind: str, *people: str | int) -> Handled:
    return Handled(kind, frozenset(people))


def test_every_kind_in_the_rules_exists():
    rules = load_rules("tenglong.domain.campaign", "approvals.toml").content
    named = {*shipped(EVIDENCE).content["files"], *rules["approves"], *rules["by_the_issuer"]["kinds"]}
    named.update(
        kind for kinds in [*rules["permission"].values(), *rules["approves"].values()] for kind in kinds
    )
    named.update(kind for rule in rules["in_the_system"] for kind in [*rule["steps"], *rule["by_hand"]])
    named.update([rules["work"]["submitted_by"], *rules["work"]["kinds"]])
    assert named <= set(vocabulary().kinds)
    by_hand = {kind for kind in rules["approves"] if vocabulary().kind(kind).by_hand}
    assert by_hand <= {kind for rule in rules["in_the_system"] for kind in rule["steps"]}
    assert files_needed(SHIPPED, "signed") == 1


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("合同.PDF", b"%PDF-1.7"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0"),
        ("表.xlsx", b"PK\x03\x04"),
        ("截图.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_accepted_files_begin_as_their_names_say(name, head):
    check_file(name, head, most_bytes())


@pytest.mark.parametrize(
    ("name", "head", "size", "sentence"),
    [
        ("合同.exe", b"MZ", 2, "“合同.exe”不是可接受的佐证文件，请上传 jpg、jpeg、png、pdf、docx、xlsx 格式"),
        ("合同", b"%PDF-1.7", 8, "不是可接受的佐证文件"),
        ("照片.jpg", b"<html>", 6, "“照片.jpg”的内容不是 jpg 文件"),
        ("空.pdf", b"", 0, "内容不是 pdf 文件"),
        ("合同.pdf", b"%PDF-1.7", most_bytes() + 1, "“合同.pdf”超过 20 MB"),
    ],
)
def test_other_files_are_refused_with_their_name(name, head, size, sentence):
    with pytest.raises(BadFile, match=sentence):
        check_file(name, head, size)
