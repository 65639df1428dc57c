// Rewrites style sheets in place so that a Chromium of the given version understands them: styles.mjs VERSION FILE…
import { readFileSync, writeFileSync } from "node:fs";
import { transform } from "lightningcss";

const [version, ...files] = process.argv.slice(2);
const targets = { chrome: Number(version) << 16 }; // lightningcss packs major, minor and patch into one number

for (const file of files) {
  const { code } = transform({ filename: file, code: readFileSync(file), minify: true, targets });
  writeFileSync(file, code);
}
