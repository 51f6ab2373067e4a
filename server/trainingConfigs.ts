/** Training configurations of the workspace that a loss can be inserted into. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "#engine/targets/target.ts";
import type { House } from "./features/feature.ts";
import { pathOf } from "./files.ts";

/** A recognised configuration: in the editor where it is open, else as on disk. */
export interface TrainingConfig {
  readonly path: string;
  readonly text: string;
  readonly target: Target;
}

const configName = /\.(?:py|ya?ml|[cm]?js|jsx)$/i;
/** Longer files are no configurations. */
const longest = 500_000;
/** What is looked at: configurations lie at the top or in a folder of their own, not deep among sources. */
const deepest = 3;
const mostFiles = 400;
/** Milliseconds for which a search is good; lightbulbs ask several times a second. */
const freshness = 5_000;

const searches = new WeakMap<House, { readonly at: number; readonly found: Promise<string[]> }>();

/** The recognised configurations: open ones first, then those in the workspace folders. */
export async function trainingConfigs(house: House): Promise<TrainingConfig[]> {
  const open = house.open.all().flatMap(({ uri }) => pathOf(uri) ?? []);
  const paths = new Set([...open, ...(await search(house))]);
  return recognised([...paths], house);
}

async function recognised(paths: readonly string[], house: House): Promise<TrainingConfig[]> {
  const configs = await Promise.all(paths.map((path) => configAt(path, house)));
  return configs.filter((config) => config !== undefined);
}

/** Whether a path has the name of a configuration; its text decides. */
export function mayBeConfig(path: string): boolean {
  return configName.test(path);
}

/** The configuration at a path; undefined where it is none. */
export async function configAt(path: string, house: House): Promise<TrainingConfig | undefined> {
  if (!configName.test(path)) return undefined;
  const text = house.open.get(house.uriOf(path))?.getText() ?? (await textOf(path));
  if (text === undefined) return undefined;
  const { openTarget } = await import("#engine/targets/configurations.ts");
  const target = await openTarget(path, text);
  return target && { path, text, target };
}

/** Paths of recognised files in the workspace folders, as they were a few seconds ago. */
function search(house: House): Promise<string[]> {
  const last = searches.get(house);
  if (last && Date.now() - last.at < freshness) return last.found;
  const found = configFiles(house.folders())
    .then((files) => recognised(files, house))
    .then((configs) => configs.map(({ path }) => path));
  searches.set(house, { at: Date.now(), found });
  return found;
}

async function configFiles(folders: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  let level = [...folders];
  for (let depth = 0; depth <= deepest && files.length < 4 * mostFiles; depth++) {
    const below: string[] = [];
    for (const folder of level.slice(0, mostFiles)) {
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && !/^\.|^(?:node_modules|__pycache__|site-packages)$/.test(entry.name))
          below.push(path);
        else if (entry.isFile() && configName.test(entry.name)) files.push(path);
      }
    }
    level = below;
  }
  // Scripts of the web are many, and few of them train.
  const rank = (path: string): number => Number(/js.?$/i.test(path));
  return files.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostFiles);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).size > longest ? undefined : await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
