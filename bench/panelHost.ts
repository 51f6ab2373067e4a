/** The editor's end of the panel for bench/panel.mjs: a run of many classes and steps, and a clock. */
import { withReports } from "#engine/statistics/logSteps.ts";
import type { PanelSnapshot, ToPanel } from "#protocol/panel.ts";
import type { ExperimentSnapshot, ExperimentUpdate, GradientReport } from "#protocol/training.ts";

interface Size {
  readonly classes: number;
  readonly steps: number;
  readonly losses: number;
}

const counts = ({ classes }: Size): number[] =>
  Array.from({ length: classes }, (_, i) => Math.max(1, Math.round(20_000 * 0.0001 ** (i / (classes - 1)))));

/** A ratio that comes towards 1 with the steps, later for rare classes. */
function report(run: string, step: number, { classes, steps }: Size): GradientReport {
  const negative = new Float64Array(classes).fill(1);
  const pace = Math.log(step + 1) / Math.log(steps + 1);
  const positive = Float64Array.from(
    { length: classes },
    (_, i) => 2 ** (-4 * (i / classes) * (1 - pace) + 0.3 * Math.sin(i * 12.9898 + step)),
  );
  const sums = { positive, negative };
  return { run, step, epoch: 1 + Math.floor((5 * step) / steps), window: sums, accumulated: sums };
}

const runs = ({ losses }: Size): string[] => Array.from({ length: losses }, (_, i) => `run-${i}`);

function snapshot(size: Size, steps: number): PanelSnapshot {
  const all = counts(size);
  const names = all.map((_, i) => `class ${i}`);
  // As the host sends them: of all steps those that a log axis can show.
  const gradients = (run: string): readonly GradientReport[] => {
    const places = Array.from({ length: steps }, (_, i) => ({
      step: i + 1,
      epoch: 1 + Math.floor((5 * (i + 1)) / size.steps),
    }));
    return withReports([], places).map(({ step }) => report(run, step, size));
  };
  const losses = (["cross-entropy", "balanced-softmax", "equalization-v2", "focal", "ldam"] as const).slice(
    0,
    size.losses,
  );
  const experiment: ExperimentSnapshot = {
    id: `e${Math.random()}`,
    plan: {
      manifest: "/m",
      folder: "/",
      train: { inputs: "", labels: "" },
      inputs: "images",
      model: "linear",
      losses: losses.map((loss) => ({ loss, parameters: {}, sampler: "instance-balanced" })),
      seeds: 1,
      epochs: 5,
      batchSize: 128,
      learningRate: 0.1,
      momentum: 0.9,
      weightDecay: 0,
      objective: "balanced",
      backend: "auto",
    },
    classes: names,
    counts: all,
    testSamples: 1000,
    backend: "wasm",
    state: { kind: "running", startedAt: 0, stepsDone: steps, stepsTotal: size.steps * size.losses },
    runs: runs(size).map((id, choice) => ({
      id,
      choice,
      seed: 1,
      state: { kind: "running", epoch: 1, step: steps },
      epochs: [],
      gradients: gradients(id),
    })),
  };
  const total = all.reduce((sum, count) => sum + count, 0);
  const view = {
    name: "many",
    basis: "images" as const,
    samples: total,
    labels: total,
    classes: names.map((name, index) => ({ index, name, count: all[index] ?? 0 })),
    imbalanceFactor: 20_000,
    gini: 0.7,
    giniWithEmpty: 0.7,
    normalisedEntropy: 0.8,
    groups: { many: 0, medium: 0, few: 0, empty: 0 },
  };
  const dataset = { manifest: "/m", name: "many", format: "lvis", view, findings: [] } as NonNullable<
    PanelSnapshot["dataset"]
  >;
  return { dataset, manifests: [], experiment, trusted: true };
}

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
const send = (message: ToPanel): boolean =>
  window.dispatchEvent(new MessageEvent("message", { data: message }));

/** Runs `act` once a frame; how long it and the drawing after it took, and how long frames were apart. */
async function perFrame(
  milliseconds: number,
  act: (n: number) => void,
): Promise<{ gaps: number[]; work: number[] }> {
  const gaps: number[] = [];
  const work: number[] = [];
  const end = performance.now() + milliseconds;
  let before = await frame();
  for (let n = 0; performance.now() < end; n++) {
    const begun = performance.now();
    act(n);
    const now = await frame();
    // The panel draws in the same frame, after us or before: what is left of the frame is over when a task runs.
    await new Promise((resolve) => setTimeout(resolve));
    work.push(performance.now() - Math.max(begun, now));
    gaps.push(now - before);
    before = now;
  }
  return { gaps, work };
}

let prepared: ToPanel | undefined;
let sentAt = 0;
let present: { readonly size: Size; readonly id: string } | undefined;

const host = {
  prepare(size: Size): void {
    prepared = { kind: "snapshot", snapshot: snapshot(size, size.steps) };
  },
  /** Milliseconds until the first frame with the new data. */
  async paint(): Promise<number> {
    if (!prepared) throw new Error("Nothing is prepared.");
    const message = prepared;
    await frame();
    sentAt = performance.now();
    send(message);
    await frame();
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - sentAt;
  },
  /** Milliseconds from the data to the frame that has the last chart. */
  async charts(): Promise<number> {
    while (document.querySelector("[data-drawing]")) await frame();
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - sentAt;
  },
  pointer(milliseconds: number) {
    const area = document.querySelector<HTMLElement>(".marked");
    const cell = document.querySelector<HTMLElement>(".map-row .cell canvas");
    if (!area || !cell) throw new Error("The map is not there.");
    cell.scrollIntoView({ block: "center" });
    const { left, top, width, height } = cell.getBoundingClientRect();
    return perFrame(milliseconds, (n) => {
      const place = {
        clientX: left + 60 + ((n * 17) % (width - 90)),
        clientY: top + 10 + ((n * 3) % (height - 40)),
      };
      cell.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...place }));
    });
  },
  slider(milliseconds: number) {
    const slider = document.querySelector<HTMLInputElement>("input[aria-label=Step]");
    if (!slider) throw new Error("The slider is not there.");
    return perFrame(milliseconds, (n) => {
      slider.valueAsNumber = n % Number(slider.max);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    });
  },
  async begin(size: Size): Promise<void> {
    const first = snapshot(size, 1);
    present = { size, id: first.experiment?.id ?? "" };
    send({ kind: "snapshot", snapshot: first });
    await frame();
  },
  /** Updates `from` to `to` of `all`, ten a second; milliseconds that each kept the page busy. */
  async live(from: number, to: number, all: number): Promise<number[]> {
    if (!present) throw new Error("Nothing has begun.");
    const { size, id } = present;
    const work: number[] = [];
    for (let n = from; n < to; n++) {
      const next = new Promise((resolve) => setTimeout(resolve, 100));
      const step = Math.max(2, Math.round(((n + 1) * size.steps) / all));
      const gradients = runs(size).map((run) => report(run, step, size));
      const update: ExperimentUpdate = {
        experiment: id,
        state: { kind: "running", startedAt: 0, stepsDone: step, stepsTotal: size.steps * size.losses },
        runs: [],
        epochs: [],
        gradients,
      };
      send({ kind: "update", update });
      const now = await frame();
      await new Promise((resolve) => setTimeout(resolve));
      work.push(performance.now() - now);
      await next;
    }
    return work;
  },
};

Object.assign(window, {
  host,
  acquireVsCodeApi: () => ({ postMessage: () => {}, getState: () => undefined, setState: () => {} }),
});
