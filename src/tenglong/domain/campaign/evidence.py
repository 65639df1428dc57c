"""What must come with an entry that a person records: permission, files, a second pair of eyes."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.kinds import vocabulary


def permission_for(kind: str) -> Permission:
    """The permission that recording `kind` asks for."""
    for name, kinds in _rules()["permission"].items():
        if kind in kinds:
            return Permission(name)
    return Permission.RECORD


def files_needed(kind: str) -> int:
    """How many files must come with `kind`."""
    return int(_rules()["files"].get(kind, 0))


def check_evidence(kind: str, files: int) -> None:
    """Raises BadValue when fewer files are given than the rules ask for."""
    needed = files_needed(kind)
    if files < needed:
        problem = "登记“{kind}”须上传至少 {needed} 份佐证材料，目前 {files} 份，请补充后提交。"
        raise BadValue(msg(problem, kind=vocabulary().kind(kind).zh, needed=needed, files=files))


def check_not_own(kind: str, person: str, latest_first: Sequence[tuple[str, str]]) -> None:
    """Raises NotAllowed when `person` recorded what `kind` approves.

    `latest_first` are (kind, recorded by) of the case's entries.
    """
    approved = _rules()["approves"].get(kind, [])
    for earlier, recorded_by in latest_first:
        if earlier in approved:
            if recorded_by == person:
                problem = "“{earlier}”由您本人登记，“{kind}”须由他人办理。"
                words = vocabulary()
                raise NotAllowed(msg(problem, earlier=words.kind(earlier).zh, kind=words.kind(kind).zh))
            return


@cache
def _rules() -> dict[str, Any]:
    return load_rules("tenglong.domain.campaign", "evidence.toml").content
