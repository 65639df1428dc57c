"""What one roadmap says, and the files to take away: what loads the roadmaps' own library."""

import sys

from tenglong.cli.campaign.figures import EVERYWHERE
from tenglong.cli.output import print_table
from tenglong.cli.roadmap.plan import REASONS, STATUSES
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.roadmap.process import roadmap_rules
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.documents import able_words, amounts_of, chart_of, outcome_words, workbook_of
from tenglong.queries.roadmap.files import plan_file, problem_file
from tenglong.queries.roadmap.overview import Roadmap
from tenglong.queries.roadmap.promises import promises_made
from tenglong.queries.roadmap.results import certificate_of, checks_of, conflict_of, prices_of
from tenglong.queries.roadmap.totals import totals_of

PRICES = 10


def content(name: str, roadmap: Roadmap) -> bytes:
    """One of the files of a roadmap: "problem", "plan", "chart" or "workbook"."""
    if name in ("problem", "plan"):
        return (problem_file if name == "problem" else plan_file)(roadmap, EVERYWHERE).read_bytes()
    return (chart_of if name == "chart" else workbook_of)(roadmap, EVERYWHERE)


def tell(roadmap: Roadmap) -> int:
    """Print what a roadmap says as a whole; 1 when it has no feasible plan."""
    certificate, totals = certificate_of(roadmap), totals_of(roadmap, EVERYWHERE)
    rows = [
        ["名单", roadmap.roster.title],
        ["辖区", roadmap.place.name],
        ["标题", f"{roadmap.title}（第{roadmap.number}号）"],
        ["状态", roadmap_rules().process.states[roadmap.shown_state].zh],
        ["企业", f"{totals.lines} 家，启动 {totals.starts} 家，暂缓 {totals.waits} 家"],
    ]
    if roadmap.status:
        rows.insert(
            4, ["求解", f"{STATUSES[roadmap.status]}（{REASONS[roadmap.reason]}），方法 {roadmap.method}"]
        )
    rows += [
        [one.name, f"{plain(half_up(totals.amounts[one.id], 2))} {one.unit}"]
        for one in amounts_of(totals.amounts)
    ]
    if roadmap.plan_digest:
        rows += [["资金", str(one)] for one in account_of(roadmap, EVERYWHERE).sentences]
    made = promises_made(roadmap, EVERYWHERE)
    if made:
        said = f"按原定 {made.kept} 户，改期 {made.moved} 户，改变 {made.broken} 户，错过 {made.missed} 户"
        rows.append(["承诺", f"{said}；已办结或不在名单 {made.over} 户"])
    rows += [["证书", str(certificate)]] if certificate else []
    rows += [
        [able_words(one.able), f"{outcome_words(one.outcome)}：{one.sentence}"]
        for one in checks_of(roadmap, EVERYWHERE)
    ]
    print_table(["项目", "内容"], rows)
    _print_sentences(roadmap)
    return 0 if roadmap.plan_digest else 1


def _print_sentences(roadmap: Roadmap) -> None:
    for price in prices_of(roadmap, EVERYWHERE)[:PRICES]:
        sys.stdout.write(f"{price.sentences[0]}\n")
    for sentence in conflict_of(roadmap, EVERYWHERE):
        sys.stdout.write(f"{sentence}\n")
