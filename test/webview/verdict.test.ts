import { describe, expect, test } from "vitest";
import type { Dataset, PanelSnapshot } from "#protocol/panel.ts";
import { lossSummaries } from "../../webview/model/summaries.ts";
import { joined, type Verdict } from "../../webview/verdict/phrases.ts";
import { duration } from "../../webview/verdict/progress.ts";
import { loadingVerdict, panelVerdict } from "../../webview/verdict.ts";
import { recordedExperiment, recordedPlan, recordedSnapshot } from "./fixtures/experiment.ts";
import { measuredAdvice, measuring } from "./fixtures/measured.ts";
import { recording } from "./fixtures/read.ts";

function verdictOf(snapshot: PanelSnapshot): Verdict {
  const { experiment, proposal } = snapshot;
  return panelVerdict(
    snapshot,
    experiment?.plan ?? proposal?.plan,
    experiment ? lossSummaries(experiment) : [],
  )!;
}

const labels = ({ actions }: Verdict) => actions.map(({ label, primary }) => (primary ? `*${label}` : label));
const bold = ({ say }: Verdict) => say.filter(({ strong }) => strong).map(({ text }) => text);
const ready = (): PanelSnapshot => {
  const { experiment: _, ...snapshot } = recordedSnapshot(recording);
  return snapshot;
};

describe("measured advice", () => {
  const measured = (verdict: Parameters<typeof measuredAdvice>[0]): Verdict =>
    verdictOf({ ...ready(), measurement: { kind: "done", advice: measuredAdvice(verdict) } });

  test("is offered before a comparison, where each sample has one label", () => {
    expect(labels(verdictOf(ready()))).toContain("Measure for 60 s");
    const { proposal, ...rest } = ready();
    const masks = { ...proposal!, plan: { ...proposal!.plan, inputs: "masks" as const } };
    expect(labels(verdictOf({ ...rest, proposal: masks }))).not.toContain("Measure for 60 s");
  });

  test("says while it is measured how far it is, over whatever stood there", () => {
    const verdict = verdictOf({ ...recordedSnapshot(recording), measurement: measuring });
    expect(joined(verdict.say)).toBe("Measuring. Trying 14 losses and settings.");
    expect(verdict.progress).toBe(0.36);
    expect(labels(verdict)).toEqual(["Stop"]);
  });

  test("is inserted first where it is sure, with what was measured", () => {
    const verdict = measured("helps");
    expect(joined(verdict.say)).toBe(
      "Balanced softmax, τ 1 helps: 44.8 % balanced accuracy, +14.2 points over cross-entropy (95 % interval +9.6 to +18.8), measured on validation data.",
    );
    expect(labels(verdict)).toEqual(["*Insert into equipoise.yaml", "Run comparison"]);
    expect(verdict.actions[0]).toMatchObject({ evidence: measuredAdvice("helps").evidence });
  });

  test("inside the noise asks for a comparison first", () => {
    const verdict = measured("leads");
    expect(bold(verdict)).toEqual(["Balanced softmax, τ 1 leads within the noise."]);
    expect(labels(verdict)).toEqual(["*Run comparison", "Insert balanced softmax, τ 1"]);
  });

  test("says when nothing helps", () => {
    const verdict = measured("nothing-helps");
    expect(joined(verdict.say)).toBe(
      "Nothing tried helps. Cross-entropy has 30.6 % balanced accuracy; nothing is ahead beyond the noise.",
    );
    expect(labels(verdict)).toEqual(["*Run comparison", "Insert cross-entropy"]);
  });

  test("does not take the place of a comparison's verdict", () => {
    const advice = { kind: "done", advice: measuredAdvice("helps") } as const;
    const snapshot = recordedSnapshot(recording);
    expect(verdictOf({ ...snapshot, measurement: advice })).toEqual(verdictOf(snapshot));
  });
});

test("an earlier comparison that was opened has a way back to the newest", () => {
  const snapshot = recordedSnapshot(recording);
  const verdict = verdictOf({ ...snapshot, opened: snapshot.experiment!.id });
  expect(labels(verdict)).toEqual([...labels(verdictOf(snapshot)), "Back to the newest"]);
});

