"""The hash chain shows any change."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.ledger.entries import GENESIS, Joint, first_break, joined, link
from tests.unit.domain.ledger.samples import entry

KINDS = ["targeted", "signed", "emptied", "checked", "written_off"]


def chained(entries):
    links, previous = [], GENESIS
    for each in entries:
        previous = link(previous, each)
        links.append((each, previous))
    return links


CHAIN = chained([entry(n, KINDS[n % 5], day=n, details={"n": n}) for n in range(1, 9)])
HEAD = CHAIN[-1][1]

TAMPERINGS = {
    "kind": lambda e: e._replace(kind="reopened"),
    "day": lambda e: entry(e.id, e.kind, day=99, details=e.details),
    "quantity": lambda e: e._replace(quantity=1),
    "who": lambda e: e._replace(recorded_by="别人"),
    "case": lambda e: e._replace(case_id=e.case_id + 1),
    "details": lambda e: e._replace(details={"n": 0}),
    "parcel": lambda e: e._replace(parcel_id=1),
    "correction": lambda e: e._replace(corrects=1),
}


def test_an_untouched_chain_holds():
    assert first_break(CHAIN, HEAD) is None
    assert first_break([], GENESIS) is None


@given(st.integers(0, 7), st.sampled_from(sorted(TAMPERINGS)))
def test_any_changed_fact_breaks_it_there(place, tampering):
    tampered = list(CHAIN)
    tampered[place] = (TAMPERINGS[tampering](CHAIN[place][0]), CHAIN[place][1])
    found = first_break(tampered, HEAD)
    assert found is not None
    assert found.entry_id == CHAIN[place][0].id


@given(st.integers(0, 7))
def test_a_missing_entry_breaks_it(place):
    assert first_break(CHAIN[:place] + CHAIN[place + 1 :], HEAD) is not None


def test_entries_cut_off_at_the_end_show_only_against_the_head():
    assert first_break(CHAIN[:-1]) is None
    assert first_break(CHAIN[:-1], HEAD) is not None


# A branch of entries 6 to 8 behind entry 2, joined when the chain had gone on to entry 4; entry 9 stands behind both.

KNOWN = datetime(2021, 11, 9, 4, tzinfo=UTC)
JOINT = Joint(behind=2, onto=4, last=8, known_at=KNOWN)


def chained_behind(previous, numbers):
    links = []
    for number in numbers:
        each = entry(number, KINDS[number % 5], day=number, details={"n": number})
        previous = link(previous, each)
        links.append((each, previous))
    return links


TRUNK = chained_behind(GENESIS, range(1, 5))
BRANCH = chained_behind(TRUNK[1][1], range(6, 9))
BOTH = joined(TRUNK[-1][1], BRANCH[-1][1], KNOWN)
AFTER = chained_behind(BOTH, [9])
JOINED = TRUNK + BRANCH + AFTER


def test_a_chain_with_a_joint_holds():
    assert first_break(JOINED, AFTER[-1][1], [JOINT]) is None
    assert first_break(JOINED[:-1], BOTH, [JOINT]) is None


def test_a_branch_from_the_very_start_holds():
    branch = chained_behind(GENESIS, [3, 4])
    trunk = chained_behind(GENESIS, [1])
    head = joined(trunk[-1][1], branch[-1][1], KNOWN)
    assert first_break(trunk + branch, head, [Joint(0, 1, 4, KNOWN)]) is None


def test_joints_may_follow_each_other():
    second = chained_behind(BOTH, [11, 12])
    head = joined(AFTER[-1][1], second[-1][1], KNOWN)
    assert first_break(JOINED + second, head, [Joint(8, 9, 12, KNOWN), JOINT]) is None


@given(st.integers(0, 7), st.sampled_from(sorted(TAMPERINGS)))
def test_any_changed_fact_about_a_joint_breaks_it_there(place, tampering):
    tampered = list(JOINED)
    tampered[place] = (TAMPERINGS[tampering](JOINED[place][0]), JOINED[place][1])
    found = first_break(tampered, AFTER[-1][1], [JOINT])
    assert found is not None and found.entry_id == JOINED[place][0].id


@given(st.integers(0, 7))
def test_a_missing_entry_about_a_joint_breaks_it(place):
    assert first_break(JOINED[:place] + JOINED[place + 1 :], AFTER[-1][1], [JOINT]) is not None


@given(
    st.sampled_from(
        [
            (),
            *(
                [JOINT._replace(**change)]
                for change in (
                    {"behind": 1},
                    {"onto": 3},
                    {"last": 7},
                    {"last": 9},
                    {"known_at": KNOWN + timedelta(seconds=1)},
                )
            ),
        ]
    )
)
def test_a_joint_that_is_not_where_it_was_breaks_it(joints):
    assert first_break(JOINED, AFTER[-1][1], joints) is not None
