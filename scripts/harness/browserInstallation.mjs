// Finds a Chromium or Chrome, else makes a private copy without root: from the package registry, else from the
// system's packages. Run alone: node scripts/harness/browserInstallation.mjs
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { cachedFolder, root } from "./cache.mjs";

const source = join(root, "scripts", "harness", "browser");
const keyFiles = ["package.json", "package-lock.json"].map((name) => join(source, name));

const installed = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/microsoft-edge",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** Path of the browser that CHROMIUM_PATH names or that is installed; undefined where there is none. */
export function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
  return named ?? installed.find((path) => existsSync(path));
}

/**
 * `{ executable, env }` of a browser that runs here. Order: CHROMIUM_PATH, an installed browser, a private copy
 * from the registry, a private copy from the Debian packages. EQUIPOISE_BROWSER=registry|debian forces a copy.
 */
export async function browserInstallation() {
  const forced = process.env.EQUIPOISE_BROWSER;
  const executable = forced ? undefined : findBrowser();
  if (executable) return { executable, env: {} };
  const problems = [];
  for (const [name, copy] of [
    ["registry", copyFromRegistry],
    ["debian", copyFromDebian],
  ]) {
    if (forced && forced !== name) continue;
    try {
      return await copy();
    } catch (problem) {
      problems.push(`${name}: ${problem.message}`);
    }
  }
  throw new Error(
    `No Chromium or Chrome found, and no private copy could be made (${problems.join("; ")}).\n` +
      "Install one (Debian, Ubuntu: sudo apt-get install --no-install-recommends chromium) or set CHROMIUM_PATH.",
  );
}

async function copyFromRegistry() {
  const folder = await registryCopy();
  const fonts = [join(folder, "fonts"), join(folder, "node_modules", "dejavu-fonts-ttf", "ttf")];
  return checked(join(folder, "chromium"), {
    LD_LIBRARY_PATH: join(folder, "lib"),
    FONTCONFIG_FILE: fontConfiguration(folder, fonts),
  });
}

/** The folder of a private Chromium from the package registry, with its fonts and its software Vulkan. */
export async function registryCopy() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(`no package for ${process.platform} ${process.arch}`);
  return cachedFolder("browser", keyFiles, (half) => {
    console.log("Unpacking a private Chromium from the package registry once; this takes about 15 seconds.");
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(join(source, file), join(half, file));
    command(
      "npm",
      ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error"],
      half,
    );
    const bin = join(half, "node_modules", "@sparticuz", "chromium", "bin");
    const inflated = (name) => brotliDecompressSync(readFileSync(join(bin, name)));
    writeFileSync(join(half, "chromium"), inflated("chromium.br"), { mode: 0o755 });
    for (const name of ["al2023", "fonts", "swiftshader"]) {
      writeFileSync(join(half, `${name}.tar`), inflated(`${name}.tar.br`));
      command("tar", ["xf", `${name}.tar`], half);
    }
  });
}

async function copyFromDebian() {
  if (!existsSync("/usr/bin/apt-get")) throw new Error("apt-get is not there");
  const folder = await cachedFolder("browser-debian", keyFiles, (half) => {
    console.log("Unpacking a private Chromium from Debian packages once; this takes about a minute.");
    // Lists and archives of our own: no root is needed, and the system's stay as they are.
    for (const name of ["lists/partial", "archives/partial", "root"])
      mkdirSync(join(half, name), { recursive: true });
    const apt = [
      "-o",
      `Dir::State::Lists=${half}/lists`,
      "-o",
      `Dir::Cache=${half}`,
      "-o",
      "Debug::NoLocking=1",
      "-qq",
    ];
    command("apt-get", [...apt, "update"], half);
    const packages = ["chromium", "fonts-dejavu-core"];
    command(
      "apt-get",
      [...apt, "install", "--yes", "--download-only", "--no-install-recommends", ...packages],
      half,
    );
    const archives = join(half, "archives");
    for (const file of readdirSync(archives).filter((name) => name.endsWith(".deb")))
      command("dpkg", ["-x", join(archives, file), join(half, "root")], half);
  });
  const inRoot = (path) => join(folder, "root", path);
  const triple = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return checked(inRoot("usr/lib/chromium/chromium"), {
    LD_LIBRARY_PATH: [`usr/lib/${triple}`, `lib/${triple}`, `usr/lib/${triple}/pulseaudio`]
      .map(inRoot)
      .join(":"),
    FONTCONFIG_FILE: fontConfiguration(folder, [inRoot("usr/share/fonts")]),
  });
}

function fontConfiguration(folder, fonts) {
  const file = join(folder, "equipoise-fonts.conf");
  const folders = [...fonts, "/usr/share/fonts"].map((path) => `<dir>${path}</dir>`).join("");
  const prefer = (family, first) =>
    `<alias><family>${family}</family><prefer><family>${first}</family></prefer></alias>`;
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}` +
      `<cachedir>${folder}/font-cache</cachedir>` +
      `${prefer("monospace", "DejaVu Sans Mono")}${prefer("sans-serif", "DejaVu Sans")}</fontconfig>`,
  );
  return file;
}

/** Starts it once, so that a missing library is told here and not in the middle of a test. */
function checked(executable, env) {
  const { status, stderr, error } = spawnSync(executable, ["--version"], { env: { ...process.env, ...env } });
  if (status !== 0)
    throw new Error(`${executable} does not start: ${error?.message ?? String(stderr).trim()}`);
  return { executable, env };
}

function command(name, parameters, cwd) {
  const { status, stdout, stderr, error } = spawnSync(name, parameters, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${name} ${parameters[0]}: ${error?.message ?? `${stdout}${stderr}`.trim().slice(-400)}`);
}

if (process.argv[1] === import.meta.filename) console.log((await browserInstallation()).executable);
