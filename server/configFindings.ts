/** What is said about a training configuration: settings that do not do what they say, and counts that changed. */
import { dirname } from "node:path";
import type { Places } from "#engine/targets/installed.ts";
import type { ConfigFinding } from "#engine/targets/traps/traps.ts";
import { linkOf } from "./configLink.ts";
import type { House } from "./features/feature.ts";
import { folderOf, pathOf } from "./files.ts";
import { relativePath } from "./fixes/projectEdits.ts";
import { configAt, mayBeConfig } from "./trainingConfigs.ts";

/** A configuration that is open, with what was found in it. */
export interface CheckedConfig {
  readonly path: string;
  readonly text: string;
  readonly findings: readonly ConfigFinding[];
}

/** Where the framework of a configuration is looked for. */
export function frameworkPlaces(path: string, house: House): Places {
  const root = folderOf(path, house.folders());
  const environment = house.environment();
  return {
    ...(root !== undefined && { root }),
    ...(environment !== undefined && { environment }),
  };
}

/** The findings of an open document; undefined where it is no training configuration. */
export async function checkedConfig(
  uri: string,
  house: House,
  signal?: AbortSignal,
): Promise<CheckedConfig | undefined> {
  const path = pathOf(uri);
  const text = house.open.get(uri)?.getText();
  if (path === undefined || text === undefined || !mayBeConfig(path)) return undefined;
  const { findTraps, isTrapFile } = await import("#engine/targets/configurations.ts");
  if (!isTrapFile(path, text)) return undefined;
  const config = await configAt(path, house);
  const link = config && (await linkOf(config, house, signal));
  const context = {
    ...(link && {
      classes: link.view.classes,
      manifest: relativePath(dirname(path), link.manifest.path),
    }),
    places: frameworkPlaces(path, house),
  };
  return { path, text, findings: await findTraps(path, text, context) };
}
