/** Which of very many rows are on screen. Pure: numbers in, numbers out. */

/** Elements end at about 33 million pixels in browsers; above this height a pixel of the bar stands for more than one. */
const tallest = 8_000_000;

export interface Geometry {
  readonly total: number;
  readonly rowHeight: number;
  /** Of the visible part. */
  readonly height: number;
}

/** The height of what scrolls. */
export function contentHeight({ total, rowHeight }: Geometry): number {
  return Math.min(total * rowHeight, tallest);
}

/** Whole rows that fit, at least one. */
export function rowsThatFit({ height, rowHeight }: Geometry): number {
  return Math.max(1, Math.floor(height / rowHeight));
}

/** The first row on screen at a position of the scroll bar. */
export function firstRow(scrollTop: number, geometry: Geometry): number {
  const last = Math.max(0, geometry.total - rowsThatFit(geometry));
  const way = contentHeight(geometry) - geometry.height;
  if (way <= 0) return 0;
  return Math.round(Math.min(1, Math.max(0, scrollTop / way)) * last);
}

/** The position of the scroll bar at which a row is the first on screen. */
export function scrollTopOf(row: number, geometry: Geometry): number {
  const last = Math.max(0, geometry.total - rowsThatFit(geometry));
  const way = Math.max(0, contentHeight(geometry) - geometry.height);
  return last === 0 ? 0 : (Math.min(row, last) / last) * way;
}

/** The first row on screen such that a row is, moved as little as possible. */
export function firstRowShowing(row: number, first: number, geometry: Geometry): number {
  const fit = rowsThatFit(geometry);
  if (row < first) return row;
  return row >= first + fit ? row - fit + 1 : first;
}

/** The row that a key leads to; undefined for keys that lead nowhere. */
export function rowAfterKey(key: string, row: number, geometry: Geometry): number | undefined {
  const page = rowsThatFit(geometry);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -row,
    End: geometry.total - 1 - row,
  };
  if (!Object.hasOwn(steps, key)) return undefined;
  return Math.max(0, Math.min(geometry.total - 1, row + (steps[key] ?? 0)));
}