describe("a comparison with a winner", () => {
  const verdict = verdictOf(recordedSnapshot(recording));

  test("says gain, interval and price", () => {
    expect(joined(verdict.say)).toBe(
      "Balanced softmax wins: 45.5 % balanced accuracy, +14.6 points over cross-entropy (95 % interval +13.7 to +15.6). Tail recall 2.0 → 46.4 %, head recall 71.6 → 51.3 %.",
    );
    expect(bold(verdict)).toEqual(["Balanced softmax wins: 45.5 % balanced accuracy, +14.6 points"]);
  });

  test("says how far ahead of the second it is and what intervals cover", () => {
    expect(verdict.why).toBe(
      "Also ahead of class-balanced focal, by 1.2 points (+0.5 to +1.9 after correction for 3 comparisons). 5 seeds, 10,000 test images; intervals cover both.",
    );
  });

  test("speaks of the metric that decided", () => {
    const snapshot = recordedSnapshot(recording);
    const experiment = snapshot.experiment!;
    const comparison = { ...experiment.comparison!, metric: "accuracy" as const };
    const say = joined(verdictOf({ ...snapshot, experiment: { ...experiment, comparison } }).say);
    expect(say).toMatch(/^Balanced softmax wins: 45\.5 % accuracy, \+14\.6 points/);
  });

  test("offers to insert the winner", () => {
    expect(labels(verdict)).toEqual(["*Insert into equipoise.yaml", "Copy as code"]);
    expect(verdict.actions[0]).toMatchObject({ choice: { loss: "balanced-softmax" } });
  });
});

describe("a comparison without a winner", () => {
  const losses = [
    "cross-entropy",
    "balanced-softmax",
    "class-balanced-focal",
    "class-balanced-softmax",
  ] as const;
  const verdict = verdictOf(recordedSnapshot(recording, { losses }));

  test("says that the difference is within the noise", () => {
    expect(joined(verdict.say)).toBe(
      "No winner. Balanced softmax leads class-balanced softmax by 0.6 points of balanced accuracy (interval −0.1 to +1.3): within the noise. Both beat cross-entropy by 14 points.",
    );
  });

  test("says where the noise comes from and how to choose", () => {
    expect(verdict.why).toBe(
      "5 seeds differ by 0.1 points, so more seeds will not settle it; the noise is in the 10,000 test images. Choose by group: balanced softmax has 46.4 % tail recall, class-balanced softmax 54.7 % head recall. Interval: 98.3 %, corrected for 3 comparisons.",
    );
  });

  test("has no primary button", () => {
    expect(labels(verdict)).toEqual(["Insert balanced softmax"]);
  });

  test("says that more seeds may settle it where the seeds are the noise", () => {
    const snapshot = recordedSnapshot(recording, { losses });
    const experiment = snapshot.experiment!;
    const results = experiment.comparison!.results.map((result) => ({ ...result, seedDeviation: 0.02 }));
    const noisy = {
      ...snapshot,
      experiment: { ...experiment, comparison: { ...experiment.comparison!, results } },
    };
    expect(verdictOf(noisy).why).toMatch(/^5 seeds differ by 2.0 points; more seeds may settle it\./);
  });
});

test("a baseline that nothing beats is to be kept", () => {
  const snapshot = recordedSnapshot(recording, { losses: ["balanced-softmax", "class-balanced-focal"] });
  const verdict = verdictOf(snapshot);
  expect(joined(verdict.say)).toBe(
    "Balanced softmax is not beaten. The best other loss, class-balanced focal, is 1.2 points below (interval 0.5 to 1.9). Keep it.",
  );
  expect(labels(verdict)).toEqual(["Insert balanced softmax"]);
});

test("one seed gives no verdict but what was seen", () => {
  const verdict = verdictOf(recordedSnapshot(recording, { seeds: 1 }));
  expect(joined(verdict.say)).toBe(
    "No verdict from 1 seed. Balanced softmax has 45.5 % balanced accuracy, cross-entropy 30.9 %. Tail recall 2.0 → 46.4 %, head recall 71.6 → 51.3 %.",
  );
  expect(verdict.actions).toEqual([
    { kind: "run-seeds", label: "Run with 3 seeds", primary: false, seeds: 3 },
  ]);
});

