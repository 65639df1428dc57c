"""What counts: a city's own file, else the shipped one."""

from tenglong.domain.kernel.rulebook import SHIPPED, Rule, Rulebook, shipped, shipped_bytes

CARDS = Rule("cards", "tenglong.domain.race", "cards.toml")


def test_an_own_file_goes_before_the_shipped_one() -> None:
    own = CARDS.parse(shipped_bytes(CARDS).replace("红牌".encode(), "蓝牌".encode()), "本市.toml")
    book = Rulebook({"cards": own})
    assert book.file(CARDS) is own and SHIPPED.file(CARDS) is shipped(CARDS)
    assert book.digests([CARDS]) == {"cards": own.digest} != SHIPPED.digests([CARDS])


def test_files_of_one_text_are_equal_and_may_be_keys() -> None:
    again = CARDS.parse(shipped_bytes(CARDS))
    assert {again: 1}[shipped(CARDS)] == 1
