"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; a bar inside a cell is escaped, a line break becomes a space."""
    return [_line(header), _line(["---"] * len(header)), *map(_line, rows)]


def code(text: object) -> str:
    """`text` as code, nothing where there is none."""
    return f"`{text}`" if text not in ("", None) else ""


def page(*parts: str | Iterable[str]) -> str:
    """A page from lines and lists of lines, an empty line between any two parts."""
    blocks = (part if isinstance(part, str) else "\n".join(part) for part in parts)
    return "\n\n".join(block.strip("\n") for block in blocks) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