describe("before any run", () => {
  test("the panel names the first loss to try, and why", () => {
    const verdict = verdictOf(ready());
    expect(joined(verdict.say)).toBe(
      "Balanced softmax is the first loss to try. Imbalance factor 100: three of ten classes hold 79 % of the images, the last three 2.2 %.",
    );
    expect(verdict.why).toBe(
      "Advice from the counts alone, after Ren et al. 2020. Run the comparison to measure it on your data: 4 losses, 5 seeds, 58,200 steps.",
    );
    expect(labels(verdict)).toEqual(["*Run comparison", "Measure for 60 s", "Insert without a run"]);
  });

  test("classes that do not occur are not counted among those that hold the images", () => {
    const snapshot = ready();
    const dataset = snapshot.dataset!;
    const classes = dataset.view.classes.map((each) => (each.index > 2 ? { ...each, count: 0 } : each));
    const say = joined(
      verdictOf({ ...snapshot, dataset: { ...dataset, view: { ...dataset.view, classes } } }).say,
    );
    expect(say).toContain("one of three classes that occur holds 51 % of the images, the last 18 %.");
  });

  test("without training data the loss can be inserted, and the panel says what is missing", () => {
    const { proposal: _, ...snapshot } = ready();
    const verdict = verdictOf({ ...snapshot, noProposal: "No inputs were found beside train_if100.txt." });
    expect(verdict.why).toMatch(/No inputs were found beside train_if100.txt\.$/);
    expect(labels(verdict)).toEqual(["*Insert into equipoise.yaml"]);
  });

  test("nothing is primary while training data are still looked for", () => {
    const { proposal: _, ...snapshot } = ready();
    expect(labels(verdictOf(snapshot))).toEqual(["Insert into equipoise.yaml"]);
    expect(verdictOf(snapshot).why).toMatch(/Looking for training data\.$/);
  });

  test("balanced data need no loss of ours", () => {
    const snapshot = ready();
    const dataset = snapshot.dataset!;
    const balanced = {
      ...dataset,
      view: { ...dataset.view, imbalanceFactor: 1 },
      recommendation: { ...dataset.recommendation!, loss: "cross-entropy" as const },
    };
    expect(joined(verdictOf({ ...snapshot, dataset: balanced }).say)).toBe(
      "These data are balanced (imbalance factor 1). Use cross-entropy; no loss here would help.",
    );
  });

  test("in Restricted Mode there is advice and no training", () => {
    const verdict = verdictOf({ ...ready(), trusted: false });
    expect(joined(verdict.say)).toBe("Restricted mode: advice only. Training starts in a trusted workspace.");
    expect(labels(verdict)).toEqual(["Manage trust"]);
  });

  test("without a dataset there is no verdict", () => {
    expect(panelVerdict({ manifests: [], trusted: true }, undefined, [])).toBeUndefined();
  });
});

describe("while training runs", () => {
  const verdict = verdictOf(recordedSnapshot(recording, { done: 11 }));

  test("the leader so far, the present run and the time left are named", () => {
    expect(joined(verdict.say)).toBe(
      "Balanced softmax leads so far, 45.5 % against 30.9 %. Run 12 of 20: class-balanced focal, seed 2, epoch 14 of 30.",
    );
    expect(verdict.why).toBe("About 9 s left. Nothing is decided before every run has ended.");
    expect(labels(verdict)).toEqual(["Stop"]);
    expect(verdict.progress).toBeCloseTo((11 * 30 + 14) / 600, 10);
  });

  test("what a screen reader says stays the same over epochs and changes with a finished loss", () => {
    const experiment = recordedExperiment(recording, { done: 11 });
    const later = experiment.runs.map((run) =>
      run.state.kind === "running" ? { ...run, state: { ...run.state, epoch: 15 } } : run,
    );
    const snapshot = recordedSnapshot(recording, { done: 11 });
    expect(verdictOf({ ...snapshot, experiment: { ...experiment, runs: later } }).spoken).toBe(
      verdict.spoken,
    );
    expect(verdict.spoken).toBe(
      "Balanced softmax leads so far, 45.5 % against 30.9 %. 2 of 4 losses are done.",
    );
  });

  test("before two losses have a run nobody leads", () => {
    expect(joined(verdictOf(recordedSnapshot(recording, { done: 0 })).say)).toBe(
      "Training. Run 1 of 20: cross-entropy, seed 1, epoch 14 of 30.",
    );
  });
});

