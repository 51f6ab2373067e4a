/** Scanning an open JSON document whose records are known from before, but for those of changed blocks. */
import { setImmediate } from "node:timers/promises";
import type { JsonScanner } from "../scan/json.ts";
import { RecordLog } from "../scan/recordLog.ts";
import { largestPlaced } from "../scan/scanMemory.ts";
import type { Block, LiveText } from "./liveText.ts";

/** A block that begins and ends behind objects of one array. */
interface KnownBlock {
  readonly log: RecordLog;
  /** The fields that were wanted of them. */
  readonly fields: string;
  /** Where the block stood. */
  readonly at: number;
  /** Place of its first NaN or Infinity. */
  readonly nonFinite: number | undefined;
}

/** Others get their turn after so many bytes that were scanned. */
const turnBytes = 1 << 20;

/** Scans until `enough`. What is found is what scanning everything finds. */
export async function scanBlocks(
  live: LiveText,
  scanner: JsonScanner,
  enough: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const known = live.memory.of("records", () => new WeakMap<Block, KnownBlock>());
  let scanned = 0;
  for (const [i, block] of live.blocks.entries()) {
    const at = live.offsets[i] ?? 0;
    const kept = known.get(block);
    if (kept && kept.fields === scanner.behind?.fields) {
      scanner.pass(kept.log, block.bytes, at - kept.at);
      if (kept.nonFinite !== undefined) scanner.nonFinite ??= at + kept.nonFinite;
    } else {
      const found = scanBlock(scanner, block, at);
      if (found) known.set(block, found);
      scanned += block.bytes.length;
    }
    if (enough()) return;
    if (scanned < turnBytes) continue;
    scanned = 0;
    await setImmediate();
    signal?.throwIfAborted();
  }
}

function scanBlock(scanner: JsonScanner, { bytes }: Block, at: number): KnownBlock | undefined {
  const { behind } = scanner;
  // Records of blocks that are taken in parts count from several places.
  if (!behind || bytes.length > largestPlaced) {
    scanner.write(bytes);
    return undefined;
  }
  const { arrayStart } = scanner;
  const before = scanner.nonFinite;
  const log = new RecordLog();
  scanner.nonFinite = undefined;
  behind.log = log;
  scanner.write(bytes);
  behind.log = undefined;
  const { nonFinite } = scanner;
  scanner.nonFinite = before ?? nonFinite;
  if (scanner.behind !== behind || scanner.arrayStart !== arrayStart) return undefined;
  const { fields } = behind;
  return { log, fields, at, nonFinite: nonFinite === undefined ? undefined : nonFinite - at };
}
