/** What the parts of the server tell each other. */
import type { Known, Scan } from "./documents.ts";
import { type Listeners, listeners } from "./listeners.ts";
import type { ProjectFile } from "./projects.ts";

export interface News {
  /** A scan started. */
  readonly started: Listeners<[Scan]>;
  /** A scan ended with a result. */
  readonly finished: Listeners<[Known]>;
  /** An equipoise.yaml was opened or changed; the file is undefined where it is gone. */
  readonly project: Listeners<[uri: string, file: ProjectFile | undefined]>;
  /** A file came to the disk or went from it. */
  readonly disk: Listeners<[path: string]>;
  /** Other findings are accepted than before. */
  readonly accepted: Listeners<[]>;
  /** The settings changed. */
  readonly settings: Listeners<[]>;
  /** A document was closed or a file deleted, and nothing is to be said of it any more. */
  readonly gone: Listeners<[uri: string]>;
}

export function createNews(): News {
  return {
    started: listeners(),
    finished: listeners(),
    project: listeners(),
    disk: listeners(),
    accepted: listeners(),
    settings: listeners(),
    gone: listeners(),
  };
}
