"""Trees grow at their end, and every leaf has a way up; held against the definition of RFC 6962."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.ledger.checker import leaf, node, root_along
from tenglong.domain.ledger.trees import Tree, path_to, root_of


def defined(leaves: list[bytes]) -> bytes:
    """The root by the definition: the largest whole tree on the left."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf(leaves[0])
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return node(defined(leaves[:left]), defined(leaves[left:]))


@given(st.lists(st.binary(max_size=3), max_size=40), st.integers(0, 40))
def test_a_tree_goes_on_from_its_peaks(leaves: list[bytes], part: int) -> None:
    first = Tree()
    for data in leaves[:part]:
        first.add(data)
    tree = Tree(first.size, first.peaks)
    for data in leaves[part:]:
        tree.add(data)
    assert (tree.size, tree.root) == (len(leaves), defined(leaves).hex()) and tree.root == root_of(leaves)


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40), st.data())
def test_every_leaf_has_its_way_up_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = [bytes.fromhex(one) for one in path_to(leaves, index)]
    assert root_along(leaf(leaves[index]), index, len(leaves), path).hex() == root_of(leaves)
    assert root_along(leaf(b"other"), index, len(leaves), path).hex() != root_of(leaves)
    assert root_along(leaf(leaves[index]), index, len(leaves), [*path, b"x" * 32]) == b""
