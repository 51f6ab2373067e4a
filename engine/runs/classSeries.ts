/** Numbers per class over the course of a run: one `.npy` file that grows row by row. */
import { type FileHandle, open } from "node:fs/promises";
import { npyHeader } from "#engine/data/npy.ts";
import { writeAt, writing } from "./files.ts";
import { headerBytes, rowBytes, type SeriesName, seriesNames } from "./seriesLayout.ts";

/** One report: `[classes]` each; what is absent is stored as NaN. */
export type SeriesRow = Readonly<Partial<Record<SeriesName, ArrayLike<number>>>>;

/** A growing array of shape `(reports, 5, classes)`, float64. */
export class ClassSeries {
  private readonly path: string;
  private readonly file: FileHandle;
  private readonly classes: number;
  private rows: number;

  private constructor(path: string, file: FileHandle, classes: number, rows: number) {
    this.path = path;
    this.file = file;
    this.classes = classes;
    this.rows = rows;
  }

  /** Opens the file, cut to its first `rows` rows; throws `disk/full` where it cannot be written. */
  static async open(path: string, classes: number, rows: number): Promise<ClassSeries> {
    const file = await writing(path, () => open(path, rows > 0 ? "r+" : "w+"));
    const series = new ClassSeries(path, file, classes, rows);
    try {
      await writing(path, () => file.truncate(headerBytes + rows * series.rowBytes));
      await series.writeHeader();
      return series;
    } catch (problem) {
      await file.close();
      throw problem;
    }
  }

  private get rowBytes(): number {
    return rowBytes(this.classes);
  }

  /** Adds a row and returns its index. The header tells of it only once it is there in full. */
  async append(row: SeriesRow): Promise<number> {
    const values = new Float64Array(seriesNames.length * this.classes).fill(Number.NaN);
    for (const [at, name] of seriesNames.entries()) {
      const series = row[name];
      if (series) values.set(Array.from(series), at * this.classes);
    }
    const position = headerBytes + this.rows * this.rowBytes;
    await writeAt(this.path, this.file, new Uint8Array(values.buffer), position);
    this.rows++;
    await this.writeHeader();
    return this.rows - 1;
  }

  private writeHeader(): Promise<void> {
    const header = npyHeader("<f8", [this.rows, seriesNames.length, this.classes], headerBytes);
    return writeAt(this.path, this.file, header, 0);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
