"""docs/reference/commands.md: the `tenglong` commands, from their own parsers."""

import argparse
import os
from collections.abc import Iterator

import django

from tenglong.cli.topics import TOPICS, parser_of
from tenglong.domain.kernel import errors
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Commands

Drawn from the parsers of `src/tenglong/cli` by `make docs`; do not edit. `make run` and `make test` put
`tenglong` into `.venv/bin`. Every command reads the [settings](settings.md) of the environment and acts as
the person at the machine, who holds the database anyway: it sees every territory. `python -m django` with
`DJANGO_SETTINGS_MODULE=tenglong.config.settings` gives Django's own commands, such as `migrate`.
"""


def page() -> str:
    """Every command with its options, then the exit codes."""
    parts: list[str | list[str]] = [HEAD]
    for prog, about, parser in commands(parser_of_tenglong()):
        parts += [f"## {prog}", about]
        if rows := [list(option_row(action)) for action in options(parser)]:
            parts.append(markdown.table(["option", "meaning", "default"], rows))
    return markdown.page(*parts, "## Exit codes", exit_codes())


def parser_of_tenglong() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
    return parser_of(TOPICS)


def commands(
    parser: argparse.ArgumentParser, about: str = ""
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Every command that does something, with what it does in a line."""
    deeds = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not deeds:
        yield parser.prog, about, parser
    for deed in deeds:
        helps = {choice.dest: choice.help or "" for choice in deed._choices_actions}
        for name, inner in deed.choices.items():
            yield from commands(inner, helps[name])


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The options and arguments of a command, without --help."""
    return [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]


def option_row(action: argparse.Action) -> Iterator[str]:
    """One option: how it is written, what it means, what it is when left out."""
    name = ", ".join(action.option_strings) or action.dest
    choices = f" {{{','.join(map(str, action.choices))}}}" if action.choices else ""
    value = "" if choices or action.nargs == 0 or not action.option_strings else f" {action.dest.upper()}"
    yield code(name + choices + value)
    yield action.help or ""
    unset = action.default in (None, False, []) or action.default is argparse.SUPPRESS
    yield "required" if action.required else "" if unset else code(action.default)


def exit_codes() -> list[str]:
    """0 and 1, then those of the exception tree."""
    kinds: list[type[errors.UserError]] = [errors.UserError, *errors.UserError.__subclasses__()]
    told = {kind.exit_code: (kind.__doc__ or "").splitlines()[0] for kind in reversed(kinds)}
    rows = [
        ["0", "Done."],
        ["1", "Something is broken or does not hold (`ledger verify`, `bulletin reissue`)."],
    ]
    return markdown.table(
        ["code", "meaning"], [*rows, *([str(number), told[number]] for number in sorted(told))]
    )
