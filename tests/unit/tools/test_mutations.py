"""What is changed, and what is left alone, in small pieces of source."""

import ast

import pytest

from tools.mutations import mutations

CHANGED = [
    ("a = b < c", {"a = (b <= c)"}),
    ("a = b is None", {"a = (b is not None)"}),
    ("a = b in c", {"a = (b not in c)"}),
    ("a = b < c == d", {"a = (b <= c == d)", "a = (b < c != d)"}),
    ("a = b + c", {"a = (b - c)"}),
    ("a = b // c", {"a = (b * c)"}),
    ("a = b and c", {"a = (b or c)"}),
    ("a = not b", {"a = (b)"}),
    ("a = -b", {"a = (b)"}),
    ("a = 7", {"a = 8"}),
    ("a = True", {"a = False"}),
    ("def f():\n    return False", {"def f():\n    return True"}),
    ("a = 0.5", {"a = 1.0"}),
    ("a = b if c else d", {"a = (b if not c else d)"}),
    ("if a:\n    b = c", {"if (not a):\n    b = c"}),
    ("f(a)", {"pass"}),
    ("a += b", {"pass"}),
    ("def f():\n    return a", {"def f():\n    return None"}),
    ("for a in b:\n    continue", {"for a in b:\n    pass"}),
    ("def f():\n    raise E", {"def f():\n    pass"}),
    ("def f():\n    yield a", {"def f():\n    yield from ()"}),
    ("甲 = 乙 > 丙", {"甲 = (乙 >= 丙)"}),
]
LEFT_ALONE = [
    '"""Words."""',
    "import a",
    "a = 'words'",
    "a = f'{b + 1}'",
    "a: int | None",
    "def f(a: b | c) -> d | e:\n    '''Words.'''",
    "@cache(maxsize=1)\nclass A:\n    pass",
    "if TYPE_CHECKING:\n    f(a)",
    "Key = int | str",
    "def f():\n    return None",
    "def f():\n    assert a is not None",
    "a = 'text' + b",
    "for a in zip(b, c, strict=True):\n    d = a",
    "def f():\n    raise Bug('why', a=1)",
]


@pytest.mark.parametrize(("source", "wanted"), CHANGED)
def test_each_kind_of_node_is_changed_in_place(source: str, wanted: set[str]) -> None:
    found = {one.applied(source.encode()).decode() for one in mutations(source.encode())}
    assert found == wanted


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_what_does_nothing_when_the_program_runs_is_left_alone(source: str) -> None:
    assert mutations(source.encode()) == []


def test_the_text_around_a_change_stays_and_the_result_is_python() -> None:
    source = "a = {  # why\n    'é': b\n    + c,\n}\nd = e == 1\n".encode()
    for one in mutations(source):
        changed = one.applied(source)
        ast.parse(changed)
        assert b"# why" in changed
    assert [(one.kind, one.line) for one in mutations(source)] == [
        ("arithmetic", 2),
        ("comparison", 5),
        ("constant", 5),
    ]
