"""Checks, without the network, that the lock files still answer what pyproject.toml asks for."""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(package): version for package, version in _PIN.findall(text)}


def problems() -> list[str]:
    """A sentence for each requirement that a lock does not meet."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = [*pyproject["build-system"]["requires"], *pyproject["project"]["dependencies"]]
    development = [*runtime, *pyproject["project"]["optional-dependencies"]["dev"]]
    found = []
    for lock, wanted in (("requirements.lock", runtime), ("requirements-dev.lock", development)):
        locked = pins(lock)
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                found.append(f"{lock}: {version} of '{requirement}' does not meet pyproject: run 'make lock'")
    differing = {n for n, v in pins("requirements.lock").items() if pins("requirements-dev.lock").get(n) != v}
    found += [f"the two locks differ on {name}: run 'make lock'" for name in sorted(differing)]
    return found


if __name__ == "__main__":
    found = problems()
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
