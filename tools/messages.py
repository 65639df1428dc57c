"""Collects every sentence of the source into locale/en/LC_MESSAGES/django.po, keeping the translations.

    python tools/messages.py            rewrites the catalogue
    python tools/messages.py --check    changes nothing; fails when a sentence is missing from it or too many

Read from Python: msg("…") in the domain, _("…"), gettext and its kin elsewhere; also what reaches them through
a name, a conditional or a function that hands its own parameter on. Read from templates: translate,
blocktranslate and _("…"). What is nowhere written out cannot be translated: `Source.unknown` tells it.
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

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.ClassDef

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


class Module:
    """One file: its calls, and what its names stand for in the function where they are used."""

    def __init__(self, source: str):
        tree = ast.parse(source)
        nodes = list(ast.walk(tree))
        self.calls = [node for node in nodes if isinstance(node, ast.Call)]
        self._inside: dict[ast.AST, Scope] = {}
        for scope in nodes:
            if isinstance(scope, Scope):
                self._inside |= dict.fromkeys(ast.walk(scope), scope)
        self._values: dict[tuple[Scope | None, str], list[ast.expr]] = {}
        self._top = {alias.asname or alias.name for node in nodes for alias in _imported(node)}
        for node in nodes:
            for name, value in _assigned(node):
                self._values.setdefault((self.scope(node), name), []).append(value)
                self._top |= {name} if node not in self._inside else set()

    def scope(self, node: ast.AST) -> Scope | None:
        """The innermost function or class around `node`."""
        return self._inside.get(node)

    def values(self, name: str, scope: Scope | None) -> list[ast.expr]:
        """What `name` is given in `scope`, else at the top of the file."""
        return self._values.get((scope, name)) or self._values.get((None, name), [])

    def called(self, call: ast.Call) -> str:
        """The name of what is called; "" for a function of a module, such as `messages.error` of Django."""
        if isinstance(call.func, ast.Attribute):
            owner = call.func.value
            foreign = isinstance(owner, ast.Name) and owner.id in self._top
            return "" if foreign else call.func.attr
        return call.func.id if isinstance(call.func, ast.Name) else ""


class Source:
    """Files read together: a constant or a function of one is known in all."""

    def __init__(self, files: dict[str, str]):
        self._modules = {name: Module(source) for name, source in files.items()}
        self._says = dict.fromkeys(SINGULAR, 0)
        while self._learn():
            pass

    def _learn(self) -> bool:
        """Whether another function turned out to hand a parameter of its own on as a sentence."""
        known = len(self._says)
        for module, call, template in self._said():
            scope = module.scope(call)
            names = _parameters(scope)
            if scope and isinstance(template, ast.Name) and template.id in names:
                self._says.setdefault(scope.name, names.index(template.id))
        return len(self._says) > known

    def _said(self) -> Iterator[tuple[Module, ast.Call, ast.expr]]:
        for module in self._modules.values():
            for call in module.calls:
                place = self._says.get(module.called(call))
                if place is not None and place < len(call.args):
                    yield module, call, call.args[place]

    def sentences(self) -> Iterator[tuple[str, Sentence]]:
        """Every sentence, with the file that says it."""
        for file, module in self._modules.items():
            for call in module.calls:
                for sentence in self._of(module, call):
                    yield file, sentence

    def _of(self, module: Module, call: ast.Call) -> Iterator[Sentence]:
        scope, name = module.scope(call), module.called(call)
        place = self._says.get(name)
        if place is not None and place < len(call.args):
            yield from (Sentence(t) for t in self._texts(call.args[place], module, scope) if t)
        elif (name in PLURAL or name in CONTEXT) and len(call.args) > 1:
            first, second = ([t for t in self._texts(a, module, scope) if t] for a in call.args[:2])
            for one in first:
                for other in second:
                    yield Sentence(one, plural=other) if name in PLURAL else Sentence(other, context=one)

    def unknown(self) -> list[str]:
        """The calls that say something which is nowhere written out: nobody could translate it."""
        return [
            ast.unparse(call)
            for module, call, template in self._said()
            if None in self._texts(template, module, module.scope(call))
        ]

    def _texts(self, node: ast.expr, module: Module, scope: Scope | None) -> Iterator[str | None]:
        """The texts that an expression may stand for; None for each that is not written out."""
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp():
                yield from self._texts(node.body, module, scope)
                yield from self._texts(node.orelse, module, scope)
            case ast.Name(id=name) if scope and name in _parameters(scope):
                if scope.name not in self._says:
                    yield None
            case ast.Name(id=name):
                values = module.values(name, scope)
                for value in values:
                    yield from self._texts(value, module, scope)
                if not values:
                    yield from self._constant(name)
            case ast.Attribute(attr="template"):  # of a Message: msg() has made it
                pass
            case ast.Call() if module.called(node) in self._says:
                pass
            case _:
                yield None

    def _constant(self, name: str) -> Iterator[str | None]:
        """A text that the file imports."""
        homes = [(module, module.values(name, None)) for module in self._modules.values()]
        found = [(module, value) for module, values in homes for value in values]
        for module, value in found:
            yield from self._texts(value, module, None)
        if not found:
            yield None


def _parameters(scope: Scope | None) -> list[str]:
    """The names of positional parameters, as a call without `self` counts them."""
    given = [*scope.args.posonlyargs, *scope.args.args] if isinstance(scope, Function) else []
    names = [argument.arg for argument in given]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value


def _imported(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


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


def python_source() -> Source:
    """All Python files of the program."""
    paths = sorted(SOURCE.rglob("*.py"))
    return Source({str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths})


def collect() -> dict[Sentence, set[str]]:
    """Every sentence, with the files it stands in."""
    found: dict[Sentence, set[str]] = {}
    for file, sentence in python_source().sentences():
        found.setdefault(sentence, set()).add(file)
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".html", ".txt") and "templates" in path.parts:
            for sentence in from_template(path.read_text(encoding="utf-8")):
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
