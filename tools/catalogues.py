"""Compiles the message catalogues without the gettext tools, so that a fresh machine needs only Python.

Sentences are written in Simplified Chinese in the source (docs/adr/0004), so that language needs no
catalogue. English is translated by people in locale/en; Traditional Chinese is derived here. The labels of
the rule files, which carry their English beside them, join the compiled catalogues: `gettext(label)` works.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib

from tenglong.web.traditional import traditional

SOURCE = Path(__file__).resolve().parents[1] / "src/tenglong"
LOCALE = SOURCE / "web/locale"


def rule_labels(value: Any) -> Iterator[tuple[str, str]]:
    """Each pair `zh` and `en`, `x_zh` and `x_en`, or `x` and `x_en`, of a rule file: Chinese and English."""
    if isinstance(value, dict):
        for key, text in value.items():
            english = value.get("en" if key == "zh" else f"{key.removesuffix('_zh')}_en")
            if isinstance(text, str) and isinstance(english, str):
                yield text, english
            yield from rule_labels(text)
    elif isinstance(value, list):
        for item in value:
            yield from rule_labels(item)


def english_catalogue() -> polib.POFile:
    """What people translated, and the labels of the rule files that are not sentences of the source too."""
    path = LOCALE / "en/LC_MESSAGES/django.po"
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.metadata |= {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    known = {entry.msgid for entry in catalogue if not entry.msgctxt}
    for rules in sorted(SOURCE.rglob("*.toml")):
        for chinese, english in rule_labels(tomllib.loads(rules.read_text(encoding="utf-8"))):
            if chinese not in known:
                known.add(chinese)
                catalogue.append(polib.POEntry(msgid=chinese, msgstr=english))
    return catalogue


def derive_traditional(english: polib.POFile) -> polib.POFile:
    """The same messages, each translated by `traditional`."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Language": "zh_Hant",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for entry in english:
        if entry.msgid_plural:
            plural = entry.msgid_plural
            words = {"msgid_plural": plural, "msgstr_plural": {0: traditional(plural)}}
        else:
            words = {"msgstr": traditional(entry.msgid)}
        catalogue.append(polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, **words))
    return catalogue


def compile_all() -> None:
    """Write every .mo file that the site loads."""
    english = english_catalogue()
    for language, catalogue in (("en", english), ("zh_Hant", derive_traditional(english))):
        target = LOCALE / language / "LC_MESSAGES/django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save_as_mofile(str(target))


if __name__ == "__main__":
    compile_all()
