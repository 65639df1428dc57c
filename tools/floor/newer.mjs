// Makes newer.toml of the data that MDN publishes: features of pages by the first Chromium that knows them.
// By hand, when the table is to be renewed: npm install --no-save @mdn/browser-compat-data && node tools/floor/newer.mjs > tools/floor/newer.toml
import { createRequire } from "node:module";

const mdn = createRequire(import.meta.url)("@mdn/browser-compat-data");
const SINCE = 80; // what was there earlier is of no interest
const NEVER = Infinity; // no Chromium: missing in new ones as in old ones

// Interfaces whose members a page may use; those of other worlds (payments, devices, audio) would only lengthen the table.
const INTERFACES =
  /^(Window|Document|DocumentFragment|Element|HTML\w*|SVG\w*Element|Node|NodeList|EventTarget|\w*Event|DOM\w*|Response|Request|Headers|FormData|URL|URLSearchParams|Abort\w+|Blob|File\w*|Navigator|Storage|History|Location|Range|Selection|ShadowRoot|Crypto|SubtleCrypto|\w+Observer|Text|CharacterData|Attr|Clipboard\w*|Intl|MediaQueryList|Animation\w*|Readable\w+|Writable\w+|Transform\w+|Text(En|De)coder\w*)$/;

function since(entry) {
  const stated = entry?.__compat?.support?.chrome;
  const plain = [stated].flat().filter((one) => one && !one.flags && !one.prefix && !one.alternative_name);
  const versions = plain.map((one) => (Number(one.version_added) || NEVER));
  return versions.length ? Math.min(...versions) : NEVER;
}

const children = (entry) => Object.entries(entry ?? {}).filter(([name]) => name !== "__compat");
const isWord = (name) => /^[a-z][a-z0-9-]*$/i.test(name);

class Table {
  constructor() {
    this.earliest = new Map();
  }

  add(name, entry) {
    if (entry.__compat) this.earliest.set(name, Math.min(since(entry), this.earliest.get(name) ?? NEVER));
    return this;
  }

  print(title) {
    const byVersion = new Map();
    for (const [name, version] of this.earliest)
      if (version > SINCE && version !== NEVER) byVersion.set(version, [...(byVersion.get(version) ?? []), name]);
    console.log(`\n[${title}]`);
    for (const version of [...byVersion.keys()].sort((a, b) => a - b))
      console.log(`${version} = ${JSON.stringify(byVersion.get(version).sort())}`);
  }
}

const properties = new Table(), values = new Table(), functions = new Table(), pseudos = new Table();
const rules = new Table(), medias = new Table(), globals = new Table(), members = new Table();
const elements = new Table(), attributes = new Table();

for (const [property, entry] of children(mdn.css.properties)) {
  properties.add(property, entry);
  for (const [value, inner] of children(entry))
    if (isWord(value) && since(inner) > since(entry)) values.add(`${property}: ${value}`, inner);
}
for (const [type, entry] of children(mdn.css.types)) {
  if (!(type in entry)) functions.add(type, entry); // color() is a function of the type color
  for (const [name, inner] of children(entry)) if (isWord(name)) functions.add(name, inner);
}
for (const [name, entry] of children(mdn.css.selectors)) pseudos.add(name, entry);
for (const [name, entry] of children(mdn.css["at-rules"])) {
  rules.add(name, entry);
  if (name === "media") for (const [feature, inner] of children(entry)) if (isWord(feature)) medias.add(feature, inner);
}
for (const [name, entry] of children(mdn.javascript.builtins)) {
  globals.add(name, entry);
  for (const [member, inner] of children(entry)) {
    members.add(member, inner);
    if (name === "Intl") for (const [deeper, last] of children(inner)) members.add(deeper, last);
  }
}
for (const [name, entry] of children(mdn.api)) {
  globals.add(name, entry);
  if (INTERFACES.test(name)) for (const [member, inner] of children(entry)) if (isWord(member)) members.add(member.replace(/_(static|event)$/, ""), inner);
  if (name === "Window") for (const [member, inner] of children(entry)) if (isWord(member)) globals.add(member, inner);
}
for (const [name, entry] of children(mdn.html.elements)) {
  elements.add(name, entry);
  for (const [attribute, inner] of children(entry)) if (isWord(attribute)) attributes.add(attribute, inner);
}
for (const [attribute, entry] of children(mdn.html.global_attributes)) if (isWord(attribute)) attributes.add(attribute, entry);

// What has a name of several words there, or several names here.
const lengths = mdn.css.types.length;
const VIEWPORT = ["vw", "vh", "vi", "vb", "vmin", "vmax"];
const UNITS = {
  viewport_percentage_units_dynamic: VIEWPORT.map((unit) => `d${unit}`),
  viewport_percentage_units_small: VIEWPORT.map((unit) => `s${unit}`),
  viewport_percentage_units_large: VIEWPORT.map((unit) => `l${unit}`),
  container_query_length_units: ["cqw", "cqh", "cqi", "cqb", "cqmin", "cqmax"],
};
for (const [name, units] of Object.entries(UNITS)) for (const unit of units) functions.add(unit, lengths[name]);
const { selectors, types } = mdn.css, { classes, operators, builtins, regular_expressions: patterns } = mdn.javascript;
const syntax = new Table()
  .add("nesting", selectors.nesting)
  .add("list in :not()", selectors.not.selector_list)
  .add("of in :nth-child()", selectors["nth-child"].of_syntax)
  .add("range of a media query", mdn.css["at-rules"].media.range_syntax)
  .add("relative colour", types.color.rgb.relative_syntax)
  .add("static block", classes.static.initialization_blocks)
  .add("#private in", classes.private_class_fields_in)
  .add("await outside of functions", operators.await.top_level)
  .add("flag d of a pattern", builtins.RegExp.hasIndices)
  .add("flag v of a pattern", builtins.RegExp.unicodeSets)
  .add("using", mdn.javascript.statements.using);

console.log("# Features of styles, scripts and pages, by the first Chromium that knows them. Made by newer.mjs, never edited.");
console.log(`source = "MDN browser-compat-data ${mdn.__meta.version} (CC0), ${mdn.__meta.timestamp.slice(0, 10)}"`);
for (const [title, table] of Object.entries({ properties, values, functions, pseudos, rules, medias, syntax, globals, members, elements, attributes }))
  table.print(title);
