"""Collects every sentence of the source into locale/en/LC_MESSAGES/django.po, keeping the translations.

    python tools/messages.py            rewrites the catalogue
    python tools/messages.py --check    changes nothing; fails when a sentence is missing from it or too many

Read from Python: msg("…") in the domain, _("…"), gettext and its kin elsewhere. Read from templates:
translate, blocktranslate and _("…"). Only literal sentences count: a variable cannot be translated.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/tenglong"
CATALOGUE = SOURCE / "web/locale/en/LC_MESSAGES/django.po"

SINGULAR = {"msg", "_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}

_LITERAL = r"""(?:"([^"]*)"|'([^']*)')"""
_TRANSLATE = re.compile(rf"^trans(?:late)?\s+{_LITERAL}(?:.*?\scontext\s+{_LITERAL})?")
_UNDERSCORE = re.compile(rf"_\({_LITERAL}\)")
_BLOCK = re.compile(r"^blocktrans(?:late)?\b")
_BLOCK_END = re.compile(r"^endblocktrans(?:late)?$")


class Sentence(NamedTuple):
    """What gettext looks a translation up by."""

    msgid: str
    plural: str = ""
    context: str | None = None


def from_python(source: str) -> Iterator[Sentence]:
    """The sentences of a Python file; one given through a local name counts too."""
    tree = ast.parse(source)
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).extend(literals(node.value, {}))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [literals(argument, named) for argument in node.args[:2]]
        if name in SINGULAR and texts:
            yield from map(Sentence, texts[0])
        elif name in PLURAL and len(texts) == 2:
            yield from (Sentence(one, plural=many) for one in texts[0] for many in texts[1])
        elif name in CONTEXT and len(texts) == 2:
            yield from (Sentence(text, context=context) for context in texts[0] for text in texts[1])


def literals(node: ast.expr, named: dict[str, list[str]]) -> list[str]:
    """The texts that an expression may stand for, as far as it is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body, named) + literals(node.orelse, named)
    return named.get(node.id, []) if isinstance(node, ast.Name) else []


def from_template(source: str) -> Iterator[Sentence]:
    """The sentences of a template, spelled as Django's tags look them up (percent signs doubled)."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        if token.token_type == TokenType.BLOCK and _BLOCK.match(token.contents):
            yield block_sentence(token, tokens)
            continue
        if found := _TRANSLATE.match(token.contents):
            double, single, *context = found.groups()
            yield Sentence((double or single).replace("%", "%%"), context=context[0] or context[1])
        for double, single in _UNDERSCORE.findall(token.contents):
            yield Sentence((double or single).replace("%", "%%"))


def block_sentence(opening: Token, tokens: Iterator[Token]) -> Sentence:
    """The sentence of one blocktranslate, whose opening tag has just been read."""
    forms = [""]
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            if _BLOCK_END.match(token.contents):
                break
            forms.append("")
        elif token.token_type == TokenType.VAR:
            forms[-1] += f"%({token.contents})s"
        elif token.token_type == TokenType.TEXT:
            forms[-1] += token.contents.replace("%", "%%")
    if re.search(r"\btrimmed\b", opening.contents):
        forms = [trim_whitespace(form) for form in forms]
    context = re.search(rf"\bcontext\s+{_LITERAL}", opening.contents)
    return Sentence(
        forms[0],
        plural=forms[1] if len(forms) > 1 else "",
        context=(context[1] or context[2]) if context else None,
    )


def collect() -> dict[Sentence, set[str]]:
    """Every sentence, with the files it stands in."""
    found: dict[Sentence, set[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py":
            sentences = from_python(path.read_text(encoding="utf-8"))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            sentences = from_template(path.read_text(encoding="utf-8"))
        else:
            continue
        for sentence in sentences:
            found.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))
    return found


def build(old: polib.POFile, sentences: dict[Sentence, set[str]]) -> polib.POFile:
    """A catalogue of exactly `sentences`, translated as far as `old` knows."""
    known = {(e.msgctxt, e.msgid): e for e in old if not e.fuzzy and not e.obsolete}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.header = "English. Rewritten by `make messages`: only the msgstr lines are written by hand."
    catalogue.metadata = {
        "Language": "en",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for sentence, files in sorted(sentences.items(), key=lambda item: (min(item[1]), item[0].msgid)):
        before = known.get((sentence.context, sentence.msgid))
        entry = polib.POEntry(msgid=sentence.msgid, msgctxt=sentence.context, msgid_plural=sentence.plural)
        entry.occurrences = [(name, "") for name in sorted(files)]
        if sentence.plural:
            entry.msgstr_plural = (before.msgstr_plural if before else None) or {0: "", 1: ""}
        else:
            entry.msgstr = before.msgstr if before else ""
        catalogue.append(entry)
    return catalogue


def main(*, check: bool) -> int:
    """Rewrite the catalogue, or say what is out of date; the exit code."""
    old = polib.pofile(str(CATALOGUE), wrapwidth=110) if CATALOGUE.exists() else polib.POFile()
    new = build(old, collect())
    if check:
        if CATALOGUE.exists() and str(new) != str(old):
            print("the message catalogue is out of date: run 'make messages' and translate what is new")
            return 1
        return 0
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(CATALOGUE))
    untranslated = sum(not entry.translated() for entry in new)
    print(f"{len(new)} sentences, {untranslated} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
