"""The software bill of materials: every package of the locks that a site runs with (CycloneDX 1.6, JSON).

Written here and not by a library: of the format eight keys are needed, and its generator would bring 26 packages.
Hashes of Python packages, one for each platform, stand in requirements.lock, whose own digest is given.
"""

import base64
import hashlib
import importlib.metadata
import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON, FRONT = ROOT / "requirements.lock", ROOT / "package-lock.json"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""That of addresses (RFC 9562), so that equal locks give an equal number."""


def page() -> str:
    """The bill, equal for equal locks: no time, no address."""
    components = sorted([*_python(), *_front()], key=lambda component: component["purl"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    itself = {"type": "application", "name": project["name"], "version": project["version"]}
    locks = [{"name": f"sha256:{path.name}", "value": _digest(path)} for path in (PYTHON, FRONT)]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps([itself, locks]))}",
        "version": 1,
        "metadata": {
            "component": itself | {"licenses": [{"license": {"id": project["license"]}}]},
            "properties": locks,
        },
        "components": components,
    }
    return json.dumps(bill, ensure_ascii=False, indent=1) + "\n"


def _python() -> Iterator[dict[str, Any]]:
    for name, version in PIN.findall(PYTHON.read_text(encoding="utf-8")):
        yield _component(name, version, f"pkg:pypi/{name.lower()}@{version}", _license(name))


def _front() -> Iterator[dict[str, Any]]:
    packages = json.loads(FRONT.read_text(encoding="utf-8"))["packages"]
    for path, package in packages.items():
        if name := path.removeprefix("node_modules/"):
            algorithm, _, digest = package["integrity"].partition("-")
            hashes = [
                {"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}
            ]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            yield _component(name, package["version"], purl, package.get("license")) | {"hashes": hashes}


def _component(name: str, version: str, purl: str, terms: str | None) -> dict[str, Any]:
    told = {"licenses": [{"license": {"name": terms}}]} if terms else {}  # named, as the package says it
    return {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl} | told


def _license(name: str) -> str | None:
    """What an installed package says of its licence; a package of another platform is not installed."""
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    classes = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")
    ]
    return (
        _said(told, "License-Expression")
        or "; ".join(classes)
        or _said(told, "License").partition("\n")[0]
        or None
    )


def _said(told: importlib.metadata.PackageMetadata, field: str) -> str:
    return next(iter(told.get_all(field) or []), "")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
