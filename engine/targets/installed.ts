/**
 * Which version of a framework training will use: the packages of the Python environment, else exact pins of lock and
 * requirements files. Looks at files alone; no Python is run.
 */
import { readFileSync, statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** A framework as it was found. */
export interface Installed {
  readonly version: string;
  /** Folder of the packages, or file that pins the version. */
  readonly from: string;
  /** The text of a file of the package; undefined where its files are not here, or this one is none of them. */
  read?(file: string): string | undefined;
}

/** Where to look besides the folders of a configuration. */
export interface Places {
  /** The uppermost folder that is looked at. */
  readonly root?: string;
  /** The selected Python environment: its folder, or its interpreter. */
  readonly environment?: string;
}

const localEnvironments = [".venv", "venv", "env", ".env", ".conda"];
const pinFile =
  /^(?:(?:uv|poetry|pdm|Pipfile)\.lock|pyproject\.toml|(?:requirements|constraints)[\w.-]*\.txt|environment\.ya?ml)$/;
const mostFolders = 8;
/** A lock file of a large project has a few megabytes. */
const longestPins = 8e6;
const longestSource = 2e6;
/** Milliseconds for which an answer is good; findings are asked for while somebody types. */
const freshness = 10_000;

const answers = new Map<string, { readonly at: number; readonly found: Promise<Installed | undefined> }>();

/** What a configuration would train with, by the names of its package; undefined where nothing says. */
export function installedFor(
  packages: readonly string[],
  path: string,
  places: Places = {},
): Promise<Installed | undefined> {
  const key = JSON.stringify([packages, dirname(resolve(path)), places]);
  const last = answers.get(key);
  if (last && Date.now() - last.at < freshness) return last.found;
  const found = search(packages, path, places);
  if (answers.size > 200) answers.clear();
  answers.set(key, { at: Date.now(), found });
  return found;
}

async function search(
  packages: readonly string[],
  path: string,
  { root, environment }: Places,
): Promise<Installed | undefined> {
  const folders = foldersAbove(path, root);
  const environments = [
    ...(environment === undefined ? [] : [folderOfEnvironment(environment)]),
    ...folders.flatMap((folder) => localEnvironments.map((name) => join(folder, name))),
  ];
  for (const each of environments) {
    const found = await inEnvironment(packages, each);
    if (found) return found;
  }
  for (const folder of folders) {
    const found = await pinnedIn(packages, folder);
    if (found) return found;
  }
  return undefined;
}

function foldersAbove(path: string, root: string | undefined): string[] {
  const folders = [dirname(resolve(path))];
  for (let i = 0; i < mostFolders; i++) {
    const last = folders.at(-1) ?? "/";
    if (last === root || dirname(last) === last) break;
    folders.push(dirname(last));
  }
  return folders;
}

/** The folder of an environment that is named by its interpreter (`bin/python`, `Scripts/python.exe`) or by itself. */
function folderOfEnvironment(environment: string): string {
  const name = /[\\/](?:bin|Scripts)[\\/]python[\w.]*$/i.exec(environment);
  if (name) return environment.slice(0, name.index);
  return /[\\/]python[\w.]*$/i.test(environment) ? dirname(environment) : environment;
}

async function inEnvironment(packages: readonly string[], folder: string): Promise<Installed | undefined> {
  const libraries = await readdir(join(folder, "lib")).catch(() => []);
  const candidates = [
    ...libraries
      .filter((name) => name.startsWith("python"))
      .map((name) => join(folder, "lib", name, "site-packages")),
    join(folder, "Lib", "site-packages"),
  ];
  for (const packagesFolder of candidates) {
    const names = await readdir(packagesFolder).catch(() => []);
    for (const name of packages) {
      const version = names
        .map((each) => metadataOf(each))
        .find((each) => each?.name === normal(name))?.version;
      if (version !== undefined)
        return { version, from: packagesFolder, read: (file) => sourceIn(packagesFolder, file) };
    }
  }
  return undefined;
}

/** Name and version of `mmdet-3.3.0.dist-info` and `detectron2-0.6-py3.10.egg-info`. */
function metadataOf(folder: string): { readonly name: string; readonly version: string } | undefined {
  const match = /^(.+?)-(\d[^-]*)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(folder);
  return match?.[1] !== undefined && match[2] !== undefined
    ? { name: normal(match[1]), version: match[2] }
    : undefined;
}

/** Names of packages are the same whatever their case and separators. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function sourceIn(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  try {
    return statSync(path).size > longestSource ? undefined : readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

async function pinnedIn(packages: readonly string[], folder: string): Promise<Installed | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => pinFile.test(name));
  // What was resolved says more than what was asked for.
  for (const name of names.toSorted((a, b) => Number(b.endsWith(".lock")) - Number(a.endsWith(".lock")))) {
    const path = join(folder, name);
    const size = await stat(path)
      .then((file) => file.size)
      .catch(() => Number.POSITIVE_INFINITY);
    if (size > longestPins) continue;
    const text = await readFile(path, "utf8").catch(() => "");
    for (const each of packages) {
      const version = pinOf(text, each);
      if (version !== undefined) return { version, from: path };
    }
  }
  return undefined;
}

/** The one version of a package that a text of requirements, a lock file or a project file allows; undefined else. */
export function pinOf(text: string, packageName: string): string | undefined {
  const name = packageName.replace(/[-_.]+/g, "[-_.]+");
  const version = String.raw`(\d[\w.+!]*)`;
  const forms = [
    // requirements.txt, environment.yml, lists in pyproject.toml
    `^[ \\t]*(?:-[ \\t]+)?["']?${name}(?:\\[[^\\]]*\\])?[ \\t]*={1,3}[ \\t]*${version}(?=[\\s"',;#=]|$)`,
    // uv.lock, poetry.lock, pdm.lock
    `^name = "${name}"\\r?\\nversion = "${version}"`,
    // Pipfile.lock
    `"${name}":[ \\t]*\\{[^{}]*"version":[ \\t]*"==${version}"`,
    // pyproject.toml of Poetry
    `^${name}[ \\t]*=[ \\t]*["']={0,2}${version}["']`,
  ];
  for (const form of forms) {
    const found = new RegExp(form, "im").exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a version comes before another, by the numbers at its start: 3.0.0rc6 is 3.0.0 here. */
export function isBefore(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbersOf(version: string): number[] {
  const [numbers = ""] = /^[\d.]+/.exec(version) ?? [];
  return numbers.split(".").filter(Boolean).map(Number);
}
