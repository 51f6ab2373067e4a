/** Labels that stand in an array, one or one row of 0 and 1 a sample. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { classListBeside } from "../classList.ts";
import { LabelCounts, type LabelReading } from "../labelCounts.ts";
import type { Observation } from "../manifest.ts";
import type { ReadingInput } from "../reader.ts";
import { ColumnFlags } from "./columnFlags.ts";
import { Items } from "./items.ts";
import type { ValueType } from "./values.ts";

export interface LabelArray {
  /** Bytes before the values. */
  readonly offset: number;
  /** `[samples]`, `[samples, 1]` or `[samples, classes]`. */
  readonly shape: readonly number[];
  readonly type: ValueType;
  /** Whether its columns, not its rows, stand one after the other. */
  readonly byColumn?: boolean;
}

/** More different numbers than this are no labels. */
const mostClasses = 100_000;

/** Counts of the array; undefined where its values turn out to be no labels. */
export async function readLabelArray(
  { source, chunks, failed }: ReadingInput,
  { offset, shape, type, byColumn = false }: LabelArray,
  collect: boolean,
): Promise<LabelReading | undefined> {
  const [rows = 0, columns = 1] = shape;
  const counts = new LabelCounts({ unit: "value", collect });
  const single = columns === 1;
  let others = false;
  let column = 0;
  const flags = byColumn && !single ? new ColumnFlags(rows) : undefined;
  const items = new Items(offset, type.bytes, rows * columns, (view, at) => {
    const value = type.read(view, at);
    if (flags) {
      if (value !== 0 && value !== 1) others = true;
      return flags.add(value === 1);
    }
    if (column === 0) counts.begin();
    if (single) {
      if (value === undefined) others = true;
      else counts.add(value);
    } else {
      if (value === 1) counts.add(column);
      else if (value !== 0) others = true;
    }
    if (++column < columns) return;
    column = 0;
    counts.seeList();
    counts.end();
  });
  for await (const chunk of chunks()) {
    items.write(chunk);
    if (others || counts.different > mostClasses || flags?.isTooMuch) return undefined;
  }
  if (flags) countRows(counts, flags);
  if (counts.isEmpty) return undefined;
  const names = single ? {} : await columnNames(source, columns);
  const reading = await counts.result(source, names);
  const missing = rows * columns - items.count;
  if (missing === 0 || failed()) return reading;
  return { ...reading, observations: [cutShort(missing, rows * columns), ...reading.observations] };
}

function countRows(counts: LabelCounts, flags: ColumnFlags): void {
  const { starts, columns } = flags.byRow();
  for (let row = 0; row + 1 < starts.length; row++) {
    counts.begin();
    for (const column of columns.subarray(starts[row], starts[row + 1])) counts.add(column);
    counts.seeList();
    counts.end();
  }
}

/** Names of all columns, so that classes without samples are there too. */
async function columnNames(
  source: ReadingInput["source"],
  columns: number,
): Promise<Parameters<LabelCounts["result"]>[1]> {
  const list = await classListBeside(source, ({ names }) => names.length === columns);
  if (list) return { list };
  return { byId: new Map(Array.from({ length: columns }, (_, id) => [id, String(id)])) };
}

function cutShort(missing: number, all: number): Observation {
  const message = t`The file ends early: ${formatCount(missing)} of ${formatCount(all)} values are missing. Get the file anew.`;
  return { code: "manifest/broken", severity: "error", message };
}
