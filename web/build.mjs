// Builds what pages load into the Python package: the editor as one file, the projected map, and the notices of
// all that went into them. The output folder is emptied first; manifest.json tells what was built, and of what.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT = join(HERE, "..", "src", "acagraph", "web", "built");
const MAP = join(HERE, "src", "world.mjs");
// The projected map is of their data and code, which no bundle names.
const OF_THE_MAP = ["d3-array", "d3-geo", "i18n-iso-countries", "internmap", "topojson-client", "world-atlas"];
const NOTICES = "THIRD-PARTY-NOTICES.txt";

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(BUILT, { recursive: true });
const bundled = await build({
  absWorkingDir: HERE,
  entryPoints: { editor: "src/editor/main.mjs" },
  outdir: BUILT,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});
const files = {};
for (const [path, output] of Object.entries(bundled.metafile.outputs)) {
  if (output.entryPoint) files["editor.js"] = path.split("/").pop();
}
const packages = new Set(
  Object.keys(bundled.metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
);
if (existsSync(MAP)) {
  execFileSync(process.execPath, [MAP, join(BUILT, "world.json")], { cwd: HERE, stdio: "inherit" });
  files["world.json"] = "world.json";
  OF_THE_MAP.forEach((name) => packages.add(name));
}
writeFileSync(join(BUILT, NOTICES), [...packages].sort().map(notice).join(`\n${"=".repeat(80)}\n\n`));
files[NOTICES] = NOTICES;
writeFileSync(join(BUILT, "manifest.json"), `${JSON.stringify({ sources: sources(), files }, null, 1)}\n`);
for (const name of Object.values(files)) {
  const body = readFileSync(join(BUILT, name));
  console.log(`${name}: ${body.length} bytes, ${gzipSync(body, { level: 9 }).length} compressed`);
}

// hatch_build.py computes the same to tell whether what is built is of these sources.
function sources() {
  const digest = createHash("sha256");
  for (const path of ["build.mjs", "package-lock.json", "package.json", ...below("src")].sort()) {
    digest.update(`${createHash("sha256").update(readFileSync(join(HERE, path))).digest("hex")}  ${path}\n`);
  }
  return digest.digest("hex");
}

function below(folder) {
  return readdirSync(join(HERE, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

// The licence of a package, which has to go with its code.
function notice(name) {
  const folder = join(HERE, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (!texts.length) throw new Error(`${name} has no licence file; its notice has to be written by hand`);
  return `${name} ${version} (${license})\n\n${texts.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n")}\n`;
}