describe("after an interruption", () => {
  test("stopping says what is kept and where it would go on", () => {
    const verdict = verdictOf(recordedSnapshot(recording, { done: 11, ended: { kind: "stopped" } }));
    expect(verdict.tone).toBe("warning");
    expect(joined(verdict.say)).toBe(
      "Stopped after 11 of 20 runs. Cross-entropy has 5 seeds, balanced softmax 5, class-balanced focal 1. No verdict for losses with fewer than 3 seeds.",
    );
    expect(verdict.why).toBe(
      "11 runs are kept in .equipoise/runs. Resume goes on with class-balanced focal, seed 2, epoch 14.",
    );
    expect(labels(verdict)).toEqual(["*Resume"]);
  });

  test("failing says what ended and offers the log", () => {
    const ended = { kind: "failed", message: "The training process ended. Use a smaller batch." } as const;
    const verdict = verdictOf(recordedSnapshot(recording, { done: 11, ended }));
    expect(verdict.tone).toBe("error");
    expect(bold(verdict)).toEqual(["The training process ended."]);
    expect(labels(verdict)).toEqual(["*Resume", "Show log"]);
  });

  test("counts that changed since make the result stale", () => {
    const snapshot = recordedSnapshot(recording);
    const dataset = snapshot.dataset!;
    const classes = dataset.view.classes.map((each) =>
      each.name === "truck" ? { ...each, count: 62 } : each,
    );
    const verdict = verdictOf({ ...snapshot, dataset: { ...dataset, view: { ...dataset.view, classes } } });
    expect(joined(verdict.say)).toBe("Counts changed since this run: truck 50 then, 62 now.");
    expect(labels(verdict)).toEqual(["*Run again"]);
  });
});

describe("counts that changed since a run without a test part", () => {
  const held = (): { snapshot: PanelSnapshot; dataset: Dataset } => {
    const snapshot = recordedSnapshot(recording);
    const { experiment } = snapshot;
    const { test: _, ...plan } = experiment!.plan;
    const counts = experiment!.counts.map((count) => count - Math.round(count / 5));
    const testSamples = experiment!.counts.reduce((sum, count) => sum + Math.round(count / 5), 0);
    return {
      snapshot: { ...snapshot, experiment: { ...experiment!, plan, counts, testSamples } },
      dataset: snapshot.dataset!,
    };
  };
  const withCount = (name: string, count: number): Verdict => {
    const { snapshot, dataset } = held();
    const classes = dataset.view.classes.map((each) => (each.name === name ? { ...each, count } : each));
    const samples = classes.reduce((sum, each) => sum + each.count, 0);
    return verdictOf({ ...snapshot, dataset: { ...dataset, view: { ...dataset.view, classes, samples } } });
  };

  test("are no change where only a fifth of each class was held out", () => {
    expect(labels(withCount("truck", 50))).toContain("*Insert into equipoise.yaml");
  });

  test("make the result stale, as counts that are trained on", () => {
    expect(joined(withCount("truck", 62).say)).toBe(
      "Counts changed since this run: truck 40 for training then, 50 now.",
    );
  });

  test("are seen where the part for training stayed the same", () => {
    // 139 and 138 train on 111 and 110; 83 and 82 on 66 both.
    expect(joined(withCount("ship", 82).say)).toBe(
      "Counts changed since this run: 12,406 images then, 12,405 now.",
    );
  });
});

test("reading says how far it is", () => {
  const verdict = loadingVerdict({ name: "annotations.json", read: 402e6, total: 1124e6 });
  expect(joined(verdict.say)).toBe("Reading: 402 of 1,124 MB.");
  expect(verdict.spoken).toBe("Reading annotations.json.");
  expect(verdict.progress).toBeCloseTo(402 / 1124, 10);
  const many = loadingVerdict({ name: "data.yaml", read: 1200, total: 5000, unit: "files" });
  expect(joined(many.say)).toBe("Reading: 1,200 of 5,000 files.");
});

test("no verdict has more than one primary button", () => {
  const snapshots = [
    ready(),
    recordedSnapshot(recording),
    recordedSnapshot(recording, { seeds: 1 }),
    recordedSnapshot(recording, { done: 3 }),
    recordedSnapshot(recording, { done: 3, ended: { kind: "stopped" } }),
  ];
  for (const snapshot of snapshots) {
    expect(verdictOf(snapshot).actions.filter(({ primary }) => primary).length).toBeLessThanOrEqual(1);
  }
});

test("durations are rounded to what matters", () => {
  expect([0.2, 9.4, 100, 4000, 9000].map(duration)).toEqual(["1 s", "9 s", "2 min", "67 min", "3 h"]);
});

test("a plan of one loss is counted in the singular", () => {
  const plan = recordedPlan(["cross-entropy"], 1);
  const snapshot = { ...ready(), proposal: { ...ready().proposal!, plan } };
  expect(panelVerdict(snapshot, plan, [])!.why).toMatch(/1 loss, 1 seed, 2,910 steps\.$/);
});
