/** Lines of a path list whose labels are numbers, counted many at a time in the memory of kernels. */
import type { RememberedSamples } from "./duplicateCheck.ts";
import type { Met } from "./met.ts";
import { type CountMemory, openCountMemory } from "./scan/countMemory.ts";
import type { ManyLines } from "./scan/lines.ts";

const roomBytes = 1 << 20;
/** Kernels look up to 64 bytes beyond the lines. */
const margin = 64;
/** Where so many lines of a chunk were not ordinary, the rest of it is not tried. */
const patience = 64;
const beyondAt = 3;
const lineFeed = 0x0a;
/** A slot's lines beyond this are counted one by one. */
const directSlots = 1 << 16;

export interface PathListKernel {
  readonly lines: ManyLines;
  readonly samples: RememberedSamples;
  /** From now on lines with this label may be counted at this slot; `folder` is that of its first line. */
  bind(label: number, slot: number, folder: Uint8Array): void;
  /** How many lines were counted at a slot here, and whether one has another folder. */
  counted(slot: number): { readonly lines: number; readonly foldersDiffer: boolean };
}

/** `mostSamples` are remembered to find those that are listed twice. Undefined where there are no kernels. */
export function openPathListKernel(mostSamples: number): PathListKernel | undefined {
  const memory = openCountMemory(2 * (roomBytes + margin));
  if (!memory) return undefined;
  const { kernels, room } = memory;
  /** For what is handed over by itself, beside the lines. */
  const single = room + roomBytes + margin;
  const facts = kernels.openLines(mostSamples) >> 3;
  return {
    lines: manyLines(memory, room),
    samples: {
      add(bytes, start, end, label, span) {
        // Lines are given cut off at a megabyte.
        const part = bytes.subarray(start, Math.min(end, start + roomBytes));
        memory.bytes.set(part, single);
        kernels.addSample(single, single + part.length, label, span.start, span.end);
      },
      repeated(): Met {
        kernels.finishLines();
        const [times = 0, start = 0, end = 0] = memory.numbers.subarray(facts, facts + 3);
        return { times, first: times > 0 ? { start, end } : undefined };
      },
      beyond() {
        kernels.finishLines();
        return memory.numbers[facts + beyondAt] === 1;
      },
    },
    bind(label, slot, folder) {
      if (label < 0 || label >= directSlots || slot >= directSlots || folder.length > roomBytes) return;
      memory.bytes.set(folder, single);
      kernels.bindLabel(label, slot, single, folder.length);
    },
    counted: (slot) => ({ lines: kernels.linesAt(slot), foldersDiffer: kernels.foldersDiffer(slot) !== 0 }),
  };
}

function manyLines(memory: CountMemory, room: number): ManyLines {
  const { kernels } = memory;
  let missed = 0;
  // The part of the chunk that lies in the room.
  let placedFrom = 0;
  let placedTo = 0;
  return {
    begin() {
      missed = 0;
      placedTo = 0;
    },
    take(chunk, from, offset) {
      for (let at = from; ; ) {
        if (missed >= patience || at >= chunk.length) return at;
        if (at >= placedTo) {
          placedFrom = at;
          placedTo = Math.min(chunk.length, at + roomBytes);
          memory.bytes.set(chunk.subarray(placedFrom, placedTo), room);
        }
        const place = room - placedFrom;
        const next = kernels.countLines(place + at, place + placedTo, place, offset) - place;
        missed = next === at ? missed + 1 : 0;
        // A line that the room cuts off is tried again from its start; others are for the scanner.
        if (placedTo === chunk.length || at === placedFrom) return next;
        if (chunk.subarray(next, placedTo).includes(lineFeed)) return next;
        at = next;
        placedTo = at;
      }
    },
  };
}
