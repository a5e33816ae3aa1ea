// Copies fonts, icons, the chart library and the accessibility checker to their places and notes their hashes.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, "..");
const require = createRequire(import.meta.url);
const manifest = [];

const from = (...parts) => path.join(here, "node_modules", ...parts);
const version = (name) => require(`${name}/package.json`).version;

async function put(target, data, source, license) {
  const file = path.join(root, target);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, data);
  const sha256 = createHash("sha256").update(data).digest("hex");
  manifest.push({ path: target, sha256, bytes: data.length, package: source, version: version(source), license });
  return sha256;
}

// Fonts, cut to the weights that the pages use: half the bytes of the whole files. The rupee sign is missing in
// the Latin files, so the currency block is a cut of its own (1 KB instead of the 85 of latin-ext).
const span = (first, last) => Array.from({ length: last - first + 1 }, (_, step) => first + step);
const LATIN = [...span(0x20, 0xff), 0x131, 0x152, 0x153, 0x2bb, 0x2bc, 0x2c6, 0x2da, 0x2dc, ...span(0x2000, 0x206f),
  0x2122, 0x2191, 0x2193, 0x2212, 0x2215, 0xfeff, 0xfffd];
const LATIN_EXT = [...span(0x100, 0x2ff), ...span(0x1d00, 0x1eff), ...span(0x2c60, 0x2c7f), ...span(0xa720, 0xa7ff)];
const CURRENCY = span(0x20a0, 0x20c0);
const FONTS = [
  ["inter", "@fontsource-variable/inter", { wght: { min: 400, max: 700 } }],
  ["bricolage-grotesque", "@fontsource-variable/bricolage-grotesque", { wght: 700 }],
];
for (const [name, source, variationAxes] of FONTS) {
  for (const [part, from_file, points] of [["latin", "latin", LATIN], ["latin-ext", "latin-ext", LATIN_EXT], ["currency", "latin-ext", CURRENCY]]) {
    const whole = await readFile(from(source, "files", `${name}-${from_file}-wght-normal.woff2`));
    const cut = await subsetFont(whole, String.fromCodePoint(...points), { targetFormat: "woff2", variationAxes });
    await put(`static/fonts/${name}-${part}.woff2`, cut, source, "OFL-1.1");
  }
  await put(`static/fonts/${name}-LICENSE.txt`, await readFile(from(source, "LICENSE")), source, "OFL-1.1");
}

// Icons: only those used, without the wrapper's class, so the tag can add its own.
await rm(path.join(root, "static/icons"), { recursive: true, force: true });
for (const name of JSON.parse(await readFile(path.join(here, "icons.json"), "utf8")).sort()) {
  const svg = await readFile(from("lucide-static", "icons", `${name}.svg`), "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
  const lean =
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" ' +
    `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</svg>\n`;
  await put(`static/icons/${name}.svg`, Buffer.from(lean), "lucide-static", "ISC");
}
await put("static/icons/LICENSE", await readFile(from("lucide-static", "LICENSE")), "lucide-static", "ISC");

// Charts: the unmodified file.
const charts = await readFile(from("echarts", "dist", "echarts.min.js"));
const chartsHash = await put("static/vendor/echarts/echarts.min.js", charts, "echarts", "Apache-2.0");
await put("static/vendor/echarts/LICENSE", await readFile(from("echarts", "LICENSE")), "echarts", "Apache-2.0");
await put("static/vendor/echarts/NOTICE", await readFile(from("echarts", "NOTICE")), "echarts", "Apache-2.0");
await put("static/vendor/echarts/VERSION", Buffer.from(`${version("echarts")}\n`), "echarts", "Apache-2.0");
await put("static/vendor/echarts/SHA256SUMS", Buffer.from(`${chartsHash}  echarts.min.js\n`), "echarts", "Apache-2.0");

// The accessibility checker is a test asset, never served.
await put("tests/browser/vendor/axe.min.js", await readFile(from("axe-core", "axe.min.js")), "axe-core", "MPL-2.0");
await put("tests/browser/vendor/axe-LICENSE.txt", await readFile(from("axe-core", "LICENSE")), "axe-core", "MPL-2.0");

const pictures = path.join(root, "fixtures/media/demo");
for (const name of (await readdir(pictures)).filter((name) => name.endsWith(".webp") || name === "LICENSE").sort()) {
  await put(`fixtures/media/demo/${name}`, await readFile(path.join(pictures, name)), "@iconify-json/fluent-emoji", "MIT");
}

await writeFile(path.join(root, "static/vendor/MANIFEST.json"), `${JSON.stringify(manifest, null, 1)}\n`);

const notes = {
  "@fontsource-variable/bricolage-grotesque": ["Bricolage Grotesque, headings", "static/fonts/"],
  "@fontsource-variable/inter": ["Inter, text", "static/fonts/"],
  "@iconify-json/fluent-emoji": ["Microsoft Fluent Emoji, demo pictures", "fixtures/media/demo/"],
  "axe-core": ["axe-core, accessibility checks in tests", "tests/browser/vendor/"],
  echarts: ["Apache ECharts, report charts, unmodified", "static/vendor/echarts/"],
  "lucide-static": ["Lucide, icons", "static/icons/"],
};
const licenses = Object.fromEntries(manifest.map((row) => [row.package, row.license]));
const rows = Object.entries(notes).map(
  ([name, [what, where]]) => `| ${what} | ${name} | ${version(name)} | ${licenses[name]} | \`${where}\` |`,
);
await writeFile(
  path.join(root, "THIRD_PARTY.md"),
  "# Third-party files in this repository\n\n" +
    "Each keeps its licence text beside it; `static/vendor/MANIFEST.json` has the hash of every file and a test checks them.\n" +
    "Written by `make assets`. htmx is served from the django-htmx package and is not copied here. Python packages are listed in `requirements/`.\n\n" +
    "| what | package | version | licence | where |\n| --- | --- | --- | --- | --- |\n" +
    `${rows.join("\n")}\n`,
);
console.log(`${manifest.length} files`);
