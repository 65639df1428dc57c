"""Checks, without the network, that the lock files still answer what pyproject.toml asks for."""

import itertools
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
OF_EVERY_SITE = ("evaluation", "roadmap", "matching")
"""Extras that `make setup` installs."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(package): version for package, version in _PIN.findall(text)}


def problems() -> list[str]:
    """A sentence for each requirement that a lock does not meet."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = [*pyproject["build-system"]["requires"], *pyproject["project"]["dependencies"]]
    extras = pyproject["project"]["optional-dependencies"]
    runtime += [one for extra in OF_EVERY_SITE for one in extras[extra]]
    development = [*runtime, *extras["dev"]]
    locks = {
        "requirements.lock": runtime,
        "requirements-dev.lock": development,
        "requirements-bench.lock": [*development, *extras["bench"]],
    }
    found = []
    for lock, wanted in locks.items():
        locked = pins(lock)
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                found.append(f"{lock}: {version} of '{requirement}' does not meet pyproject: run 'make lock'")
    for smaller, larger in itertools.pairwise(locks):
        differing = {name for name, version in pins(smaller).items() if pins(larger).get(name) != version}
        found += [f"{smaller} and {larger} differ on {name}: run 'make lock'" for name in sorted(differing)]
    return found


if __name__ == "__main__":
    found = problems()
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
