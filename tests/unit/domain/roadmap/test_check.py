"""The checker: what is right it accepts, and of every rule of the format there is a tampering that it refuses."""

import ast
import copy
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap import check
from tenglong.domain.roadmap.checking import check as numpy_check
from tenglong.domain.roadmap.files.plans import read_plan
from tenglong.domain.roadmap.files.problems import parse_problem
from tests.unit.domain.roadmap.second import (
    PRICES,
    Said,
    Second,
    best_plans,
    exactly,
    named,
    plan_file,
    rich,
    text_of,
)

ROOT = Path(__file__).resolve().parents[4]
FILE = rich()
BEST = best_plans(FILE)
PLAN = plan_file(FILE, BEST, PRICES)


def verdict(file: Any, plan: Any) -> check.Verdict:
    """Of two contents, or their bytes."""
    raw = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (file, plan)]
    began = time.process_time()
    found = check.check(raw[0], raw[1])
    assert time.process_time() - began < 20  # it never hangs; how fast it is, a benchmark says
    assert found.chinese.endswith("。") and found.english.endswith(".") and "\n" not in found.chinese
    return found


def changed(content: Any, *path: Any) -> Any:
    """A copy with another value at a path, or without it where the value is `...`."""
    *steps, last, value = path
    found = copy.deepcopy(content)
    here = found
    for step in steps:
        here = here[step]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return found


def test_a_right_plan_is_accepted_with_what_is_proven() -> None:
    found = verdict(FILE, PLAN)
    assert (found.code, "价值 9.15855；证书成立，上界 10.099183" in found.chinese) == (check.PROVEN, True)


def test_the_reader_of_the_solver_sees_the_same_problem(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(PLAN), encoding="utf-8")
    problem, plan, certificate = read_plan(path, parse_problem(json.dumps(FILE).encode(), "p.json"))
    assert certificate is not None
    assert numpy_check(problem, plan, certificate) == ()


