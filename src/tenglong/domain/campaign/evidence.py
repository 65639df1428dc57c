"""What must come with an entry that a person records: permission, files, a second pair of eyes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.held import counting_now
from tenglong.domain.kernel.errors import BadFile, BadRules, BadValue, Conflict, NotAllowed
from tenglong.domain.kernel.messages import Message, label, listed, msg
from tenglong.domain.kernel.process import Person
from tenglong.domain.kernel.rulebook import Rule, Rulebook, shipped
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.entries import Entry
from tenglong.domain.ledger.kinds import vocabulary

EVIDENCE = Rule("evidence", "tenglong.domain.campaign", "evidence.toml")


def permission_for(kind: str) -> Permission:
    """The permission that recording `kind` asks for."""
    for name, kinds in _rules()["permission"].items():
        if kind in kinds:
            return Permission(name)
    return Permission.RECORD


def deciding_place(kind: str, *, case_place: int, roster_place: int) -> int:
    """The place at which `permission_for(kind)` must be held: the roster's own for steps of its issuer."""
    return roster_place if kind in _rules()["by_the_issuer"]["kinds"] else case_place


@lru_cache(maxsize=100)
def parse_evidence(rules: RuleFile) -> Mapping[str, int]:
    """How many files must come with each kind, as a file of EVIDENCE says; kinds that it does not name need none.

    Raises:
        BadRules: there is no such kind, or the number is none that may be asked for.
    """
    known, needed = vocabulary().kinds, rules.content["files"]
    for kind, count in needed.items():
        if kind not in known:
            problem = (
                "规则文件 {name} 的 files 中没有“{kind}”这种台账事项，请改用台账事项的代码，如 {known}。"
            )
            raise BadRules(
                msg(problem, name=rules.name, kind=kind, known="、".join(shipped(EVIDENCE).content["files"]))
            )
        if type(count) is not int or not 0 <= count <= most_files():
            problem = "规则文件 {name} 的 files.{kind} 应为 0 至 {most} 的整数，现为“{count}”。"
            raise BadRules(msg(problem, name=rules.name, kind=kind, most=most_files(), count=count))
    return needed


def files_needed(book: Rulebook, kind: str) -> int:
    """How many files must come with `kind`."""
    return parse_evidence(book.file(EVIDENCE)).get(kind, 0)


def check_evidence(book: Rulebook, kind: str, files: int) -> None:
    """Raises BadValue when fewer files are given than the rules ask for."""
    needed = files_needed(book, kind)
    if files < needed:
        problem = "登记“{kind}”须上传至少 {needed} 份佐证材料，目前 {files} 份，请补充后提交。"
        raise BadValue(msg(problem, kind=label(vocabulary().kind(kind).zh), needed=needed, files=files))


def accepted_endings() -> tuple[str, ...]:
    """The endings of file names that may be handed in, as in "jpg"."""
    return tuple(ending for row in _rules()["accepted"]["types"] for ending in row["endings"])


def most_bytes() -> int:
    """The largest size of one file."""
    return int(_rules()["accepted"]["most_megabytes"]) * 1024 * 1024


def most_files() -> int:
    """How many files may come with one entry."""
    return int(_rules()["accepted"]["most_files"])


