// Renders the demo store's pictures once: Fluent Emoji colour drawings to 1024 px WebP on a transparent ground.
import { mkdir, readFile, writeFile, copyFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "fixtures", "media", "demo");
const require = createRequire(import.meta.url);
const icons = require("@iconify-json/fluent-emoji/icons.json");
const version = require("@iconify-json/fluent-emoji/package.json").version;
const names = JSON.parse(await readFile(path.join(here, "demo-pictures.json"), "utf8"));
const LIMIT = 20 * 1024;
const SIZE = 1024;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const rows = [];
for (const [name, emoji] of Object.entries(names).sort()) {
  const icon = icons.icons[emoji];
  const side = icon.width ?? icons.width ?? 32;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${SIZE}" height="${SIZE}" viewBox="0 0 ${side} ${side}">${icon.body}</svg>`;
  const png = new Resvg(svg, { fitTo: { mode: "width", value: SIZE } }).render().asPng();
  let webp;
  for (let quality = 82; quality >= 10; quality -= 6) {
    webp = await sharp(png).webp({ quality, alphaQuality: Math.min(70, quality + 10), effort: 6, smartSubsample: true }).toBuffer();
    if (webp.length < LIMIT) break;
  }
  if (webp.length >= LIMIT) throw new Error(`${name}: ${webp.length} bytes`);
  await writeFile(path.join(out, `${name}.webp`), webp);
  rows.push(`| \`${name}.webp\` | ${emoji.replaceAll("-", " ")} | ${webp.length} |`);
}

const license = await readFile(path.join(here, "licenses", "fluent-emoji.txt"), "utf8");
await writeFile(path.join(out, "LICENSE"), license);
await writeFile(
  path.join(out, "README.md"),
  `# Demo pictures\n\n${rows.length} drawings from Microsoft Fluent Emoji (colour set ${version}, MIT, see LICENSE), each ` +
    `${SIZE} × ${SIZE} px WebP under 20 KB on a transparent ground. The tinted tile behind a picture comes from CSS.\n` +
    "Rewritten by `make assets` from `assets/demo-pictures.json`.\n\n| file | drawing | bytes |\n| --- | --- | --- |\n" +
    `${rows.join("\n")}\n`,
);
console.log(`${rows.length} pictures`);
