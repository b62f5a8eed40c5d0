// Bundles src/<widget>/index.ts into static/<widget>.js: one self-contained ES module per widget, readable, committed.
// The course's live cards, which are no widget of their own, are bundled from src/card/live.ts into ../course/live.js.
//   node build.mjs            write src/*/messages.ts (what Python declares), then build
//   node build.mjs --check    compare both with what is committed and hold the size limit
//   node build.mjs --test     bundle src/**/*.test.ts and run them (Node 20 does not strip types)
//   node build.mjs --tool <entry.ts> <out.mjs>   bundle a command-line tool for node
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const LIMIT = 120_000; // bytes per bundle: the text travels with every displayed widget
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const root = join(here, "..", "..");
const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  loader: { ".css": "text" },
  legalComments: "none",
};

const widgets = () =>
  readdirSync(source)
    .filter((name) => existsSync(join(source, name, "index.ts")))
    .sort();

/** A Python that can read the declarations of the messages; undefined where there is none. */
function python() {
  const modern = "import sys; sys.exit(sys.version_info < (3, 11))";
  const known = [process.env.PYTHON, join(root, ".venv", "bin", "python"), "python3", "python"];
  return known.filter(Boolean).find((command) => spawnSync(command, ["-c", modern]).status === 0);
}

/** Write the messages that Python declares as TypeScript, or with --check compare; true where all is well. */
function messages(...options) {
  const command = python();
  if (!command)
    console.warn(
      "no Python 3.11 or newer: src/*/messages.ts not compared with what Python declares",
    );
  const tool = join(root, "tools", "widget_messages.py");
  return !command || spawnSync(command, [tool, ...options], { stdio: "inherit" }).status === 0;
}

async function bundles() {
  const entryPoints = widgets().map((name) => ({
    in: join(source, name, "index.ts"),
    out: `widgets/static/${name}`,
  }));
  entryPoints.push({ in: join(source, "card", "live.ts"), out: "course/live" });
  const options = {
    ...shared,
    entryPoints,
    outdir: dirname(here),
    absWorkingDir: here,
    write: false,
  };
  return (await build(options)).outputFiles;
}

async function check() {
  const stale = [];
  for (const file of await bundles()) {
    const name = relative(root, file.path);
    const same = existsSync(file.path) && readFileSync(file.path, "utf8") === file.text;
    if (!same) stale.push(`${name} is not what its source gives: npm run build, then commit it`);
    if (file.contents.length > LIMIT)
      stale.push(`${name} has ${file.contents.length} bytes, more than ${LIMIT}`);
  }
  const known = new Set(widgets().map((name) => `${name}.js`));
  for (const name of readdirSync(join(here, "static")))
    if (!known.has(name)) stale.push(`static/${name} has no source`);
  stale.forEach((line) => console.error(line));
  return messages("--check") && stale.length === 0;
}

async function test() {
  const outdir = join(root, "build", "widget-tests");
  rmSync(outdir, { recursive: true, force: true });
  const files = readdirSync(source, { recursive: true }).filter((name) =>
    name.endsWith(".test.ts"),
  );
  const entryPoints = files.map((name) => join(source, name));
  await build({
    ...shared,
    entryPoints,
    outdir,
    outbase: source,
    outExtension: { ".js": ".mjs" },
    platform: "node",
  });
  const out = files.map((name) => join(outdir, name.replace(/\.ts$/, ".mjs")));
  return (
    spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...out], {
      stdio: "inherit",
      cwd: root,
    }).status === 0
  );
}

async function tool(entry, out) {
  mkdirSync(dirname(resolve(out)), { recursive: true });
  await build({ ...shared, entryPoints: [entry], outfile: out, platform: "node" });
  return true;
}

async function write() {
  messages();
  mkdirSync(join(here, "static"), { recursive: true });
  for (const file of await bundles()) {
    writeFileSync(file.path, file.text);
    console.log(`${basename(file.path)}: ${file.contents.length} bytes`);
  }
  return check();
}

const [command, ...rest] = process.argv.slice(2);
const commands = { "--check": check, "--test": test, "--tool": () => tool(...rest) };
const run = command === undefined ? write : commands[command];
if (!run) throw new Error(`build.mjs knows --check, --test and --tool, not ${command}`);
process.exit((await run()) ? 0 : 1);