def check_file(name: str, head: bytes, size: int | None = None) -> None:
    """Raises BadFile when a file is too large, of a type that is not accepted, or not what its name says.

    `head` are its first bytes, at least sixteen where it has as many; `size` None is not known yet.
    """
    most = most_bytes()
    if size is not None and size > most:
        problem = "“{name}”超过 {most} MB，请压缩或拆分后再上传。"
        raise BadFile(msg(problem, name=name, most=most // 1024 // 1024))
    ending = name.rpartition(".")[2].lower()
    rows = [row for row in _rules()["accepted"]["types"] if ending in row["endings"]]
    if not rows:
        problem = "“{name}”不是可接受的佐证文件，请上传 {endings} 格式的文件。"
        raise BadFile(msg(problem, name=name, endings=listed(accepted_endings())))
    if not head.startswith(bytes.fromhex(rows[0]["magic"])):
        problem = "“{name}”的内容不是 {ending} 文件，可能已损坏或改过扩展名，请换用原始文件。"
        raise BadFile(msg(problem, name=name, ending=ending))


@dataclass(frozen=True)
class Handled:
    """An entry that may be approved, and everybody who had a hand in it."""

    kind: str
    people: frozenset[Person]
    entry_id: int = 0


@cache
def submitted_kinds() -> frozenset[str]:
    """The kinds that another one approves."""
    return frozenset(kind for kind in _rules()["approves"] for kind in (*_approved(kind), *_work_of(kind)))


def kinds_with_files(book: Rulebook) -> tuple[str, ...]:
    """The kinds that ask for files."""
    return tuple(kind for kind, count in parse_evidence(book.file(EVIDENCE)).items() if count)


def approves(kind: str) -> bool:
    """Whether `kind` approves what somebody submitted."""
    return kind in _rules()["approves"]


def check_not_own(kind: str, person: Collection[Person], latest_first: Iterable[Handled]) -> None:
    """Raises NotAllowed when somebody, as rows know them, had a hand in the submission that `kind` approves.

    `latest_first` are the entries that count of the case.
    """
    for earlier in approved_by(kind, latest_first):
        if not earlier.people.isdisjoint(person):
            problem = "“{earlier}”由您本人经手，“{kind}”须由他人办理。"
            raise NotAllowed(msg(problem, earlier=_named(earlier.kind), kind=_named(kind)))


def check_not_two_levels(kind: str, person: Collection[Person], history: Iterable[Entry]) -> None:
    """Raises NotAllowed when somebody, as rows know them, already decided another level of the submission.

    `history` are the entries that count of the case, in the order of the fold.
    """
    levels = _rules()["levels"]["kinds"]
    if kind not in levels:
        return
    for fact in counting_now(history).values():
        if fact.kind in levels and fact.kind != kind and fact.recorded_by in person:
            problem = "“{earlier}”由您本人办理，同一次申报的“{kind}”须由另一位有权限的人员办理。"
            raise NotAllowed(msg(problem, earlier=_named(fact.kind), kind=_named(kind)))


def approved_by(kind: str, latest_first: Iterable[Handled]) -> Iterator[Handled]:
    """The entries that `kind` approves: the submission from its first entry on, and the latest work if none follows it.

    `latest_first` are the entries that count of the case.
    """
    approved, work = _approved(kind), _work_of(kind)
    for earlier in latest_first:
        if earlier.kind in work:
            work = ()
        elif earlier.kind not in approved:
            continue
        yield earlier
        if earlier.kind == approved[0]:
            return


def check_past(kind: str, by_hand: Collection[str]) -> None:
    """Raises Conflict when a table would take the step `kind` of a case that is being worked on in the system.

    `by_hand` are the kinds that count of the case and were recorded there.
    """
    for rule in _rules()["in_the_system"]:
        found = [before for before in rule["by_hand"] if before in by_hand]
        if kind in rule["steps"] and found:
            problem = (
                "该企业已在系统中登记“{earlier}”，正在系统中办理，表中的“{kind}”不能由导入办理，"
                "请在企业档案中办理这一步，并从表中删去它的日期后重新上传。"
            )
            raise Conflict(msg(problem, earlier=_named(found[-1]), kind=_named(kind)))


def check_second_person(
    kind: str,
    person: Collection[Person],
    *,
    uploaded: Iterable[Person] = (),
    handed_in: Iterable[Person] = (),
) -> None:
    """Raises NotAllowed when somebody who accepts a file with `kind` in it would approve what they handed in: the file
    itself (`uploaded`), or before it what the file approves (`handed_in`)."""
    if not approves(kind):
        return
    if not set(person).isdisjoint(uploaded):
        problem = "表中有“{kind}”，是对申报的审核，不能由上传人本人确认，请由本单位另一位有权限的人员确认。"
        raise NotAllowed(msg(problem, kind=_named(kind)))
    if not set(person).isdisjoint(handed_in):
        problem = "表中“{kind}”所审核的事项由您本人申报，请由另一位有权限的人员确认。"
        raise NotAllowed(msg(problem, kind=_named(kind)))


def _approved(kind: str) -> tuple[str, ...]:
    return tuple(_rules()["approves"].get(kind, ()))


def _work_of(kind: str) -> tuple[str, ...]:
    """The work that `kind` approves where nobody submitted it."""
    work = _rules()["work"]
    return tuple(work["kinds"]) if work["submitted_by"] in _approved(kind) else ()


def _named(kind: str) -> Message:
    return label(vocabulary().kind(kind).zh)


@cache
def _rules() -> dict[str, Any]:
    return load_rules("tenglong.domain.campaign", "approvals.toml").content
