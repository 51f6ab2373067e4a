/** Writes IDX files of unsigned bytes, one a sample, as MNIST has them. */
export function idx(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + labels.length);
  bytes.set([0, 0, 8, 1]);
  new DataView(bytes.buffer).setUint32(4, labels.length);
  bytes.set(labels, 8);
  return bytes;
}
