/** A cross over strip and maps that marks one class at one step, moved by pointer and keyboard, and what it is on. */

import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { ratioWords } from "../charts/gradientRatio.ts";
import { el, fill, named } from "./dom.ts";

/** A cell and the chart in it. */
export interface Plot {
  readonly cell: HTMLElement;
  readonly chart: { pixel(axis: string, value: number): number | undefined };
}

export interface MapCursorData {
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** Indices, the most frequent class first. */
  readonly order: readonly number[];
  readonly basis: Basis;
  /** Steps at which there are reports, ascending; empty where nothing was trained. */
  readonly steps: readonly number[];
  /** Last step of a run, where the axis ends. */
  readonly lastStep: number;
  /** Step of the slider. */
  readonly step: number | undefined;
  /** Indices of classes that keep a mark. */
  readonly pinned: readonly number[];
  /** The class that the course shows. */
  readonly selected: number | undefined;
  /** Ratios of a class at a step, by loss. */
  ratios(index: number, step: number): readonly { readonly title: string; readonly ratio: number }[];
}

/** Position among the classes from head to tail, and index into the steps. */
export interface Place {
  readonly position: number;
  readonly report: number;
}

export interface MapCursor {
  /** The line that says what the cross is on; empty while it is on nothing. */
  readonly reading: HTMLElement;
  show(data: MapCursorData, maps: readonly Plot[]): void;
}

function moved(line: HTMLElement, side: "left" | "top", pixels: number | undefined): void {
  line.hidden = pixels === undefined;
  if (pixels !== undefined) line.style[side] = `${pixels}px`;
}

/** What a click or Enter chose: a class and, on a map, a step; nothing returns to the group. */
export type ChoosePlace = (choice: { readonly selected: number | undefined; readonly step?: number }) => void;

/** Puts a cursor on an area that holds the strip of counts and the maps below it. */
export function mapCursor(area: HTMLElement, strip: Plot, choose: ChoosePlace): MapCursor {
  const line = el("div", { class: "cross", hidden: true });
  const levels = new Map<Plot, HTMLElement>();
  const pins: HTMLElement[] = [];
  const reading = el("p", { class: "reading", role: "status" });
  let data: MapCursorData | undefined;
  let maps: readonly Plot[] = [];
  let place: Place | undefined;

  // Without a pointer the cross rests on what was chosen.
  function draw(): void {
    if (!data) return;
    const at = place ?? restingPlace(data);
    const isOnClass = at.position >= 0;
    const left = isOnClass ? strip.chart.pixel("x", at.position + 0.5) : undefined;
    moved(line, "left", left === undefined ? undefined : strip.cell.offsetLeft + left);
    const step = data.steps[at.report];
    for (const [map, level] of levels)
      moved(level, "top", step === undefined ? undefined : map.chart.pixel("y", step));
    fill(reading, ...(isOnClass ? placeWords(data, at) : []));
  }
  function drawPins({ pinned, order }: MapCursorData): void {
    while (pins.length < pinned.length) {
      const pin = el("div", { class: "cross pin", hidden: true });
      pins.push(pin);
      area.append(pin);
    }
    for (const [index, pin] of pins.entries()) {
      const position = index < pinned.length ? order.indexOf(pinned[index] ?? -1) : -1;
      const left = position < 0 ? undefined : strip.chart.pixel("x", position + 0.5);
      moved(pin, "left", left === undefined ? undefined : strip.cell.offsetLeft + left);
    }
  }
  function move(next: Place | undefined): void {
    if (next?.position === place?.position && next?.report === place?.report) return;
    place = next;
    draw();
  }
  function placeAt(event: PointerEvent): Place | undefined {
    if (!data) return undefined;
    const { order, steps, lastStep } = data;
    const [from, to] = [strip.chart.pixel("x", 0), strip.chart.pixel("x", order.length)];
    if (from === undefined || to === undefined || to <= from) return undefined;
    const x = event.clientX - strip.cell.getBoundingClientRect().left;
    const position = Math.floor(((x - from) / (to - from)) * order.length);
    if (position < 0 || position >= order.length) return undefined;
    const map = maps.find(({ cell }) => cell.contains(event.target as Node));
    const step = map && stepAt(map, event, lastStep);
    const report = step === undefined ? restingReport(data) : steps.findLastIndex((known) => known <= step);
    return { position, report: Math.max(0, report) };
  }
  function act(at: Place | undefined): void {
    if (!data || !at) return;
    const step = data.steps[at.report];
    choose({ selected: data.order[at.position], ...(step === undefined ? {} : { step }) });
  }
  function pressed(event: KeyboardEvent): void {
    if (!data || event.target !== area) return;
    const from = place ?? restingPlace(data);
    const next = keyTarget(event, from, data);
    if (next !== undefined) move(next);
    else if (event.key === "Enter") act(from);
    else if (event.key === "Escape") choose({ selected: undefined });
    else return;
    event.preventDefault();
  }

  area.append(line);
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.addEventListener("pointermove", (event) => move(placeAt(event)));
  area.addEventListener("pointerleave", () => move(undefined));
  area.addEventListener("blur", () => move(undefined));
  area.addEventListener("click", ({ target }) => {
    if (!(target as HTMLElement).closest("button")) act(place);
  });
  area.addEventListener("keydown", pressed);
  return {
    reading,
    show(next, plots) {
      data = next;
      maps = plots;
      area.setAttribute("aria-label", plots.length > 0 ? mapsLabel : stripLabel);
      for (const [plot, level] of levels) {
        if (plots.includes(plot)) continue;
        level.remove();
        levels.delete(plot);
      }
      for (const plot of plots) {
        if (levels.has(plot)) continue;
        const level = el("div", { class: "cross level", hidden: true });
        plot.cell.append(level);
        levels.set(plot, level);
      }
      if (place && place.position >= next.order.length) place = undefined;
      draw();
      drawPins(next);
    },
  };
}

