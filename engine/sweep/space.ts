/** The points of a sweep as written: `class-balanced-focal:beta=0.9/0.99,gamma=0.5..2` into one text a point. */
import { createRandom, type Random } from "#engine/sampling/random.ts";
import { EquipoiseError } from "#protocol/errors.ts";

/** Settings of one point by name, as text: what its reader makes of them is its own affair. */
export interface Point {
  readonly loss: string;
  readonly training: Readonly<Record<string, string>>;
}

/** Losses as written, several values after `/`, and settings of training with their values. */
export interface Space {
  readonly losses: readonly string[];
  readonly training: Readonly<Record<string, string>>;
}

/** Configurations above this number are no sweep that anybody waits for. */
export const mostConfigurations = 20_000;
/** Draws of a sampled point that may turn out to be there already. */
const mostTries = 50;

/** One thing to choose: its name, and its values as written. */
interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** Returns all points of a grid, losses in the order given. Throws `settings/invalid` for a range or for too many. */
export function gridOf(space: Space): Point[] {
  const training = Object.entries(space.training).map(([name, text]) => axisOf(name, text));
  const points = space.losses.flatMap((text) =>
    lossAxes(text).flatMap((axes) => {
      const all = [...axes, ...training];
      requireNoRange(all);
      requireFew(all.reduce((product, { values }) => product * values.length, 1));
      return combinations(all).map((chosen) => pointOf(chosen, training));
    }),
  );
  requireFew(points.length);
  return distinct(points);
}

/**
 * Returns points drawn at random, each once: losses in turn, of lists one, of ranges a number. The first point is that
 * of the first values of everything, the baseline. Fewer come back where the space has no more.
 */
export function sampleOf(space: Space, count: number, seed: number): Point[] {
  requireFew(count);
  const random = createRandom(seed);
  const training = Object.entries(space.training).map(([name, text]) => axisOf(name, text));
  const losses = space.losses.flatMap(lossAxes);
  const points = new Map<string, Point>();
  const add = (chosen: readonly Chosen[]): boolean => {
    const point = pointOf(chosen, training);
    const key = JSON.stringify(point);
    const isNew = !points.has(key);
    if (isNew) points.set(key, point);
    return isNew;
  };
  const first = [...(losses[0] ?? []), ...training];
  add(first.map(({ name, values }) => ({ name, value: lowEnd(values[0] ?? "") })));
  for (let turn = 0, vain = 0; points.size < count && vain < mostTries * losses.length; turn++) {
    const axes = [...(losses[turn % losses.length] ?? []), ...training];
    vain = add(axes.map((axis) => ({ name: axis.name, value: drawn(axis, random) }))) ? 0 : vain + 1;
  }
  return [...points.values()];
}

interface Chosen {
  readonly name: string;
  readonly value: string;
}

/** The axes of each loss that a text names: its id first, then its settings. */
function lossAxes(text: string): Axis[][] {
  const [ids = "", settings = ""] = text.split(":", 2);
  const axes = settings
    .split(",")
    .filter(Boolean)
    .map((setting) => {
      const [name = "", values = ""] = setting.split("=", 2);
      return axisOf(name, values);
    });
  return axisOf("loss", ids).values.map((id) => [{ name: "loss", values: [id] }, ...axes]);
}

function axisOf(name: string, text: string): Axis {
  const values = text.split("/").map((value) => value.trim());
  if (!values.includes("")) return { name, values };
  throw new EquipoiseError(
    "settings/invalid",
    `${name}=${text}: expected values with / between, such as ${name}=0.9/0.99.`,
  );
}

function pointOf(chosen: readonly Chosen[], training: readonly Axis[]): Point {
  const [loss, ...settings] = chosen;
  const own = settings.slice(0, settings.length - training.length);
  const written = own.map(({ name, value }) => `${name}=${value}`).join(",");
  return {
    loss: written === "" ? (loss?.value ?? "") : `${loss?.value}:${written}`,
    training: Object.fromEntries(settings.slice(own.length).map(({ name, value }) => [name, value])),
  };
}

function combinations(axes: readonly Axis[]): Chosen[][] {
  return axes.reduce<Chosen[][]>(
    (sofar, { name, values }) =>
      sofar.flatMap((chosen) => values.map((value) => [...chosen, { name, value }])),
    [[]],
  );
}

const range = /^(-?\d*\.?\d+(?:e-?\d+)?)(\.\.|~)(-?\d*\.?\d+(?:e-?\d+)?)$/i;

/** A range as its ends; undefined for a plain value. */
function rangeOf(
  value: string,
): { readonly low: number; readonly high: number; readonly log: boolean } | undefined {
  const [, low, kind, high] = range.exec(value) ?? [];
  if (low === undefined || high === undefined) return undefined;
  const ends = { low: Number(low), high: Number(high), log: kind === "~" };
  if (ends.low < ends.high && (!ends.log || ends.low > 0)) return ends;
  throw new EquipoiseError(
    "settings/invalid",
    `${value}: expected a range from low to high, such as 0.5..2, or 0.01~1 for one by its logarithm, above 0.`,
  );
}

function lowEnd(value: string): string {
  const ends = rangeOf(value);
  return ends ? String(ends.low) : value;
}

function drawn({ name, values }: Axis, random: Random): string {
  const value = values[Math.floor(random.next() * values.length)] ?? "";
  const ends = rangeOf(value);
  if (!ends) return value;
  const share = random.next();
  const number = ends.log ? byLogarithm(name, ends, share) : ends.low + share * (ends.high - ends.low);
  return String(Number(number.toPrecision(4)));
}

/** What matters of beta is how far it is from 1. */
function byLogarithm(name: string, { low, high }: { low: number; high: number }, share: number): number {
  if (name !== "beta") return low * (high / low) ** share;
  return 1 - (1 - high) * ((1 - low) / (1 - high)) ** share;
}

function requireNoRange(axes: readonly Axis[]): void {
  const found = axes.find(({ values }) => values.some((value) => rangeOf(value)));
  if (!found) return;
  throw new EquipoiseError(
    "settings/invalid",
    `${found.name}=${found.values.join("/")} is a range, and a grid needs values. Write them with / between, or add --sample N.`,
  );
}

function requireFew(points: number): void {
  if (points <= mostConfigurations) return;
  throw new EquipoiseError(
    "settings/invalid",
    `${points.toLocaleString("en")} configurations are too many (at most ${mostConfigurations.toLocaleString("en")}). ` +
      "Name fewer values, or draw some of them: --sample N.",
  );
}

function distinct(points: readonly Point[]): Point[] {
  return [...new Map(points.map((point) => [JSON.stringify(point), point])).values()];
}
