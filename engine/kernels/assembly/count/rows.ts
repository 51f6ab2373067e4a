// The rows that the kernel that scans leaves of objects with four wanted fields, and the ids that kernels count.

// Place, end, fields that are there; then by field place, end, count, exact, and four numbers.
export const rowBytes: usize = 208;
export const endAt: usize = 4;
export const seenAt: usize = 8;
export const countAt: usize = 8;
export const exactAt: usize = 12;
export const numbersAt: usize = 16;

/** Category ids and slots from here on are left to others. */
export const directIds: u32 = 1 << 16;
/** Image ids from here on are left to others. */
export const imageIds: f64 = 4294967296;

/** Where a field stands in its row. */
// @ts-ignore: decorator
@inline
export function fieldAt(field: usize): usize {
  return 16 + 48 * field;
}

// @ts-ignore: decorator
@inline
export function isId(value: f64, limit: f64): bool {
  return value >= 0 && value < limit && Math.floor(value) == value;
}

/** An id as a number to count with: ids are far below 2^63, and signed numbers are converted at once. */
// @ts-ignore: decorator
@inline
export function idOf(value: f64): u64 {
  return <u64><i64>value;
}
