// Builds the front end into panlearn/web/static/build: names carry a hash of their content, manifest.json maps plain
// names to them, and the server sends them with a year of cache. `--watch` rebuilds; `--tests` bundles the unit tests.
import { build, context } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const out = resolve(here, "../static/build");
const src = (name) => join(here, "src", name);
const styles = (name) => join(here, "styles", name);

/** What both the site and the tests need: Node's `path` and the style sheets of CodeMirror, made fit for a browser with a strict policy. */
const shims = {
  name: "shims",
  setup(plugin) {
    plugin.onResolve({ filter: /^path$/ }, () => ({ path: src("shims/path.ts") }));
    plugin.onResolve({ filter: /^style-mod$/ }, (args) =>
      args.importer.endsWith("style-sheets.ts") ? undefined : { path: src("shims/style-sheets.ts") },
    );
  },
};

const shared = {
  bundle: true,
  sourcemap: false,
  charset: "utf8",
  target: ["es2022"],
  logLevel: "warning",
  metafile: true,
  absWorkingDir: root,
  plugins: [shims],
};

/** KaTeX names each font in three forms; every browser we serve reads the first. */
const oneFont = {
  name: "one-font",
  setup(plugin) {
    plugin.onLoad({ filter: /katex\/dist\/katex\.css$/ }, async (args) => ({
      contents: (await readFile(args.path, "utf8")).replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(['"](?:woff|truetype)['"]\)/g, ""),
      loader: "css",
    }));
  },
};

/** The pages' scripts: modules that share chunks, loaded after the text is there. */
const scripts = {
  ...shared,
  entryPoints: ["app", "lesson", "landing", "catalogue", "teach", "preview"].map((name) => src(`${name}.ts`)),
  format: "esm",
  splitting: true,
  minify: true,
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[name]-[hash]",
};

/** The one script that runs before the first paint: it sets the theme, so that nothing flashes. */
const early = { ...shared, entryPoints: [src("theme.ts")], format: "iife", minify: true, outdir: out, entryNames: "[name]-[hash]" };

const sheets = {
  ...shared,
  entryPoints: [styles("app.css"), styles("katex.css")],
  minify: true,
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  plugins: [oneFont],
};

/** Plain name -> built name, for entries and for files (fonts) that a page may preload. */
function manifestOf(metafiles) {
  const names = {};
  for (const { outputs } of metafiles) {
    for (const [path, output] of Object.entries(outputs)) {
      const built = basename(path);
      const inputs = Object.keys(output.inputs);
      const plain = output.entryPoint ? basename(output.entryPoint).replace(/\.ts$/, ".js") : inputs.length === 1 ? basename(inputs[0]) : "";
      if (plain && !built.startsWith("chunk-")) names[plain] = built;
    }
  }
  return names;
}

async function writeManifest(metafiles, folder) {
  const names = { ...manifestOf(metafiles), ...(await copyAssets(folder)) };
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(Object.fromEntries(Object.entries(names).sort()), null, 1)}\n`);
}

/** Files that are served as they are. */
async function copyAssets(folder) {
  const names = {};
  for (const name of await readdir(join(here, "assets"))) {
    const body = await readFile(join(here, "assets", name));
    const [, stem, end] = /^(.*)(\.[^.]+)$/.exec(name);
    names[name] = `${stem}-${createHash("sha256").update(body).digest("hex").slice(0, 8).toUpperCase()}${end}`;
    await writeFile(join(folder, names[name]), body);
  }
  return names;
}

/** Builds beside the old build and swaps at the end, so that a running server never sees half of one. */
async function buildSite() {
  const fresh = `${out}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const results = await Promise.all([scripts, early, sheets].map((options) => build({ ...options, outdir: fresh })));
  await writeManifest(results.map((result) => result.metafile), fresh);
  await rm(out, { recursive: true, force: true });
  await rename(fresh, out);
  report(results);
}

function report(results) {
  for (const { metafile } of results) {
    for (const [path, output] of Object.entries(metafile.outputs)) {
      if (output.entryPoint) console.log(`${basename(path).padEnd(32)} ${(output.bytes / 1024).toFixed(1).padStart(8)} KiB`);
    }
  }
}

async function watchSite() {
  const metafiles = [];
  const contexts = await Promise.all(
    [scripts, early, sheets].map((options, index) => {
      const note = {
        name: "manifest",
        setup: (plugin) =>
          plugin.onEnd(async (result) => {
            if (!result.metafile) return;
            metafiles[index] = result.metafile;
            if (metafiles.filter(Boolean).length === 3) await writeManifest(metafiles, out);
          }),
      };
      return context({ ...options, plugins: [...options.plugins, note] });
    }),
  );
  await Promise.all(contexts.map((one) => one.watch()));
  console.log("watching");
}

async function buildTests() {
  const folder = join(here, "tests");
  const target = join(root, "dist/frontend-tests");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".test.ts"));
  await rm(target, { recursive: true, force: true });
  await build({
    ...shared,
    entryPoints: names.map((name) => join(folder, name)),
    format: "esm",
    platform: "node",
    external: ["node:*"],
    outdir: target,
  });
}

const task = process.argv.includes("--tests") ? buildTests : process.argv.includes("--watch") ? watchSite : buildSite;
await task();
