/**
 * A run as a TensorBoard event file: TFRecords of `tensorflow.Event`, written by hand, since the writers on npm are
 * either unmaintained or bring TensorFlow along.
 * Formats: tensorflow/core/lib/io/record_writer.h, core/util/event.proto, core/framework/summary.proto.
 */
import { gradientRatio } from "#engine/training/gradientRatio.ts";
import type { StoredRun } from "./runFolder.ts";

/** Returns the bytes of one event file with the scalars and the histograms of a run. */
export function eventFile({
  description,
  gradients,
  epochs,
}: Pick<StoredRun, "description" | "gradients" | "epochs">): Uint8Array {
  const began = Date.parse(description.started ?? "") / 1000 || 0;
  const records = [event(began, 0, [text(3, "brain.Event:2")])];
  const tags = description.isMultiLabel ? rankedTags : usualTags;
  const byStep = new Map(epochs.map((epoch) => [epoch.step, epoch]));
  // Steps carry the course; the time of a report is not kept, so each comes a millisecond after the one before.
  for (const [i, { step, window, accumulated }] of gradients.entries()) {
    const epoch = byStep.get(step);
    const values = [
      ...(epoch
        ? [
            scalar("loss/train", epoch.loss),
            scalar(tags.accuracy, epoch.accuracy),
            scalar(tags.balanced, epoch.balancedAccuracy),
            histogram(tags.recall, epoch.recall),
          ]
        : []),
      histogram("gradient_ratio/epoch", gradientRatio(window)),
      histogram("gradient_ratio/accumulated", gradientRatio(accumulated)),
    ].filter((value) => value !== undefined);
    records.push(
      event(began + (i + 1) / 1000, step, [message(5, concat(values.map((value) => message(1, value))))]),
    );
  }
  return concat(records.map(record));
}

const usualTags = { accuracy: "accuracy/test", balanced: "balanced_accuracy/test", recall: "recall" };
/** Of samples with several labels: what takes the place of accuracy and recall. */
const rankedTags = {
  accuracy: "average_precision_by_label/test",
  balanced: "mean_average_precision/test",
  recall: "average_precision",
};

function scalar(tag: string, value: number): Uint8Array {
  return concat([text(1, tag), float(2, value)]);
}

/** Edges of TensorBoard's own bucketing: powers of 1.1 on both sides of 0. */
const edges = (() => {
  const positive: number[] = [];
  for (let edge = 1e-12; edge < 1e20; edge *= 1.1) positive.push(edge);
  return [...positive.toReversed().map((edge) => -edge), 0, ...positive, Number.MAX_VALUE];
})();

/** Values that are no finite number are left out; nothing where none is left. */
function histogram(tag: string, values: ArrayLike<number>): Uint8Array | undefined {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const counts = new Map<number, number>();
  for (const value of finite) {
    const bucket = bucketOf(value);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())];
  // The bucket before the first is written empty: a reader takes its edge as the lower end of the next.
  const buckets = Array.from(
    { length: last - Math.max(0, first - 1) + 1 },
    (_, i) => i + Math.max(0, first - 1),
  );
  const sum = finite.reduce((total, value) => total + value, 0);
  const squares = finite.reduce((total, value) => total + value * value, 0);
  const proto = concat([
    double(1, Math.min(...finite)),
    double(2, Math.max(...finite)),
    double(3, finite.length),
    double(4, sum),
    double(5, squares),
    packed(
      6,
      buckets.map((bucket) => edges[bucket] ?? Number.MAX_VALUE),
    ),
    packed(
      7,
      buckets.map((bucket) => counts.get(bucket) ?? 0),
    ),
  ]);
  return concat([text(1, tag), message(5, proto)]);
}

/** The first bucket whose edge is above the value. */
function bucketOf(value: number): number {
  let [low, high] = [0, edges.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function event(seconds: number, step: number, parts: readonly Uint8Array[]): Uint8Array {
  return concat([double(1, seconds), key(2, 0), varint(step), ...parts]);
}

/** A TFRecord: length, masked checksum of the length, bytes, masked checksum of the bytes. */
function record(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, BigInt(bytes.length), true);
  return concat([head, masked(head), bytes, masked(bytes)]);
}

function masked(bytes: Uint8Array): Uint8Array {
  const sum = crc32c(bytes);
  const rotated = ((sum >>> 15) | (sum << 17)) >>> 0;
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, (rotated + 0xa282ead8) >>> 0, true);
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  return sum >>> 0;
});

/** CRC-32C (Castagnoli), as RFC 3720 gives it. */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (crcTable[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function key(field: number, wire: number): Uint8Array {
  return varint(field * 8 + wire);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function message(field: number, bytes: Uint8Array): Uint8Array {
  return concat([key(field, 2), varint(bytes.length), bytes]);
}

function text(field: number, value: string): Uint8Array {
  return message(field, new TextEncoder().encode(value));
}

function float(field: number, value: number): Uint8Array {
  return concat([key(field, 5), new Uint8Array(Float32Array.of(value).buffer)]);
}

function double(field: number, value: number): Uint8Array {
  return concat([key(field, 1), new Uint8Array(Float64Array.of(value).buffer)]);
}

function packed(field: number, values: readonly number[]): Uint8Array {
  return message(field, new Uint8Array(Float64Array.from(values).buffer));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
