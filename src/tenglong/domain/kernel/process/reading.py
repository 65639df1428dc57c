"""Reading a process from its rule file, and refusing one that does not fit together."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.process.model import Event, Part, Process, State, Step
from tenglong.domain.kernel.rulefiles import RuleFile

TOP_KEYS = frozenset({"source", "assumed", "process", "parts", "places", "state", "step", "event"})
KEYS: dict[str, dict[str, type]] = {
    "process": {"id": str, "zh": str, "en": str},
    "parts": {"zh": str, "en": str},
    "places": {"zh": str, "en": str},
    "state": {"id": str, "zh": str, "en": str, "initial": bool, "final": bool, "look_of": str},
    "step": {
        "id": str, "zh": str, "en": str, "permission": list, "at": str, "from": list, "to": list, "not_by": list,
        "only_by": list, "reason": bool, "files": int, "within": int,
    },
    "event": {"id": str, "from": list, "to": list},
}  # fmt: skip
"""What each table may say, and as what; for a list one text does as well."""
NEEDED = {
    "process": ("id", "zh", "en"),
    "parts": ("zh", "en"),
    "places": ("zh", "en"),
    "state": ("id", "zh", "en"),
    "step": ("id", "zh", "en", "permission"),
    "event": ("id", "to"),
}


def read_process(rules: RuleFile, *, own: Collection[str] = ()) -> Process:
    """The process that a rule file states; `own` are the tables of the file that its topic reads itself.

    Raises:
        BadRules: a key is unknown, missing, double or of the wrong type; a step, event or look names what there is not;
            a state cannot be reached, or is final and left, or is neither; a step leads nowhere at first.
    """
    found = _Reader(rules.name)
    found.check_keys(set(rules.content), TOP_KEYS | set(own), msg("文件"))
    head = found.table("process", rules.content.get("process", {}), "process")
    read = {kind: found.rows(kind, rules.content.get(kind, [])) for kind in ("state", "step", "event")}
    process = Process(
        **head,
        states={row["id"]: State(**row) for row in read["state"]},
        steps={row["id"]: _step(row) for row in read["step"]},
        events={row["id"]: Event(row["id"], row.get("from", ()), row["to"]) for row in read["event"]},
        parts=found.named("parts", rules.content.get("parts", {})),
        places=found.named("places", rules.content.get("places", {})),
        digest=rules.digest,
    )
    for why in _problems(process):
        found.refuse(why)
    return process


def check_rows(
    name: str, kind: str, rows: Collection[Mapping[str, Any]], key: str, known: Collection[str]
) -> None:
    """Raises BadRules when a table of the list `kind` says what is not `known`, or two of them bear one `key`."""
    found, seen = _Reader(name), set[Any]()
    for row in rows:
        where = msg("{kind} {id}", kind=kind, id=row.get(key, "?"))
        found.check_keys(set(row), set(known), where)
        if row.get(key) in seen:
            found.refuse(msg("{where}写了两次，请删去一处。", where=where))
        seen.add(row.get(key))


def unreachable(
    states: Collection[str], begun: Collection[str], moves: Collection[tuple[str, str]]
) -> list[str]:
    """The states that no way leads to from those in which a matter begins, in their order."""
    reached, open_ends = set(begun), list(begun)
    while open_ends:
        here = open_ends.pop()
        for there in (to for source, to in moves if source == here and to not in reached):
            reached.add(there)
            open_ends.append(there)
    return [state for state in states if state not in reached]


def _step(row: Mapping[str, Any]) -> Step:
    renamed = {"from": "sources", "permission": "permissions"}
    return Step(**{renamed.get(key, key): value for key, value in row.items()})


class _Reader:
    """Reads the tables of one file, refusing keys that it does not know."""

    def __init__(self, name: str):
        self.name = name

    def refuse(self, why: Message) -> None:
        """Raises BadRules with the file's name before the sentence."""
        raise BadRules(msg("规则文件 {name} 有误：{why}", name=self.name, why=why))

    def check_keys(self, said: Collection[str], known: Collection[str], where: Message | str) -> None:
        """Refuses a key that is none of the known."""
        for key in sorted(set(said) - set(known)):
            self.refuse(msg("{where}中没有“{key}”这一项，请核对拼写或删去。", where=where, key=key))

    def named(self, kind: str, tables: Mapping[str, Any]) -> dict[str, Part]:
        """Tables that bear their ids as keys."""
        rows = {id: self.table(kind, row, msg("{kind} {id}", kind=kind, id=id)) for id, row in tables.items()}
        return {id: Part(id, row["zh"], row["en"]) for id, row in rows.items()}

    def rows(self, kind: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A list of tables with ids."""
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.refuse(msg("“{kind}”须写成 [[{kind}]]，可以有多个。", kind=kind))
        check_rows(self.name, kind, rows, "id", KEYS[kind])
        return [self.table(kind, row, msg("{kind} {id}", kind=kind, id=row.get("id", "?"))) for row in rows]

    def table(self, kind: str, row: Mapping[str, Any], where: Message | str) -> dict[str, Any]:
        """One table with every value of its type, lists as tuples."""
        self.check_keys(row, KEYS[kind], where)
        for key in NEEDED[kind]:
            if key not in row:
                self.refuse(msg("{where}缺少“{key}”，请补上。", where=where, key=key))
        return {key: self._value(KEYS[kind][key], key, value, where) for key, value in row.items()}

    def _value(self, wanted: type, key: str, value: Any, where: Message | str) -> Any:
        if wanted is list:
            texts = [value] if isinstance(value, str) else value
            if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
                return tuple(texts)
        elif type(value) is wanted and not (isinstance(value, int) and value < 0):
            return value
        self.refuse(msg("{where}的“{key}”写法不对：{value}。", where=where, key=key, value=value))
        return None


def _problems(process: Process) -> Iterator[Message]:
    """What does not fit together."""
    yield from _unknown(process)
    yield from _beginnings(process)
    looks = {(state.look_of, state.id) for state in process.states.values() if state.look_of}
    moves = [*looks, *((source, to) for source, to in _moves(process) if source)]
    begun = [state.id for state in process.states.values() if state.initial]
    for id in unreachable(process.states, begun, moves):
        yield msg("没有任何步骤或事件到达状态“{state}”，请补上或删去该状态。", state=id)
    used = {source for one in _movers(process) for source in one.sources}
    for state in process.states.values():
        if state.final and state.id in used:
            yield msg("状态“{state}”是终态（final），不能再有步骤或事件从它开始。", state=state.id)
        if not state.final and not state.look_of and state.id not in used:
            yield msg("状态“{state}”没有后续步骤或事件，请补上，或标为终态（final = true）。", state=state.id)


def _unknown(process: Process) -> Iterator[Message]:
    """What is named and not there."""
    for state in process.states.values():
        if state.look_of and (state.look_of not in process.states or process.states[state.look_of].look_of):
            problem = "状态“{id}”的 look_of 须为一个实际保存的状态，写的是“{named}”。"
            yield msg(problem, id=state.id, named=state.look_of)
    for one in _movers(process):
        for named in (*one.sources, *one.to):
            if named not in process.states:
                yield msg("“{id}”用了没有定义的状态“{named}”，请改正。", id=one.id, named=named)
            elif named in one.to and process.states[named].look_of:
                yield msg("“{id}”不能到达状态“{named}”：它只是另一状态的样子。", id=one.id, named=named)
    for step in process.steps.values():
        yield from _unknown_people(process, step)


def _unknown_people(process: Process, step: Step) -> Iterator[Message]:
    """A misspelt part would silently let somebody approve their own work."""
    for named in (*step.not_by, *step.only_by):
        if named not in process.parts:
            problem = "步骤“{id}”用了没有定义的经手人“{named}”，请在 parts 中定义。"
            yield msg(problem, id=step.id, named=named)
    if step.at and step.at not in process.places:
        yield msg("步骤“{id}”用了没有定义的地点“{named}”，请在 places 中定义。", id=step.id, named=step.at)


def _beginnings(process: Process) -> Iterator[Message]:
    """A matter begins in initial states, by what has no `from`."""
    begun = {to for one in _movers(process) if not one.sources for to in one.to}
    for one in _movers(process):
        if not one.to and (isinstance(one, Event) or not one.sources):
            yield msg("“{id}”没有写明到哪里（to），请补上。", id=one.id)
    for step in process.steps.values():
        if not step.sources and (step.not_by or step.only_by):
            problem = "步骤“{id}”没有 from，此前没有人经手，不能写 not_by 或 only_by，请删去。"
            yield msg(problem, id=step.id)
    for state in process.states.values():
        if state.id in begun and not state.initial:
            yield msg("状态“{state}”有开始的步骤，请标为初态（initial = true）。", state=state.id)
        if state.initial and state.id not in begun:
            yield msg("初态“{state}”没有开始的步骤或事件（没有 from 的），请补上。", state=state.id)


def _movers(process: Process) -> Iterator[Step | Event]:
    yield from process.steps.values()
    yield from process.events.values()


def _moves(process: Process) -> Iterator[tuple[str, str]]:
    """From which stored or seen state to which, by steps and events."""
    for one in _movers(process):
        yield from ((source, to) for source in one.sources for to in one.to)
