"""docs/benchmarks.md: the table of a whole run, the machine it ran on, and how each line is measured."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from datetime import date

from benchmarks.results import Result, Row, own_table, table
from tests.postgresql import server_binaries

PAGE = """# Benchmarks

Written by `make bench` (`python -m benchmarks`); do not edit. `python -m benchmarks pages` measures one topic anew
and rewrites its lines; the topics are figures, pages, imports, reconciliation, evaluation and roadmap.

{facts}

{table}

The ratio is measured ÷ baseline. Times change with the machine and with what else runs on it; the baseline is
taken in the same process, next to the measured value, so ratios can be compared between machines.

## Roadmaps: every solver on the same instances

{roadmap}

Gaps are (bound − value) ÷ bound. *Our certificate* is the best bound proven by prices in that run, added up again by
the checker, which knows no solver. The times of the last gap columns are those after which the plan was within 1 %,
0.1 % and 0.01 % of the lowest bound that any solver of the run certified or claims. Every plan, whoever found it, was
checked in whole numbers; "no plan" and "killed" are results too.

## How each line is measured

- **Figures.** 125,000 cases with eight entries each and 2 % of the entries voided later: 1,020,145 entries
  (`benchmarks/campaign.py`, fixed seed, written past the ledger's own door). `queries.campaign.figures.ask` for all
  figures. "Now" reads the totals that are kept with every entry; "as-of and known-at" folds the ledger as of day
  200 of 300, with the last 30 % of the entries not yet known. The baseline is one pass over the same entries that
  counts and adds them by slot without folding.
- **Pages.** 50,000 cases, 408,039 entries. `tenglong serve` as people run it: a process of four threads for each
  core and the worker. 20 signed-in users at once, each asking 15 times with 0 to 0.2 s in between, a new
  connection every time, until the last byte of the whole page. Every user opens each page five times before, so
  that a server that has just started is not what is measured. Meanwhile an entry is recorded every five seconds,
  which makes the server forget its kept totals. City users see everything, town users (20 towns) only theirs. The
  baseline is the sign-in page under the same load just before. "Processor" is what the server and its processes (not
  PostgreSQL) worked for a page: under load it decides. The clients run on the same machine. No page is
  kept as a whole; ordering the unfiltered list by name or amount sorts all cases.
- **Imports.** A case ledger of 100,000 rows and 31 columns, 3 % of the rows bad in one of six ways, through the
  public intake: staged, the workbook returned, accepted, on two cores. Memory is the sum of the peaks of the
  process and of its parsing child. The baseline walks all cells of the file with openpyxl and does nothing.
- **Reconciliation.** `match_lists` on copies of the Zhejiang register corrupted by documented rules, where the
  folder `../shared` is present, and on 100,000 × 100,000 invented firms. Certain matches need no person; F1 counts
  doubtful ones as matches too. The baseline joins equal normalised names. More in `python -m
  benchmarks.reconciliation`.
- **Matching, every way of writing.** Half of the register in eleven ways of writing, 43 % of the firms known
  (`benchmarks/register_classes.py`); recall and F1 count questions, false certain is the share of all rows.
- **First register.** 90,000 invented firms, one in fifty twice in another spelling, staged and accepted
  (`benchmarks/register_upload.py`).
- **Evaluation.** The scheme of `benchmarks/evaluation_scheme.toml` (six indicators, four means and two exact
  quantiles of the industry as benchmarks, caps, bonus and deduction, quotas per county and size class, a veto) over
  invented firms (`benchmarks/evaluation_firms.py`), Parquet to Parquet, every run in a process of its own on two
  processors, imports excluded. Our engine writes 30 columns: values, scores, how each was scored, points, total,
  rank, peers, grades and adjustments; the versions written by hand (`benchmarks/evaluation_baselines.py`) write the
  20 that they compute. All give the same totals, ranks and grades. The libraries of multi-criteria decisions only
  add weighted values up.
- **Roadmap.** Invented instances (`benchmarks/roadmap_instances.py`: what is drawn and why) with four measures and
  eight quarters, from seeds that were not used while the solvers were written; `rich` adds landlords before tenants,
  bonuses that fall with time, instalments and obligations. Every solver runs in a process of its own on the same two
  processors, one after the other. Our clock starts with the problem in memory and includes the start of the second
  process; that of the others starts with the arrays of the whole model in memory and includes what they build of
  them. A solver that goes on eight seconds beyond its limit or takes more than 10 GiB is killed; the best plan that
  it had told is kept. HiGHS gets arrays, CBC (the program that PuLP brings, two threads) and SCIP an MPS file written
  from the same arrays, CP-SAT (eight workers) whole numbers; none has a gap to stop at. On tiny
  problems all find the optimum of the exhaustive judge (`tests/property/roadmap/test_benchmarks.py`). "To 0.1 %" is
  the time after which our plan was within 0.1 % of our own certified bound of that moment; for HiGHS, of the bound
  that it claims. Memory is the sum of the peaks of all processes of a solver. Public instances are read where the
  folder `../shared` is present.

PostgreSQL is started for each topic with the settings that it ships with and vacuumed after filling, as it does by
itself soon after. SQLite is left without statistics (`ANALYZE`), as it is in daily use.

## One history: attributes as entries, beside the version before (2026-11-30)

Two cores that others kept busy, SQLite 3.40 and PostgreSQL 15: so processor seconds are given where they can be, and
ratios count, not times. Figures: least of several runs, old and new in turn, answers equal, figure by figure. Import:
once each, one after the other, on a quiet machine. Firm file: one after the other.

| What | Size | Version before | Now | Ratio |
|---|---|---|---|---|
| all figures, as-of, city, SQLite, processor | 1,019,940 entries, upgraded in place | 3.94 s | 3.29 s | 0.84 |
| all figures, as-of, county, SQLite, processor | 1,019,940 entries, upgraded in place | 2.90 s | 1.75 s | 0.60 |
| all figures, now, city, SQLite, processor | 1,019,940 entries, upgraded in place | 9.0 ms | 9.6 ms | 1.07 |
| all figures, as-of and known-at, city, SQLite, processor | 203,988, upgraded in place | 790 ms | 619 ms | 0.78 |
| the same without entries of attributes | 203,988 entries | 790 ms | 515 ms | 0.65 |
| all figures, as-of and known-at, city, PostgreSQL, wall | 81,595 entries | 827 ms | 268 ms | 0.32 |
| all figures, as-of and known-at, county, PostgreSQL, wall | 81,595 entries | 569 ms | 325 ms | 0.57 |
| import, staging and accepting, wall | 10,000 rows | 9.9 s | 14.6 s | 1.47 |
| import, accepting, processor | 10,000 rows; 114,508 and 124,204 entries, register book | 4.0 s | 8.7 s | 2.18 |
| upgrade in place (`migrate`), SQLite, processor | 1,019,940 entries, peak 465 MiB | — | 96 s | — |
| firm file, processor; before: before the change of that day | 25,000 cases | 35 ms | 28 ms | 0.79 |

An import writes one entry more for each case, which says its attributes: 9,696 of 124,204 for 10,000 rows. The
same run of openpyxl took 3.6 s in one and 5.3 s in the other, so no ratio to it is given. Not measured on that day: the
import of 100,000 rows, the pages at 50,000 cases, recording by hand during an import.
"""


def machine(day: date, loads: Mapping[str, str]) -> str:
    """What the numbers depend on, as a list; `loads` are those before each topic was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    binaries = server_binaries()
    command = [str(binaries / "postgres"), "--version"] if binaries else ["echo", "no PostgreSQL"]
    postgresql = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    load = ", ".join(f"{topic} {load}" for topic, load in loads.items())
    return "\n".join(
        (
            f"- Day: {day}. Load of the machine before each topic, of {os.cpu_count()} cores: {load}.",
            f"- Machine: {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.machine()}.",
            f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {postgresql}.",
        )
    )


def document(lines: Iterable[Result | Row], facts: str) -> str:
    """The whole page."""
    lines = list(lines)
    results = [line for line in lines if isinstance(line, Result)]
    roadmap = own_table([line for line in lines if isinstance(line, Row) and line.table == "roadmap"])
    return PAGE.format(facts=facts, table=table(results), roadmap=roadmap)