const stripLabel = t`All classes, head to tail. Arrow keys move, Enter shows a class by step.`;
const mapsLabel = t`Gradient ratio of all classes by step. Left and right move by one class, up and down by one report, with Control by a third or ten reports; Enter shows the class by step.`;

const restingReport = ({ steps, step }: MapCursorData): number =>
  step === undefined ? steps.length - 1 : steps.findLastIndex((known) => known <= step);

function restingPlace(data: MapCursorData): Place {
  const position = data.selected === undefined ? -1 : data.order.indexOf(data.selected);
  return { position, report: restingReport(data) };
}

// The axis is logarithmic from 1 to the last step.
function stepAt({ cell, chart }: Plot, event: PointerEvent, last: number): number | undefined {
  const [foot, top] = [chart.pixel("y", 1), chart.pixel("y", last)];
  if (foot === undefined || top === undefined || foot <= top) return undefined;
  const y = event.clientY - cell.getBoundingClientRect().top;
  return Math.max(1, last ** Math.min(1, (foot - y) / (foot - top)));
}

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">;

/**
 * Where a key leads: one class or report on; with Ctrl to the next edge of a third, or by ten reports; Home and End to
 * the ends of the classes; undefined for other keys. A place at -1 is before the first move.
 */
export function keyTarget(
  { key, ctrlKey, metaKey }: Key,
  { position, report }: Place,
  { counts, order, steps }: Pick<MapCursorData, "counts" | "order" | "steps">,
): Place | undefined {
  const last = order.length - 1;
  const far = ctrlKey || metaKey;
  const rise = { ArrowUp: 1, ArrowDown: -1 }[key];
  if (rise !== undefined) {
    const next = Math.min(steps.length - 1, Math.max(0, report + rise * (far ? 10 : 1)));
    return { position: Math.max(0, position), report: next };
  }
  if (key === "Home") return { position: 0, report };
  if (key === "End") return { position: last, report };
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step === undefined) return undefined;
  const from = position >= 0 ? position : step > 0 ? -1 : last + 1;
  if (!far) return { position: Math.min(last, Math.max(0, from + step)), report };
  const { head, middle } = thirds(counts);
  const edges = [0, head.length, head.length + middle.length, last];
  const beyond = edges.filter((edge) => (edge - from) * step > 0);
  const edge = step > 0 ? beyond[0] : beyond.at(-1);
  return { position: edge ?? Math.min(last, Math.max(0, from)), report };
}

function placeWords(data: MapCursorData, { position, report }: Place): (string | HTMLElement)[] {
  const { names, counts, order, basis, steps } = data;
  const index = order[position] ?? 0;
  const step = steps[report];
  const place = t`Class ${formatCount(position + 1)} of ${formatCount(order.length)}, `;
  const amount = `, ${formatAmount(counts[index] ?? 0, basis)}`;
  const values = step === undefined ? [] : data.ratios(index, step);
  const words = values.map(({ title, ratio }) => `${title} ${ratioWords(ratio)}`);
  return [
    place,
    el("b", {}, named(names[index] ?? "")),
    amount,
    words.length > 0 ? t`, step ${formatCount(step ?? 0)}: ${words.join(", ")}` : "",
  ];
}
