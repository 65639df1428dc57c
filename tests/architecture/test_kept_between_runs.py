"""What tests keep between runs is made anew as soon as anything that it rests on changes (tests/once.py)."""

from pathlib import Path

import pytest

from tests import once


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout."""
    for name in (
        "src/tenglong/domain/rules.toml",
        "src/tenglong/demo/a.py",
        "tests/once.py",
        "requirements.lock",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(once, "ROOT", tmp_path)
    monkeypatch.setattr(once, "KEPT", tmp_path / ".cache/tests")
    monkeypatch.setattr(once, "sources", once.sources.__wrapped__)
    monkeypatch.delenv("TENGLONG_FRESH", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("src/tenglong/domain/rules.toml", True),
        ("src/tenglong/demo/a.py", True),
        ("src/tenglong/store/migrations/0099_new.py", True),
        ("tests/once.py", True),
        ("requirements.lock", True),
        ("tests/unit/test_new.py", False),
        ("src/tenglong/web/static/page.js", False),
        ("src/tenglong/web/locale/en/LC_MESSAGES/django.mo", False),
        ("src/tenglong/demo/__pycache__/a.pyc", False),
        ("README.md", False),
    ],
)
def test_a_change_of_what_it_rests_on_makes_it_anew(tree: Path, name: str, matters: bool) -> None:
    before = once.sources()
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("something else", encoding="utf-8")
    assert (once.sources() != before) is matters


def test_a_moved_file_is_a_change(tree: Path) -> None:
    before = once.sources()
    (tree / "src/tenglong/demo/a.py").rename(tree / "src/tenglong/domain/a.py")
    assert once.sources() != before


def test_what_was_not_made_to_the_end_is_made_anew_and_what_was_is_not(tree: Path) -> None:
    with pytest.raises(ZeroDivisionError), once.first_of_these_sources("world") as folder:
        assert folder
        (folder / "half").touch()
        raise ZeroDivisionError
    with once.first_of_these_sources("world") as folder:
        assert folder and not list(folder.iterdir())
        (folder / "whole").touch()
    with once.first_of_these_sources("world") as folder:
        assert folder is None
    assert [path.name for path in (once.kept_folder() / "world").iterdir()] == ["whole"]


def test_a_few_older_states_are_kept(tree: Path) -> None:
    for number in range(once.GENERATIONS + 2):
        (tree / "requirements.lock").write_text(str(number), encoding="utf-8")
        newest = once.kept_folder()
    kept = list((tree / ".cache/tests").iterdir())
    assert len(kept) == once.GENERATIONS and newest in kept


def test_who_asks_for_it_fresh_gets_it_fresh(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENGLONG_FRESH", "1")
    monkeypatch.setenv("TENGLONG_TEST_RUN", str(tree))
    assert once.kept_folder() == tree / "kept" and once.kept_folder().is_dir()
