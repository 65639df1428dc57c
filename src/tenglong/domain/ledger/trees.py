"""A tree of hashes over rows that are only added (RFC 6962): one hash stands for all, a short path proves each."""

from collections.abc import Iterable, Sequence

from tenglong.domain.ledger.checker import leaf, node


class Tree:
    """A tree that grows at its end and holds only its peaks: the whole trees of which it is made, the highest first."""

    def __init__(self, size: int = 0, peaks: Iterable[str] = ()):
        self.size = size
        self._peaks = [bytes.fromhex(peak) for peak in peaks]

    @property
    def peaks(self) -> list[str]:
        """With `size`, all that is needed to go on later."""
        return [peak.hex() for peak in self._peaks]

    @property
    def root(self) -> str:
        """One hash over all leaves (64 hexadecimal digits); of a tree without leaves the hash of nothing."""
        return _joined(self._peaks).hex()

    def add(self, data: bytes) -> None:
        """Put a leaf at the end."""
        found, size = leaf(data), self.size
        while size & 1:
            found, size = node(self._peaks.pop(), found), size >> 1
        self._peaks.append(found)
        self.size += 1


def _joined(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node(peak, found)
    return found


def root_of(leaves: Iterable[bytes]) -> str:
    """The root of the tree over `leaves`."""
    tree = Tree()
    for data in leaves:
        tree.add(data)
    return tree.root


def path_to(leaves: Sequence[bytes], index: int) -> list[str]:
    """The hashes beside the way from the leaf of number `index` up to the root, the lowest first."""
    return paths_to(leaves, [index])[0]


def paths_to(leaves: Sequence[bytes], indexes: Sequence[int]) -> list[list[str]]:
    """The same for several leaves of one tree."""
    level, paths, places = [leaf(data) for data in leaves], [list[str]() for _ in indexes], list(indexes)
    while len(level) > 1:
        for path, place in zip(paths, places, strict=True):
            if (beside := place ^ 1) < len(level):
                path.append(level[beside].hex())
        joined = [node(*level[start : start + 2]) for start in range(0, len(level) - 1, 2)]
        level = joined + level[len(joined) * 2 :]
        places = [place >> 1 for place in places]
    return paths
