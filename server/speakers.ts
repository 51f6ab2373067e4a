/** Who has something to say, and when: manifests after each scan, settings files after each change around them. */
import type { CountsSoFar, Finding } from "#protocol/analysis.ts";
import type { Known, Scan } from "./documents.ts";
import { filesIn } from "./features/documentLinks.ts";
import type { House } from "./features/feature.ts";
import { keyOf, pathOf } from "./files.ts";
import { longFile } from "./progress.ts";
import { isProjectFile, manifestOf, type ProjectFile } from "./projects.ts";
import { findingsOfConfig, findingsOfManifest, findingsOfProject, findingsSoFar } from "./shownFindings.ts";

/** Milliseconds between two findings of a file that is read. */
const pace = 1000;

export interface Speakers {
  /** Has said what there is to say of an open document in its present state. */
  ask(uri: string, signal: AbortSignal): Promise<void>;
  manifest(known: Known): Promise<void>;
  /** What can be said of a long file that nothing is known of, while it is read. */
  reading(scan: Scan): void;
  /** What an open training configuration has to say; nothing any more where it is closed or none. */
  config(uri: string): Promise<void>;
  /** The same for all that are open, as the data behind them changed. */
  configs(): Promise<void>;
  project(uri: string, file: ProjectFile | undefined): Promise<void>;
  /** The settings files that are about a manifest. */
  projectsOf(known: Known): Promise<void>;
  all(): Promise<void>;
  /** A file came to the disk or went from it. */
  disk(path: string): Promise<void>;
  gone(uri: string): void;
}

/** Speakers that `post` what each document says. */
export function createSpeakers(
  house: House,
  post: (owner: string, findings: readonly Finding[]) => void,
): Speakers {
  const projects = new Map<string, ProjectFile>();

  async function project(uri: string, file: ProjectFile | undefined): Promise<void> {
    const key = keyOf(uri);
    if (file) projects.set(key, file);
    else projects.delete(key);
    const findings = file ? await findingsOfProject(file, house) : [];
    // Of two checks under way at once, the one of the newer text has the say.
    if (projects.get(key) === file) post(uri, findings);
  }

  async function manifest(known: Known): Promise<void> {
    const findings = await findingsOfManifest(known, house);
    if (house.documents.latest(known.uri) !== known) return;
    post(known.uri, findings);
    const file = await house.projects.of(known.path);
    // A mistake in settings that are in force is told, also where nobody has opened them.
    if (file && known.analysis && !projects.has(keyOf(file.uri))) await project(file.uri, file);
  }

  function reading({ uri, watch, done }: Scan): void {
    const path = pathOf(uri);
    if (path === undefined) return;
    let next = 0;
    let reads = true;
    const say = async (part: number, counts: CountsSoFar): Promise<void> => {
      const findings = await findingsSoFar(path, part, counts, house);
      if (reads && !house.documents.latest(uri)) post(uri, findings);
    };
    watch((read, total, _, soFar) => {
      const now = performance.now();
      if (!soFar || total < longFile || now < next) return;
      next = now + pace;
      say(read / total, soFar).catch(house.log);
    });
    const end = (): void => {
      reads = false;
      // What is known has its own say; of a reading that was ended nothing is left.
      if (next > 0 && !house.documents.latest(uri)) post(uri, []);
    };
    done.then(end, end);
  }

  async function config(uri: string): Promise<void> {
    const version = house.open.get(uri)?.version;
    const findings = version === undefined ? [] : await findingsOfConfig(uri, house);
    // A newer text has its own check under way.
    if (house.open.get(uri)?.version !== version) return;
    post(configOwner(uri), findings);
  }

  async function configs(): Promise<void> {
    for (const { uri } of house.open.all()) await config(uri);
  }

  return {
    project,
    manifest,
    reading,
    config,
    configs,
    async ask(uri, signal) {
      if (isProjectFile(uri)) return project(uri, await house.projects.readUri(uri));
      const known = await house.documents.known(uri, { signal });
      if (known) await manifest(known);
      await config(uri);
    },
    async projectsOf({ path }) {
      for (const file of projects.values()) if (manifestOf(file) === path) await project(file.uri, file);
    },
    async all() {
      for (const file of projects.values()) await project(file.uri, file);
      for (const uri of house.documents.uris()) {
        const known = house.documents.latest(uri);
        if (known) await manifest(known);
      }
      await configs();
    },
    async disk(path) {
      // Whether the files exist that the settings name is a finding too.
      for (const file of projects.values()) if (filesIn(file).includes(path)) await project(file.uri, file);
    },
    gone(uri) {
      projects.delete(keyOf(uri));
      post(uri, []);
      post(configOwner(uri), []);
    },
  };
}

/** A file can be a manifest and a configuration, as the data.yaml of a detector; each speaks for itself. */
function configOwner(uri: string): string {
  return `equipoise-config:${uri}`;
}
