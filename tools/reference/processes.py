"""docs/reference/processes.md: states and steps of everything that a process moves, from the process files."""

import os

import django

from tenglong.domain.access.policy import holders
from tenglong.domain.access.roles import roles
from tenglong.domain.kernel.process import Process, Step
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Processes

Drawn from the process files by `make docs`; do not edit. How to write one:
[how-to/add-process.md](../how-to/add-process.md). The life of a case is [states.md](states.md).

A step without “from” begins the matter. “Not by” names whose own work it approves, “only by” to whom it is left.
"""


def page() -> str:
    """A section for each process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
    from tenglong.queries.matters import processes

    return markdown.page(HEAD, *(part for process in processes().values() for part in section(process)))


def section(process: Process) -> list[str | list[str]]:
    """Its states, and its steps with who may take them."""
    states = [
        [code(state.id), state.zh, state.en, code(state.look_of), "✓" if state.final else ""]
        for state in process.states.values()
    ]
    steps = ["step", "中文", "from", "to", "roles", "not by", "only by", "must come with it"]
    return [
        f"## {process.en} {code(process.id)}",
        markdown.table(["state", "中文", "English", "look of", "final"], states),
        markdown.table(steps, [step_row(step) for step in process.steps.values()]),
    ]


def step_row(step: Step) -> list[str]:
    """One line of the table of steps."""
    with_it = [
        *(["reason"] if step.reason else []),
        *([f"{step.files} file"] if step.files else []),
        *([f"within {step.within} working days"] if step.within else []),
    ]
    return [
        code(step.id),
        step.zh,
        ", ".join(step.sources),
        ", ".join(step.to),
        ", ".join(holders(step, roles())),
        ", ".join(step.not_by),
        ", ".join(step.only_by),
        ", ".join(with_it),
    ]