def test_it_runs_by_itself_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    tree = ast.parse(Path(check.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
    (tmp_path / "check.py").write_bytes(Path(check.__file__).read_bytes())
    for name, content in (("problem", FILE), ("plan", PLAN), ("other", PLAN | {"status": "optimal"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    codes = []
    for plan in ("plan.json", "other.json", "none.json"):
        command = [sys.executable, "-I", "check.py", "problem.json", plan]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        codes.append(done.returncode)
        assert (done.stderr, done.stdout.decode().count("\n")) == (b"", 2)
    assert codes == [0, 1, 1]


# Every key of the format, changed: with the digests put right the plan no longer follows.

TEXT = "a word for people; the digest holds it"
KEYS: dict[str, list[tuple[Any, ...]] | str] = {
    "AmountSpec.kind": [("amounts", "money", "kind", "brings"), ("amounts", "land", "kind", "takes")],
    "AmountSpec.decimals": [("amounts", "land", "decimals", 3), ("amounts", "money", "decimals", 0)],
    "AmountSpec.profile": [("amounts", "staff", "profile", ...), ("amounts", "staff", "profile", [1])],
    "AmountSpec.unit": TEXT,
    "TimingSpec.duration": [("timings", "holidays", "duration", [1, 1, 2, 1])],
    "TimingSpec.profiles": [
        ("timings", "holidays", "profiles", {}),
        ("timings", "holidays", "profiles", "money", 1, [0.4, 0.6]),
    ],
    "Spread.total": [("firms", 1, "measures", 0, "amounts", "money", "total", total) for total in (4.9, 5.1)],
    "Spread.profile": [
        ("firms", 1, "measures", 0, "amounts", "money", "profile", profile)
        for profile in ([0.4, 0.5], [0.2, 0.8], [0.8, 0.2])
    ],
    "MeasureSpec.name": [("firms", 0, "measures", 0, "name", "other")],
    "MeasureSpec.from": [("firms", 0, "measures", 0, "from", 3), ("firms", 0, "measures", 0, "from", 0)],
    "MeasureSpec.until": [("firms", 0, "measures", 0, "until", 1), ("firms", 0, "measures", 0, "until", 5)],
    "MeasureSpec.duration": [
        ("firms", 1, "measures", 0, "duration", 1),
        ("firms", 1, "measures", 0, "duration", 3),
    ],
    "MeasureSpec.timing": [
        ("firms", 0, "measures", 0, "timing", ...),
        ("firms", 0, "measures", 0, "timing", "x"),
    ],
    "MeasureSpec.amounts": [
        ("firms", 1, "measures", 0, "amounts", "land", 1.99),
        ("firms", 1, "measures", 0, "amounts", "land", 2.01),
        ("firms", 0, "measures", 0, "amounts", "money", [4, 5.1, 6]),
        ("firms", 0, "measures", 0, "amounts", "money", [4, 5]),
    ],
    "FirmSpec.id": [("firms", 0, "id", "Z"), ("firms", 0, "id", "B")],
    "FirmSpec.tags": [("firms", 0, "tags", {}), ("firms", 2, "tags", "zone", "西")],
    "FirmSpec.must": "holds or not, see BROKEN",
    "FirmSpec.measures": [("firms", 2, "measures", [])],
    "LimitSpec.id": [("limits", 0, "id", "late"), ("limits", 0, "id", "money")],
    "LimitSpec.amount": [("limits", 2, "amount", "land"), ("limits", 2, "amount", "gold")],
    "LimitSpec.where": [("limits", 3, "where", ...), ("limits", 3, "where", {"zone": "西"})],
    "LimitSpec.from": [("limits", 0, "from", 2), ("limits", 0, "from", 0)],
    "LimitSpec.until": [("limits", 0, "until", 4), ("limits", 0, "until", ...)],
    "LimitSpec.at_most": [("limits", 1, "at_most", 17.9), ("limits", 1, "at_most", 18.1)],
    "LimitSpec.at_least": [("limits", 3, "at_least", 0.99), ("limits", 3, "at_least", 1.01)],
    "LimitSpec.cost": "for the cheapest relaxation only; the digest holds it",
    "OrderSpec.first": [("orders", 0, "first", "C"), ("orders", 0, "first", "A")],
    "OrderSpec.then": [("orders", 0, "then", "C"), ("orders", 0, "then", "Q")],
    "OrderSpec.gap": [("orders", 0, "gap", 2)],
    "ClearanceSpec.id": [("clearances", 1, "id", "other")],
    "ClearanceSpec.where": [
        ("clearances", 1, "where", {"zone": "西"}),
        ("clearances", 0, "where", {"zone": "东"}),
    ],
    "ClearanceSpec.by": [("clearances", 1, "by", 3), ("clearances", 1, "by", 5)],
    "ClearanceSpec.bonus": [("clearances", 1, "bonus", 0.4), ("clearances", 1, "bonus", None)],
    "ChoiceSpec.firm": [("announced", "choices", 0, "firm", "B"), ("announced", "choices", 0, "firm", "A")],
    "ChoiceSpec.measure": [("announced", "choices", 0, "measure", "other")],
    "ChoiceSpec.start": [("announced", "choices", 0, "start", 2), ("announced", "choices", 0, "start", 4)],
    "AnnouncedSpec.per_period": [("announced", "per_period", 0.04), ("announced", "per_period", 0.06)],
    "AnnouncedSpec.other": [("announced", "other", 0.2), ("announced", "other", 0.4)],
    "AnnouncedSpec.choices": [("announced", "choices", [])],
    "BenefitSpec.kind": [("aim", 0, "kind", "cost")],
    "BenefitSpec.name": [("aim", 0, "name", "profit")],
    "BenefitSpec.weights": [("aim", 0, "weights", "land", 0.99), ("aim", 0, "weights", "land", 1.01)],
    "BenefitSpec.discount": [
        ("aim", 0, "discount", 0.94),
        ("aim", 0, "discount", 1),
        ("aim", 0, "discount", 0),
    ],
    "BenefitSpec.decimals": [("aim", 0, "decimals", 2), ("aim", 0, "decimals", 5)],
    "BenefitSpec.source": TEXT,
    "BenefitSpec.tolerance": [("aim", 0, "tolerance", 0), ("aim", 0, "tolerance", 0.2)],
    "CostSpec.kind": [("aim", 1, "kind", "benefit")],
    "CostSpec.name": [("aim", 1, "name", "expense")],
    "CostSpec.amount": [("aim", 1, "amount", "staff"), ("aim", 1, "amount", "gold")],
    "CostSpec.tolerance": "nothing comes after the last aim; see BenefitSpec.tolerance",
    "ProblemSpec.format": [("format", "tenglong-roadmap/2")],
    "ProblemSpec.name": TEXT,
    "ProblemSpec.periods": [("periods", FILE["periods"][:3]), ("periods", FILE["periods"][::-1])],
    "ProblemSpec.amounts": [("amounts", "staff", ...)],
    "ProblemSpec.timings": [("timings", {})],
    "ProblemSpec.firms": [("firms", FILE["firms"][:2]), ("firms", {"file": "firms.parquet"})],
    "ProblemSpec.measures": [("measures", {"file": "measures.parquet"})],
    "ProblemSpec.limits": [("limits", FILE["limits"][:3])],
    "ProblemSpec.orders": [("orders", [])],
    "ProblemSpec.clearances": [("clearances", FILE["clearances"][:1])],
    "ProblemSpec.announced": [("announced", None)],
    "ProblemSpec.aim": [("aim", FILE["aim"][0]), ("aim", FILE["aim"][::-1])],
    "TableFile.file": "tables are read by the product, not by the checker",
}


@pytest.mark.parametrize(
    "path", [path for some in KEYS.values() if not isinstance(some, str) for path in some], ids=str
)
def test_a_changed_rule_is_seen(path: tuple[Any, ...]) -> None:
    file = changed(FILE, *path)
    assert verdict(file, PLAN).code == check.REFUSED
    assert verdict(file, named(file, PLAN)).code == check.REFUSED


def test_every_key_of_the_format_has_a_tampering() -> None:
    schema = json.loads((ROOT / "docs/reference/roadmap-problem.schema.json").read_text(encoding="utf-8"))
    parts = schema["$defs"] | {"ProblemSpec": schema}
    keys = {f"{part}.{key}" for part, one in parts.items() for key in one.get("properties", ())}
    assert keys == set(KEYS)


# Rules that a plan breaks by one unit, everything else put right again.

Change = Callable[[dict[str, Any], list[Said]], None]


def plan_without(id: str) -> Change:
    def change(file: dict[str, Any], saids: list[Said]) -> None:
        for said in saids:
            said.pop(id, None)

    return change


def obliged(id: str) -> Change:
    def change(file: dict[str, Any], saids: list[Said]) -> None:
        next(one for one in file["firms"] if one["id"] == id)["must"] = True
        plan_without(id)(file, saids)

    return change


def at(*path: Any) -> Change:
    def change(file: dict[str, Any], saids: list[Said]) -> None:
        file.update(changed(file, *path))

    return change


def start(id: str, period: int, measure: str = "close", aim: int = 1) -> Change:
    def change(file: dict[str, Any], saids: list[Said]) -> None:
        saids[aim][id] = measure, period

    return change


BROKEN: list[tuple[str, Change, str]] = [
    ("at_most in all", at("limits", 1, "at_most", 17.9), "限制 money：18，超过上限 17.9"),
    ("at_most in a window", at("limits", 0, "at_most", 8.9), "限制 early：10，超过上限 8.9"),
    ("at_most of a filter", at("limits", 2, "at_most", 2), "限制 staff：3，超过上限 2"),
    ("at_most below nothing", at("limits", 2, "at_most", -1), "限制 staff"),
    ("at_least", at("limits", 3, "at_least", 3.35), "限制 east：3.34，未达到 3.35"),
    (
        "first period of a limit",
        at("limits", 2, {"id": "staff", "amount": "money", "from": 4, "at_most": 7}),
        "限制 staff：8",
    ),
    (
        "open end of a limit",
        at("limits", 3, {"id": "east", "amount": "land", "until": 3, "at_least": 9}),
        "限制 east",
    ),
    ("must", obliged("C"), "企业 C 必须启动"),
    ("duty to clear", plan_without("B"), "企业 B 必须启动"),
    ("order", start("A", 1), "次序：企业 A 应在企业 B"),
    ("gap", at("orders", 0, "gap", 2), "次序：企业 A 应在企业 B 启动至少 2 期"),
    ("order of one who waits", at("orders", 0, {"first": "C", "then": "A"}), "次序：企业 A"),
    ("wish", start("clearance:wish", 3, "clearance"), "企业 clearance:wish 的选择不是它的选项"),
    ("window before", start("C", 1), "企业 C 的选择不是它的选项"),
    ("window after", start("A", 4), "企业 A 的选择不是它的选项"),
    ("window of the duty", at("clearances", 0, "by", 1), ""),
    ("measure", start("C", 3, "upgrade"), "企业 C 的选择不是它的选项"),
    ("instalment", at("timings", "holidays", "profiles", "money", 1, [1]), ""),
    ("what an earlier aim keeps", at("aim", 0, "tolerance", 0), "前一目标 benefit"),
]


@pytest.mark.parametrize(("rule", "change", "said"), BROKEN, ids=[rule for rule, _, _ in BROKEN])
def test_a_plan_that_breaks_a_rule_by_a_unit_is_refused(rule: str, change: Change, said: str) -> None:
    file, saids = copy.deepcopy(FILE), copy.deepcopy(BEST)
    change(file, saids)
    try:
        plan = plan_file(file, saids, PRICES)
    except KeyError:  # the second checker knows no such option
        plan = changed(
            named(file, PLAN),
            "choices",
            [{"firm": i, "measure": o[0], "start": o[1]} for i, o in saids[1].items()],
        )
        plan = named(file, plan)
    found = verdict(file, plan)
    if not said:
        assert found.code == (check.PROVEN if breaks_nothing(file, saids) else check.REFUSED)
        return
    assert found.code == check.REFUSED and said in found.chinese, found


def breaks_nothing(file: dict[str, Any], saids: list[Said]) -> bool:
    second = Second(exactly(file))
    return second.feasible(saids[0], []) and second.feasible(saids[1], [second.kept(0, saids[0])])


# The plan file: no field is believed.

CERTIFICATE = ("aims", 0, "certificate")
FIELDS: list[tuple[Any, ...]] = [
    ("format", "tenglong-roadmap-plan/3"),
    ("problem", "0" * 64),
    ("digest", "0" * 64),
    ("status", "optimal"),
    ("status", "within_gap"),
    ("status", "infeasible"),
    ("claimed", {"solver": "HiGHS", "bound": "9.15855", "gap": "0.00000000"}),
    ("reason", "certified"),
    ("choices", None),
    ("choices", []),
    ("choices", 0, "start", 2.5),
    ("choices", 0, "start", 10**30),
    ("choices", 0, "start", True),
    ("choices", 0, "start", "2"),
    ("choices", 0, "note", "x"),
    ("choices", 0, [[]]),
    ("aims", []),
    ("aims", PLAN["aims"][1:]),
    ("aims", PLAN["aims"][::-1]),
    ("aims", [*PLAN["aims"], PLAN["aims"][1]]),
    ("aims", 0, "choices", ...),
    ("aims", 0, "choices", []),
    ("aims", 1, "choices", PLAN["choices"]),
    ("aims", 0, "kept", "0"),
    ("aims", 0, "name", "profit"),
    ("aims", 0, "name", ...),
    ("aims", 0, "value", "9.15854"),
    ("aims", 0, "value", "9.158550"),
    ("aims", 0, "value", "1/0"),
    ("aims", 0, "value", "1e30000000"),
    ("aims", 0, "value", 9.15855),
    ("aims", 0, "value", None),
    ("aims", 0, "bound", "9.15855"),
    ("aims", 0, "bound", "10.099182"),
    ("aims", 0, "bound", "10.099184"),
    ("aims", 0, "gap", "0.00000000"),
    ("aims", 0, "gap", "0.09313951"),
    ("aims", 1, "gap", None),
    (*CERTIFICATE, None),
    ("aims", 1, "certificate", None),
    (*CERTIFICATE, "denominator", 0),
    (*CERTIFICATE, "denominator", -1),
    (*CERTIFICATE, "denominator", 2.5),
    (*CERTIFICATE, "denominator", 4),
    (*CERTIFICATE, "bound", 0),
    (*CERTIFICATE, "limits", {}),
    (*CERTIFICATE, "limits", "money", -1),
    (*CERTIFICATE, "limits", "money", -0.5),
    (*CERTIFICATE, "limits", "money", 20000.9),
    (*CERTIFICATE, "limits", "money", "9" * 400),
    (*CERTIFICATE, "limits", "money", 20001),
    (*CERTIFICATE, "limits", "gold", 1),
    (*CERTIFICATE, "floors", [1]),
    ("aims", 1, "certificate", "floors", []),
    ("aims", 1, "certificate", "floors", [2]),
    (*CERTIFICATE, "orders", []),
    (*CERTIFICATE, "orders", 0, [0, 1]),
    (*CERTIFICATE, "orders", 0, [9, 1, 1]),
    (*CERTIFICATE, "orders", 0, [0, 4, 1]),
    (*CERTIFICATE, "orders", 0, [0, 1, -40000]),
    (*CERTIFICATE, "orders", 1, [0, 1, 40000]),
]


@pytest.mark.parametrize("path", FIELDS, ids=str)
def test_a_field_that_does_not_follow_is_refused(path: tuple[Any, ...]) -> None:
    plan = changed(PLAN, *path)
    assert verdict(FILE, plan).code == check.REFUSED
    if path[0] not in ("problem", "digest") and isinstance(plan["choices"], list | None):
        try:
            assert verdict(FILE, named(FILE, plan)).code == check.REFUSED
        except (TypeError, KeyError):  # choices of which no digest can be made
            return


@pytest.mark.parametrize("key", PLAN)
def test_a_field_that_is_missing_or_there_twice_is_refused(key: str) -> None:
    assert verdict(FILE, changed(PLAN, key, ...)).code == check.REFUSED
    raw = json.dumps(PLAN)
    assert verdict(FILE, (raw[:-1] + f', "{key}": {json.dumps(PLAN[key])}}}').encode()).code == check.REFUSED


RAW = json.dumps(PLAN).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b"\xef\xbb\xbf" + RAW,
        RAW.decode().encode("utf-16"),
        RAW + b"x",
        RAW[:-1],
        RAW.replace(b'"close"', b'"\xff"'),
        RAW.replace(b'"close"', b'"\\ud800"'),
        RAW.replace(b'"start": 1', b'"start": 01'),
        RAW.replace(b'"start": 1', b'"start": 1e0'),
        RAW.replace(b'"start": 1', b'"start": NaN'),
        RAW.replace(b'"start": 1', b'"start": -0'),
        RAW.replace(b'"denominator": 3', b'"denominator": ' + b"3" * 100_000),
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"\x00" * 1_000_000,
    ],
    ids=range(19),
)
def test_bytes_that_are_no_plan_are_refused(raw: bytes) -> None:
    assert raw != RAW
    assert verdict(FILE, raw).code == check.REFUSED
    assert verdict(raw, PLAN).code == check.REFUSED


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(RAW)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", check.MOST_PROBLEM + 1)
    for name in ("pipe", "zero", "loop", "large", ".", "none", "\0"):
        for files in ((f"{tmp_path}/{name}", str(plan)), (str(plan), f"{tmp_path}/{name}")):
            if name != "large" or files[1] == str(plan):
                assert check.check_files(*files).code == check.REFUSED


def test_the_order_of_keys_and_choices_and_the_way_numbers_are_written_do_not_matter() -> None:
    turned = json.dumps({key: FILE[key] for key in reversed(FILE)}, indent=3).replace(
        '"land": 4,', '"land": 4.000,'
    )
    plan = PLAN | {"choices": PLAN["choices"][::-1]}
    assert '"land": 4.000' in turned
    assert verdict(turned.encode(), plan).code == check.PROVEN


# A tree of branches.

FREE: dict[str, Any] = {"denominator": 1, "limits": {}, "floors": [], "orders": []}
TREE = [{"firm": "A", "measure": "upgrade", "until": 2}, None, {"firm": "C"}, PRICES[0], FREE]
SPLIT = plan_file(FILE, BEST, [PRICES[0] | {"tree": TREE}, PRICES[1] | {"tree": [None]}])
TREES: list[Any] = [
    *(
        [],
        [None, None],
        TREE[:-1],
        [*TREE, None],
        TREE[::-1],
        [TREE[0]],
        [TREE[2], *TREE],
        [TREE[0], [None], None],
    ),
    *(
        [{"firm": "Q"}, *TREE[1:]],
        [{"firm": "A", "measure": "x"}, *TREE[1:]],
        [{"measure": "close"}, *TREE[1:]],
    ),
    *([{"firm": "A", "until": 5}, *TREE[1:]], [{"firm": "A", "from": 3, "until": 2}, *TREE[1:]]),
    *([{"firm": "A", "x": 1}, *TREE[1:]], [*TREE[:3], {"denominator": 1}, FREE], [*TREE[:4], {}]),
    *(
        [*TREE[:4], FREE | {"bound": 0}],
        [*TREE[:4], FREE | {"tree": [None]}],
        [*TREE[:4], FREE | {"floors": [1]}],
    ),
    *([*TREE[:4], FREE | {"limits": {"gold": 1}}], [*TREE[:4], FREE | {"denominator": 0}], None, 3, {}, "x"),
    [{"firm": "A"}] * 30_000,
    [*([{"firm": "A"}] * 19_999), *([None] * 20_000), None],
]


HALF: dict[str, Any] = PRICES[0] | {"rounded": [{"limit": "money", "divisor": 50, "price": 30000}]}
ROUNDED = plan_file(FILE, BEST, [PRICES[0] | {"tree": [HALF]}, PRICES[1]])
LEAF = (*CERTIFICATE, "tree", 0, "rounded")


def test_a_leaf_may_price_rounded_limits() -> None:
    assert verdict(FILE, ROUNDED).code == check.PROVEN
    assert ROUNDED["aims"][0]["bound"] != PLAN["aims"][0]["bound"]


@pytest.mark.parametrize(
    "rounded",
    [
        *([{"limit": "gold", "divisor": 7, "price": 1}], [{"limit": "east", "divisor": 7, "price": 1}]),
        *([{"limit": "money", "divisor": 0, "price": 1}], [{"limit": "money", "divisor": 2.5, "price": 1}]),
        *([{"limit": "money", "divisor": 7, "price": -1}], [{"limit": "money", "divisor": 7}], {}, None, [3]),
        [{"limit": "money", "divisor": 50, "price": 30001}],
        [{"limit": "early", "divisor": 50, "price": 30000}],
        [{"limit": "money", "divisor": 50, "price": 30000}] * 2,
        [{"limit": "money", "divisor": 10**30, "price": 30000}],
        [],
    ],
    ids=str,
)
def test_what_is_not_rounded_so_does_not_prove_the_bound(rounded: Any) -> None:
    assert verdict(FILE, changed(ROUNDED, *LEAF, rounded)).code == check.REFUSED


def test_the_certificate_itself_has_no_rounded_limits() -> None:
    plan = changed(PLAN, *CERTIFICATE, "rounded", HALF["rounded"])
    assert verdict(FILE, plan).code == check.REFUSED


def test_a_tree_is_accepted_and_its_bound_is_that_of_its_worst_leaf() -> None:
    assert verdict(FILE, SPLIT).code == check.PROVEN
    free = Second(exactly(FILE)).bound(0, [], FREE)
    assert SPLIT["aims"][0]["bound"] != PLAN["aims"][0]["bound"] != text_of(free, 6)


@pytest.mark.parametrize("tree", TREES, ids=range(len(TREES)))
def test_a_tree_that_is_not_whole_or_not_of_the_problem_is_refused(tree: Any) -> None:
    assert verdict(FILE, changed(SPLIT, *CERTIFICATE, "tree", tree)).code == check.REFUSED


@pytest.mark.parametrize(
    "path",
    [
        (2, "firm", "B"),
        (0, "measure", "close"),
        (0, "until", 1),
        (0, "from", 2),
        (3, "limits", "money", 20001),
        (3, "denominator", 2),
        (3, "orders", []),
        (1, FREE),
    ],
    ids=str,
)
def test_a_changed_tree_does_not_prove_the_bound(path: tuple[Any, ...]) -> None:
    plan = changed(SPLIT, *CERTIFICATE, "tree", *path)
    again = plan_file(FILE, BEST, [one["certificate"] for one in plan["aims"]])
    assert verdict(FILE, again).code == check.PROVEN
    assert (verdict(FILE, plan).code == check.PROVEN) == (again["aims"] == plan["aims"])


def test_a_deep_tree_is_refused_or_added_up_within_a_second() -> None:
    chain = [{"firm": "A", "until": 1 + k % 4} for k in range(12_000)]
    plan = changed(SPLIT, *CERTIFICATE, "tree", [*chain, *[None] * 12_001])
    assert verdict(FILE, plan).code == check.REFUSED


def test_every_leaf_may_prove_that_there_is_no_plan() -> None:
    dear = FREE | {"limits": {"x": 1}}
    tree = [{"firm": "A"}, dear, dear]
    assert without(FREE | {"tree": tree}, at_least=99).code == check.PROVEN
    assert without(FREE | {"tree": [{"firm": "A"}, dear, None]}, at_least=99).code == check.CLAIMED


# What would be earned or said for nothing.


def test_a_wish_that_names_no_firm_is_refused() -> None:
    file = changed(FILE, "firms", 0, "tags", "town", "北")
    nobody = changed(file, "clearances", 1, "where", {"zone": "西", "town": "北"})
    assert "没有涉及任何企业" in verdict(nobody, named(nobody, PLAN)).chinese
    with pytest.raises(BadFile):
        parse_problem(json.dumps(nobody).encode(), "p.json")
    parse_problem(json.dumps(file).encode(), "p.json")


def test_within_a_gap_that_form_1_does_not_state_is_a_claim() -> None:
    file = FILE | {"aim": FILE["aim"][1], "announced": None}
    (new,) = plan_file(file, best_plans(file), [PRICES[0]])["aims"]
    bound = int(float(new["bound"]) * 10)
    gap = check.gap_text(int(float(new["value"]) * 10), bound, up=False)
    plan = {
        "format": "tenglong-roadmap-plan/1",
        "problem": hashlib.sha256(json.dumps(file).encode()).hexdigest(),
        "reason": "certified",
        "method": "exact",
        "aim": new["name"],
        "kept": [],
        "value": new["value"],
        "bound": new["bound"],
        "gap": gap,
        "choices": plan_file(file, best_plans(file), [PRICES[0]])["choices"],
        "certificate": new["certificate"] | {"bound": bound},
    }
    raw, codes = json.dumps(file).encode(), [check.PROVEN, check.CLAIMED, check.CLAIMED]
    saids = [json.dumps(plan | {"status": one}).encode() for one in ("feasible", "within_gap", "optimal")]
    assert [check.check(raw, said).code for said in saids] == codes


# Without a plan.


def without(certificate: Any, more: int = 0, **limit: Any) -> check.Verdict:
    """Of a file that says there is no plan once there is one more limit; its bound is off by so many units."""
    limits = [*FILE["limits"], {"id": "x", "amount": "land"} | limit]
    file = FILE | {"limits": limits, "aim": FILE["aim"][1], "announced": None}
    bound = certificate and text_of(Second(exactly(file)).bound(0, [], prices_alone(certificate)) + more, 1)
    stated = {"name": "cost", "value": None, "bound": bound, "gap": None, "certificate": certificate}
    plan = {"format": "tenglong-roadmap-plan/2", "status": "infeasible", "aims": [stated], "choices": None}
    return verdict(file, named(file, plan))


def prices_alone(certificate: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in certificate.items() if key != "tree"}


def test_that_there_is_no_plan_is_proven_or_a_claim() -> None:
    dear = FREE | {"limits": {"x": 1}}
    assert without(None, at_least=99).code == check.CLAIMED
    assert without(FREE, at_least=99).code == check.CLAIMED
    assert without(dear, at_least=99).code == check.PROVEN
    assert without(dear, 1, at_least=99).code == check.REFUSED
    assert without(None, at_most=1.99).code == check.PROVEN
    assert without(dear, at_least=2).code == check.CLAIMED


# Long to refuse: what a small file can make the checker look at is counted, or added up once.

DAYS = [f"20{year}-{month:02}-01" for year in range(30, 64) for month in range(1, 13)][:400]
SPREAD = [0.0025] * 400


def large(firms: int, limits: list[dict[str, Any]], profile: list[Any], until: int = 1) -> dict[str, Any]:
    """Like firms, each in a group of its own, over 400 months."""
    tags = [{"name": str(number)} | {f"tag{key}": "x" for key in range(12)} for number in range(firms)]
    measure = {"name": "close", "until": until, "amounts": {"money": 400}}
    return {
        "format": "tenglong-roadmap/1",
        "periods": DAYS,
        "amounts": {"money": {"kind": "takes", "profile": profile}},
        "firms": [{"id": one["name"], "tags": one, "measures": [measure]} for one in tags],
        "limits": [{"id": str(number), "amount": "money"} | one for number, one in enumerate(limits)],
        "aim": {"kind": "cost", "amount": "money"},
    }


def filters(count: int) -> list[dict[str, Any]]:
    """So many limits that each name the firms in another way, the first few by their names."""
    some = [{"where": {"name": str(number)}} for number in range(40)]
    sets = [{f"tag{key}": "x" for key in range(12) if number >> key & 1} for number in range(count)]
    return [one | {"at_most": 10**9} for one in (*some, *({"where": where} for where in sets))]


WINDOWS = [
    {"from": first, "until": last, "at_most": 399}
    for first in range(1, 388)
    for last in range(first, first + 12)
]
LONG: list[dict[str, Any]] = [
    large(120, filters(900), SPREAD),
    large(120, [*filters(0), *[{"at_most": 10**9}] * 4_000], SPREAD),
    large(120, [{"at_most": 0, "until": 1}] * 4_000, [0, *SPREAD[2:], 0.005]),
    large(60, WINDOWS, [1], 400),
    large(40, WINDOWS, [0.5, *[0] * 12, 0.5], 400),
    large(400, [], [1]) | {"clearances": [{"id": "x", "where": {"name": "1", "tag1": "x"}, "by": 1}] * 4_000},
]


@pytest.mark.parametrize("number", range(len(LONG)))
def test_what_is_long_to_look_at_is_refused_at_once(number: int) -> None:
    file = LONG[number]
    started = [{"firm": one["id"], "measure": "close", "start": 1} for one in file["firms"]]
    prices = {"denominator": 1, "limits": {}, "floors": [], "orders": []}
    stated = {"name": "cost", "value": "0", "bound": "0", "gap": "0.00000000", "certificate": prices}
    plan = {"format": "tenglong-roadmap-plan/2", "status": "optimal", "aims": [stated], "choices": started}
    assert verdict(file, named(file, plan)).code == check.REFUSED
    stated |= {"bound": "7", "certificate": prices | {"limits": {one["id"]: 1 for one in file["limits"]}}}
    waiting = named(file, plan | {"choices": []})
    assert verdict(file, waiting).code == check.REFUSED


def test_a_key_that_stands_twice_in_a_large_object_is_found_at_once() -> None:
    raw = ",".join(f'"{key}":1' for key in [*range(40_000), 39_999])
    assert "39999" in verdict(f"{{{raw}}}".encode(), PLAN).chinese
    with pytest.raises(BadFile, match="39999"):
        parse_problem(f"{{{raw}}}".encode(), "p.json")


def test_what_an_option_breaks_alone_is_what_adding_up_says() -> None:
    chance = random.Random(7)
    for _ in range(500):
        windows = [
            (chance.randint(0, 5), chance.choice([*range(6), float("inf")]))
            for _ in range(chance.randint(1, 8))
        ]
        limits = [
            check.Limit("", 0, 0, first, max(first, last), True, chance.randint(0, 12))
            for first, last in windows
        ]
        parts = [(period, chance.randint(1, 6)) for period in sorted(chance.sample(range(9), 3))]
        parts = parts[: chance.randint(1, 3)]
        slowly = any(sum(u for p, u in parts if one.first <= p <= one.last) > one.bound for one in limits)
        assert check.Caps(limits, 6).bar(parts, lambda times: None) == slowly


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_a_file_without_a_result_says_so(status: str) -> None:
    stated = {"name": "benefit", "value": None, "bound": None, "gap": None, "certificate": None}
    found = verdict(FILE, named(FILE, PLAN | {"status": status, "aims": [stated], "choices": None}))
    assert (found.code, "没有可核对的内容" in found.chinese) == (check.REFUSED, True)
