/** Follows a run that another program writes: what has been added since the last look, as much of it as a chart can show. */

import { type Reports, readLines, readReports, scalarsSize } from "./reports.ts";
import { type AnyDescription, readDescription } from "./runDescription.ts";

/** What `run.json` says, with what a program may leave out. */
export type RecordingDescription = AnyDescription & {
  /** Differs from the id where the run belongs to a comparison. */
  readonly experiment: string;
  readonly loss: string;
  readonly seed: number;
};

export interface Recording {
  /** Undefined until there is a `run.json` of this format. */
  description(): RecordingDescription | undefined;
  /** Reads on. A run that was begun anew in the same folder is read from its start: `restarted`. */
  read(): Promise<Reports & { readonly restarted: boolean }>;
}

/** A reader of one run folder. */
export function followRecording(folder: string): Recording {
  let description: RecordingDescription | undefined;
  let offset = 0;
  return {
    description: () => description,
    async read() {
      const read = await readDescription(folder);
      if (read) description = { experiment: read.id, loss: "", seed: 1, ...read };
      const size = await scalarsSize(folder);
      const restarted = size < offset;
      if (restarted) offset = 0;
      if (!description || size === offset) return { epochs: [], gradients: [], restarted };
      const { lines, end } = await readLines(folder, offset);
      offset = end;
      const { epochs, gradients } = await readReports(folder, description, lines, true);
      return { epochs, gradients, restarted };
    },
  };
}
