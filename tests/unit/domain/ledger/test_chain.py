"""The hash chain shows any change."""

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.ledger.entries import GENESIS, first_break, link
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
