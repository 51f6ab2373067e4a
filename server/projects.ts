/** The equipoise.yaml files around manifests: which one is in force, what it says, where a new one goes. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Baseline, baselineName, parseBaseline } from "#engine/project/baseline.ts";
import { type ParsedProject, parseProject } from "#engine/project/parse.ts";
import type { Project } from "#protocol/project.ts";
import { isInside, pathOf, uriOf } from "./files.ts";

/** The name that a new file gets, then others that are read too. */
const projectFileNames = ["equipoise.yaml", "equipoise.yml"] as const;
/** Folders above a manifest that are looked into where no workspace folder ends the search. */
const furthestFolder = 4;

/** One equipoise.yaml as it is now: in the editor where it is open, else on disk. */
export interface ProjectFile extends ParsedProject {
  readonly path: string;
  readonly uri: string;
  readonly text: string;
}

/** What the search needs to know of the editor. */
export interface Surroundings {
  /** The text of an open document; undefined where it is not open. */
  openText(path: string): { readonly uri: string; readonly text: string } | undefined;
  /** Absolute paths of the workspace folders. */
  folders(): readonly string[];
  log(problem: unknown): void;
}

export interface Projects {
  /** The project file at a path, parsed; undefined where there is none. */
  read(path: string): Promise<ProjectFile | undefined>;
  /** The same by URI; undefined too for a document that is in no file. */
  readUri(uri: string): Promise<ProjectFile | undefined>;
  /** The project file in force for a manifest: the nearest one upwards, inside its workspace folder. */
  of(manifest: string): Promise<ProjectFile | undefined>;
  /**
   * Where the settings for a manifest belong: the file in force, else a new one at the workspace folder; beside the
   * manifest where the file in force is about another one.
   */
  target(manifest: string): Promise<{ readonly path: string; readonly present?: ProjectFile }>;
  /** The findings that are accepted around a file, by the nearest baseline upwards; undefined where there is none. */
  baseline(file: string): Promise<Baseline | undefined>;
  /** Where the accepted findings of a file belong, with the text that is there. */
  baselineTarget(file: string): Promise<{ readonly path: string; readonly text?: string }>;
}

interface FoundFile {
  readonly path: string;
  readonly text: string;
}

export function projectsIn(surroundings: Surroundings): Projects {
  /** Looks that began at this very moment, as a hover has several: nothing can have changed between them. */
  const looks = new Map<string, Promise<FoundFile | undefined>>();

  async function read(path: string): Promise<ProjectFile | undefined> {
    const text = await textAt(path);
    return text === undefined ? undefined : parsed(path, text);
  }

  function parsed(path: string, text: string): ProjectFile {
    const uri = surroundings.openText(path)?.uri ?? uriOf(path);
    return { path, uri, text, ...parseProject(text) };
  }

  function rootOf(manifest: string): string | undefined {
    const folders = surroundings.folders().filter((folder) => isInside(manifest, folder));
    return folders.toSorted((a, b) => b.length - a.length)[0];
  }

  async function of(manifest: string): Promise<ProjectFile | undefined> {
    const found = await nearest(manifest, projectFileNames);
    return found && parsed(found.path, found.text);
  }

  async function textAt(path: string): Promise<string | undefined> {
    return surroundings.openText(path)?.text ?? (await readText(path));
  }

  /** Of these files the one in the nearest folder upwards, the first name first. */
  function nearest(file: string, names: readonly string[]): Promise<FoundFile | undefined> {
    const key = JSON.stringify([file, names]);
    const begun = looks.get(key) ?? look(file, names);
    looks.set(key, begun);
    queueMicrotask(() => looks.delete(key));
    return begun;
  }

  async function look(file: string, names: readonly string[]): Promise<FoundFile | undefined> {
    const paths = foldersAbove(file, rootOf(file)).flatMap((folder) =>
      names.map((name) => join(folder, name)),
    );
    // Asked for together, as each wait for the disk is long while a large file is read.
    const texts = await Promise.all(paths.map(textAt));
    const files = paths.map((path, i) => ({ path, text: texts[i] }));
    return files.find((each): each is FoundFile => each.text !== undefined);
  }

  async function baselineTarget(file: string): Promise<{ readonly path: string; readonly text?: string }> {
    const [found, project] = await Promise.all([nearest(file, [baselineName]), of(file)]);
    if (found) return found;
    const root = rootOf(file);
    return { path: join(project ? dirname(project.path) : (root ?? dirname(file)), baselineName) };
  }

  return {
    read,
    baselineTarget,
    async baseline(file) {
      const { path, text } = await baselineTarget(file);
      if (text === undefined) return undefined;
      try {
        return parseBaseline(path, text);
      } catch (problem) {
        // A half-typed or foreign file accepts nothing; findings are shown again, which is seen.
        surroundings.log(problem);
        return undefined;
      }
    },
    async readUri(uri) {
      const path = pathOf(uri);
      return path === undefined ? undefined : read(path);
    },
    of,
    async target(manifest) {
      const present = await of(manifest);
      if (!present) return { path: join(rootOf(manifest) ?? dirname(manifest), projectFileNames[0]) };
      const named = manifestOf(present);
      const another =
        named !== undefined && named !== manifest && dirname(present.path) !== dirname(manifest);
      if (another) return { path: join(dirname(manifest), projectFileNames[0]) };
      return { path: present.path, present };
    },
  };
}

/** The manifest that a project file names, as an absolute path; undefined where it names none. */
export function manifestOf(file: { readonly path: string; readonly project?: Project }): string | undefined {
  const named = file.project?.manifest;
  return named === undefined ? undefined : resolve(dirname(file.path), named);
}

/** Whether a document holds accepted findings. */
export function isBaseline(uri: string): boolean {
  return basename(pathOf(uri) ?? uri) === baselineName;
}

/** Whether a document is an equipoise.yaml. */
export function isProjectFile(uri: string): boolean {
  const name = basename(pathOf(uri) ?? uri);
  return projectFileNames.some((known) => known === name);
}

function foldersAbove(file: string, root: string | undefined): string[] {
  const folders = [dirname(file)];
  while (folders.length <= (root === undefined ? furthestFolder : 64)) {
    const last = folders.at(-1) ?? file;
    const parent = dirname(last);
    if (last === root || parent === last) break;
    folders.push(parent);
  }
  return folders;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // No such file, or none that can be read: then no settings are in force.
    return undefined;
  }
}
