"""Which features of styles, scripts and pages are told to be newer than Chromium 86, in small pieces of them."""

import pytest

from tools.floor.markup import in_markup
from tools.floor.scripts import in_script
from tools.floor.styles import in_style

NEWER_STYLES = {
    "a { color: oklch(60% .1 200) }": {"oklch()"},
    "a { background: color-mix(in oklab, var(--x) 20%, transparent) }": {"color-mix()"},
    "a { color: red; color: light-dark(var(--x), blue) }": {"light-dark()"},
    ":root { --x: red; --x: lab(50% 0 0) }": {"lab()"},
    "a:has(b) { color: red }": {":has()"},
    ":is(a, b) c { color: red }": {":is()"},
    "a:not(.b, .c) { color: red }": {"list in :not()"},
    "li:nth-child(2 of .a) { color: red }": {"of in :nth-child()"},
    "a { color: red; &:hover { color: blue } }": {"nesting"},
    "a { color: red; b { color: blue } }": {"nesting"},
    "@layer base { a { inset: 0 } }": {"@layer", "inset"},
    "@container (width > 3px) { a { height: 50dvh } }": {"@container", "unit dvh"},
    "@media (width >= 30em) { a { color: red } }": {"range of a media query"},
    "@media (forced-colors: active) { a { color: red } }": {"@media forced-colors"},
    "a { aspect-ratio: 1; overflow: clip; padding-inline: 1px }": {
        "aspect-ratio",
        "overflow: clip",
        "padding-inline",
    },
    "a { width: calc(1px * sin(1)); color: rgb(from red r g b) }": {"sin()", "relative colour"},
    "@supports (display: grid) { a { inset: 0 } }": {"inset"},
    "@supports not (color: lab(0 0 0)) { a { inset: 0 } }": {"inset"},
    "a:hover { color: red } b:has(c) { color: blue }": {":has()"},
}
OLD_STYLES = [
    "a { color: red; color: lab(50% 0 0) }",
    "a { -webkit-print-color-adjust: exact; print-color-adjust: exact }",
    ":-webkit-any(a, b) { color: red } :is(a, b) { color: red }",
    "@supports (color: color(display-p3 0 0 0)) { a { color: color(display-p3 0 0 0) } a { inset: 0 } }",
    "@media (min-width: 30em) { a:not(.b):focus-visible { gap: 1px; width: min(1px, 2vw); color: rgb(0 0 0 / 15%) } }",
    'a[href*=":has(x)"]::after { content: "oklch(1)"; background: url("inset.svg") }',
    "/* inset: 0 */ a { border-style: inset; margin-inline-start: 1px }",
]
NEWER_SCRIPTS = {
    "const last = rows.at(-1)": {".at"},
    "const { findLast } = rows": {".findLast"},
    "structuredClone(x)": {"structuredClone"},
    "class A { static { f() } }": {"static block"},
    "class A { #a; has(b) { return #a in b } }": {"#private in"},
    "await f()": {"await outside of functions"},
    "for await (const a of b) f(a)": {"await outside of functions"},
    "const p = /a/v": {"flag v of a pattern"},
    "Object.hasOwn(a, 'b')": {".hasOwn"},
    "a.toSorted()": {".toSorted"},
}
OLD_SCRIPTS = [
    "let a; a ??= b?.c ?? 1_000; a ||= 'x'.replaceAll('a', 'b')",
    "async function f() { await g(); for await (const a of b) g(a) }",
    "class A { #a = 1; static b = 2; has() { return this.#a } }",
    "function f(structuredClone) { return structuredClone }",
    "// rows.at(-1)\nconst a = '.at(' + `structuredClone`",
]
MARKUP = {
    '<div popover inert style="inset: 0">': {"popover=", "inert=", "inset"},
    "<search></search>": {"<search>"},
    '<details open style="color: red"><input type="date" hidden></details>': set(),
}


@pytest.mark.parametrize("text", NEWER_STYLES)
def test_a_newer_feature_of_a_style_is_found(text):
    assert {found.feature for found in in_style(text)} == NEWER_STYLES[text]


@pytest.mark.parametrize("text", OLD_STYLES)
def test_what_chromium_86_understands_or_passes_over_safely_is_left_alone(text):
    assert in_style(text) == []


@pytest.mark.parametrize("text", NEWER_SCRIPTS)
def test_a_newer_feature_of_a_script_is_found(text):
    assert {found.feature for found in in_script(text)} == NEWER_SCRIPTS[text]


@pytest.mark.parametrize("text", OLD_SCRIPTS)
def test_what_chromium_86_runs_is_left_alone(text):
    assert in_script(text) == []


@pytest.mark.parametrize("text", MARKUP)
def test_newer_elements_and_attributes_are_found(text):
    assert {found.feature for found in in_markup(text)} == MARKUP[text]


def test_a_line_is_told():
    assert [(found.line, found.since) for found in in_style("a {\n color: red;\n inset: 0 }")] == [(3, 87)]


def test_a_script_that_cannot_be_read_is_no_good_script():
    with pytest.raises(ValueError, match="parsed"):
        in_script("let = = 3")
