/** Parts of a Parquet file: its metadata, and columns of one row group. */
import type { AsyncBuffer, FileMetaData, RowGroup } from "hyparquet";
import type { ReadingInput } from "../reader.ts";
import { asArrayBuffer, joinBytes } from "../scan/bytes.ts";

/** A packed file cannot be read in parts, so all of it is kept; above this it is refused. */
const mostPacked = 256 << 20;

export interface ParquetFile {
  readonly metadata: FileMetaData;
  readonly groups: readonly RowGroup[];
  /** Values of a column of the top level in a row group; whole numbers as numbers. */
  column(name: string, group: number): Promise<ArrayLike<unknown>>;
}

/** Throws what the library throws of a file that is damaged. */
export async function openParquet(input: ReadingInput): Promise<ParquetFile> {
  const { parquetMetadataAsync, parquetReadColumn, compressors } = await import(
    "#engine/manifest/parquet/library.ts"
  );
  const file = await bufferOf(input);
  const metadata = await parquetMetadataAsync(file);
  const starts: number[] = [];
  let rows = 0;
  for (const { num_rows } of metadata.row_groups) {
    starts.push(rows);
    rows += Number(num_rows);
  }
  return {
    metadata,
    groups: metadata.row_groups,
    async column(name, group) {
      const rowStart = starts[group] ?? 0;
      const rowEnd = starts[group + 1] ?? rows;
      return parquetReadColumn({ file, metadata, compressors, columns: [name], rowStart, rowEnd });
    },
  };
}

async function bufferOf({ source, chunks }: ReadingInput): Promise<AsyncBuffer> {
  const { slice, size } = source;
  if (slice && size !== undefined) {
    return {
      byteLength: size,
      slice: async (start, end = size) => asArrayBuffer(await slice(start, end)),
    };
  }
  const pieces: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of chunks()) {
    held += chunk.length;
    if (held > mostPacked) throw new Error("packed with gzip, and above 256 MB: unpack it");
    pieces.push(chunk.slice());
  }
  const bytes = asArrayBuffer(joinBytes(pieces));
  return { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) };
}
