"""Every rule has a test where one looks for it: src/…/x.py is tested in tests/unit/…/test_x.py.

A topic that is a folder (x/__init__.py, x/pages.py), or that was split for size (x.py, x_pages.py), may be tested as
one, in test_x.py.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "src/tenglong/domain"
UNIT = ROOT / "tests/unit/domain"

# Tested elsewhere: a module, or a folder with "/" at its end, and where. Once a mirrored test exists, the line must go.
TESTED_ELSEWHERE = {
    "roadmap/files/plans.py": "tests/unit/domain/roadmap/test_plans.py writes and reads plans",
    "intake/writers/returned/": "tests/unit/domain/intake/writers/test_return_workbook.py opens what comes back",
}


def has_mirrored_test(module: Path) -> bool:
    """Whether the module, or the topic it is a part of, has its test."""
    folder = UNIT / module.relative_to(DOMAIN).parent
    if folder.with_name(f"test_{folder.name}.py").exists():
        return True
    words = module.stem.split("_")
    names = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    topics = [name for name in names if name == module.stem or (module.parent / f"{name}.py").exists()]
    return any((folder / f"test_{topic}.py").exists() for topic in topics)


def test_every_rule_has_its_mirrored_test() -> None:
    modules = [path for path in DOMAIN.rglob("*.py") if path.name != "__init__.py"]
    without = {str(path.relative_to(DOMAIN)) for path in modules if not has_mirrored_test(path)}
    explained = {name for name in without if any(name.startswith(place) for place in TESTED_ELSEWHERE)}
    assert sorted(without - explained) == []
    assert [place for place in TESTED_ELSEWHERE if not any(name.startswith(place) for name in without)] == []
