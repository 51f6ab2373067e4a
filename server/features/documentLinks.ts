/** Links from an equipoise.yaml to the files that it names, and from a class in it to its first place. */
import { dirname, resolve } from "node:path";
import type { DocumentLink } from "vscode-languageserver";
import { fieldAt } from "#engine/project/schema.ts";
import type { Place } from "#protocol/analysis.ts";
import type { Project } from "#protocol/project.ts";
import { firstPlace } from "../firstPlace.ts";
import { isProjectFile, manifestOf, type ProjectFile } from "../projects.ts";
import { priorClass } from "../settingAt.ts";
import { toRange } from "../toLsp.ts";
import { mainView } from "../viewFacts.ts";
import type { Feature, House } from "./feature.ts";

export const documentLinks: Feature = {
  capabilities: { documentLinkProvider: { resolveProvider: true } },
  register(connection, house) {
    connection.onDocumentLinks(
      house.answer(null, async ({ textDocument: { uri } }) => {
        const file = isProjectFile(uri) ? await house.projects.readUri(uri) : undefined;
        return file ? [...linksIn(file, house.uriOf), ...classLinks(file)] : null;
      }),
    );
    connection.onDocumentLinkResolve((link, token) => {
      const resolve = house.answer<DocumentLink, DocumentLink>(link, (one, signal) =>
        resolved(one, house, signal),
      );
      return resolve(link, token);
    });
  },
};

/** One link for each path in the file. */
function linksIn(file: ProjectFile, uriOf: (path: string) => string): DocumentLink[] {
  return namedFiles(file).map(({ place, path }) => ({ range: toRange(place), target: uriOf(path) }));
}

/** A class that a link leads to; where that is, only the manifest tells. */
interface ClassLink {
  readonly manifest: string;
  readonly name: string;
}

function classLinks(file: ProjectFile): DocumentLink[] {
  const manifest = manifestOf(file);
  if (manifest === undefined) return [];
  return [...file.places].flatMap(([setting, { key }]) => {
    const name = priorClass(setting);
    return name ? [{ range: toRange(key), data: { manifest, name } satisfies ClassLink }] : [];
  });
}

async function resolved(link: DocumentLink, house: House, signal: AbortSignal): Promise<DocumentLink> {
  const data = link.data as ClassLink | undefined;
  if (!data) return link;
  const known = await house.documents.known(house.uriOf(data.manifest), { signal });
  const found = mainView(known?.analysis)?.classes.find(({ name }) => name === data.name);
  const place = known && found && (await firstPlace(known.uri, found.index, house));
  if (!place) return { ...link, target: house.uriOf(data.manifest) };
  const { line, character } = place.range.start;
  return { ...link, target: `${place.uri}#L${line + 1},${character + 1}` };
}

/** The file that the value of a setting names; undefined where it names none. */
export function fileOfSetting(file: ProjectFile, setting: string): string | undefined {
  const place = file.places.get(setting)?.value;
  return namedFiles(file).find((one) => one.place === place)?.path;
}

/** Absolute paths of the files that an equipoise.yaml names. */
export function filesIn(file: ProjectFile): string[] {
  return namedFiles(file).map(({ path }) => path);
}

function namedFiles({
  path,
  project,
  places,
}: ProjectFile): { readonly place: Place; readonly path: string }[] {
  return [...places].flatMap(([setting, { value }]) => {
    const keys = setting.split(".");
    const named = project && fieldAt(keys, undefined)?.kind === "path" ? valueAt(project, keys) : undefined;
    return named === undefined ? [] : [{ place: value, path: resolve(dirname(path), named) }];
  });
}

function valueAt(project: Project, keys: readonly string[]): string | undefined {
  let value: unknown = project;
  for (const key of keys) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  return typeof value === "string" ? value : undefined;
}
