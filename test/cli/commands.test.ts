import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli/run.ts";
import { openTerminal } from "../../cli/terminal.ts";
import { tinyData } from "../engine/tiny.ts";
import { equipoise } from "./fakeTerminal.ts";

const samples = fileURLToPath(new URL("../../samples", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("equipoise", () => {
  it("lists its commands and says what is wrong with an unknown one", async () => {
    const { out } = await equipoise("--help");
    const summaries = [...out.matchAll(/^ {2}equipoise .*? {2,}(?=[A-Z])/gm)].map(([start]) => start.length);
    expect(summaries.length).toBeGreaterThan(5);
    expect(new Set(summaries).size).toBe(1);
    const wrong = await equipoise("inspekt");
    expect(wrong.code).toBe(2);
    expect(wrong.errors).toMatch(/^equipoise: no command "inspekt"\. Commands: inspect, /);
  });

  it("ends with one word after Ctrl+C", async () => {
    let errors = "";
    const terminal = openTerminal({ write() {} }, { write: (text) => (errors += text) }, {});
    const list = join(samples, "cifar10-lt/train_if100.txt");
    expect(await runCommandLine(["inspect", list], terminal, AbortSignal.abort())).toBe(2);
    expect(errors).toBe("equipoise: stopped.\n");
  });

  it("names an option that the command does not have", async () => {
    const wrong = await equipoise("inspect", "x.txt", "--jsn");
    expect(wrong.code).toBe(2);
    expect(wrong.errors).toContain("--jsn");
  });
});

describe("inspect", () => {
  it("prints counts, findings and advice of a path list", async () => {
    const { code, out } = await equipoise("inspect", join(samples, "cifar10-lt/train_if100.txt"));
    expect(code).toBe(0);
    expect(out).toContain("4,958 images, 10 classes, imbalance factor 100");
    expect(out).toContain("warning imbalance/high");
    expect(out).toContain("Balanced softmax");
  });

  it("prints the documented JSON object", async () => {
    const { out } = await equipoise("inspect", "--json", join(samples, "chess/train/_annotations.coco.json"));
    const { format, views, findings, recommendation } = JSON.parse(out);
    expect(format).toBe("coco");
    expect(views[0]).toMatchObject({
      split: "train",
      basis: "instances",
      samples: 202,
      labels: 2108,
      imbalanceFactor: 496,
    });
    expect(views[0].classes[0]).toMatchObject({ index: 0, id: 0, name: "pieces", count: 0, images: 0 });
    expect(findings.map((finding: { code: string }) => finding.code)).toContain("class/empty");
    expect(Object.keys(recommendation)).toEqual(
      expect.arrayContaining(["loss", "objective", "parameters", "why", "source"]),
    );
  });

  it("counts in another basis when asked", async () => {
    const { out } = await equipoise(
      "inspect",
      "--json",
      "--basis",
      "images",
      join(samples, "chess/train/_annotations.coco.json"),
    );
    const [view] = JSON.parse(out).views;
    expect(view.basis).toBe("images");
    expect(view.labels).toBeLessThan(2108);
  });

  it("names the place of a finding from where it is called, as text and as SARIF", async () => {
    const list = join(folder, "train.txt");
    writeFileSync(list, "a/1.jpg 0\na/2.jpg 0\nb/3.jpg\nb/4.jpg 1\n");
    const text = await equipoise("inspect", list);
    expect(text.out).toContain(`${relative(process.cwd(), list)}:3`);
    const { runs } = JSON.parse((await equipoise("inspect", "--sarif", list)).out);
    const [{ physicalLocation }] = runs[0].results[0].locations;
    expect(physicalLocation.artifactLocation.uri).toBe(pathToFileURL(list).href);
    expect(physicalLocation.region.startLine).toBe(3);
  });

  it("ends with 1 where findings reach --fail-on and with 0 below", async () => {
    const list = join(samples, "cifar10-lt/train_if100.txt");
    expect((await equipoise("inspect", list, "--fail-on", "warning")).code).toBe(1);
    expect((await equipoise("inspect", list, "--fail-on", "error")).code).toBe(0);
    expect((await equipoise("inspect", list, "--fail-on", "never")).code).toBe(0);
  });

  it("ends with 2 and one finding where nothing can be read", async () => {
    for (const path of [join(folder, "missing.txt"), folder, join(samples, "LICENSES.md")]) {
      const { code, out } = await equipoise("inspect", path, "--json");
      expect(code).toBe(2);
      expect(JSON.parse(out)).toMatchObject({ views: [], findings: [{ severity: "error" }] });
    }
  });

  it("writes findings as SARIF", async () => {
    const { out } = await equipoise("inspect", "--sarif", join(samples, "cifar10-lt/train_if100.txt"));
    const log = JSON.parse(out);
    expect(log.version).toBe("2.1.0");
    expect(log.runs[0].results[0]).toMatchObject({ ruleId: "imbalance/high", level: "warning" });
  });

  it("says nothing of imbalance where the data are balanced", async () => {
    const { out } = await equipoise("inspect", "--json", join(samples, "imagenet-lt/ImageNet_LT_val.txt"));
    expect(JSON.parse(out).findings).toEqual([]);
  });
});

describe("export", () => {
  const list = join(samples, "cifar10-lt/train_if100.txt");

  it("prints a loss as source code with the counts of the manifest", async () => {
    const { code, out } = await equipoise("export", list, "--target", "keras", "--loss", "seesaw:q=1");
    expect(code).toBe(0);
    expect(out).toContain("class SeesawLoss(MemoryLoss):");
    expect(out).toContain("q: float = 1.0");
    expect(out).toContain("COUNTS = [2000, ");
  });

  it("writes the recommended loss into a file", async () => {
    const file = join(folder, "loss.mjs");
    const { out } = await equipoise("export", list, "--target", "tensorflowjs", "--out", file);
    expect(out).toContain("Balanced softmax as TensorFlow.js");
    expect(readFileSync(file, "utf8")).toContain("export function balancedSoftmaxLoss(");
  });

  it("writes the recorder of gradient ratios", async () => {
    const { code, out } = await equipoise("export", list, "--target", "pytorch", "--recorder");
    expect(code).toBe(0);
    expect(out).toContain("class RecordedLoss(nn.Module):");
    const keras = await equipoise("export", list, "--target", "keras", "--recorder");
    expect(keras.out).toContain("class Recorder(keras.callbacks.Callback):");
    expect((await equipoise("export", list, "--target", "tensorflowjs", "--recorder")).code).toBe(2);
  });

  it("writes samplers and class weights, one thing a file", async () => {
    const as = (...args: string[]) => equipoise("export", list, "--target", "pytorch", ...args);
    const sampler = await as("--sampler", "progressive");
    expect(sampler.out).toContain("class ProgressiveSampler(SeededSampler):");
    expect(sampler.out).toContain("COUNTS = [2000, ");
    const weights = await as("--weights", "effective:beta=0.99,absent=clamp1,switch=5");
    expect(weights.out).toContain("β = 0.99");
    expect(weights.out).toContain("switch_epoch: int = 5");
    expect((await as("--weights", "inverse:beta=0.9")).errors).toContain('not "beta=0.9"');
    expect((await as("--weights", "cubic")).errors).toContain('no weights "cubic". Known: none, inverse');
    expect((await as("--sampler", "fair")).errors).toContain("--sampler fair: expected instance-balanced");
    expect((await as("--sampler", "power", "--loss", "ldam")).errors).toContain("One file holds one thing");
  });

  it("names the targets where none, or another, is given", async () => {
    const none = await equipoise("export", list);
    expect(none).toMatchObject({ code: 2, errors: expect.stringContaining("pytorch, keras, tensorflowjs") });
    const other = await equipoise("export", list, "--target", "jax");
    expect(other.errors).toContain("--target jax: expected pytorch, keras, tensorflowjs.");
  });
});

describe("recommend", () => {
  it("keeps cross-entropy for a natural test distribution", async () => {
    const list = join(samples, "cifar10-lt/train_if100.txt");
    const { out } = await equipoise("recommend", list, "--objective", "natural", "--json");
    expect(JSON.parse(out)).toMatchObject({ loss: "cross-entropy", objective: "natural" });
  });

  it("writes the loss into equipoise.yaml once", async () => {
    cpSync(join(samples, "cifar10-lt/train_if100.txt"), join(folder, "train.txt"));
    expect((await equipoise("recommend", join(folder, "train.txt"), "--write")).code).toBe(0);
    const text = readFileSync(join(folder, "equipoise.yaml"), "utf8");
    expect(text).toMatch(/manifest: train\.txt\n# Equipoise: counts of train\.txt \([0-9a-f]{8}: [^)]+\)/);
    expect(text).toContain("id: balanced-softmax");
    const { out } = await equipoise("recommend", join(folder, "train.txt"), "--write", "--json");
    expect(readFileSync(join(folder, "equipoise.yaml"), "utf8")).toBe(text);
    expect(JSON.parse(out)).toMatchObject({ loss: "balanced-softmax" });
  });

  it("writes what a framework can express into its configuration, and finds the manifest in it", async () => {
    cpSync(join(samples, "mmpretrain"), join(folder, "mmpretrain"), { recursive: true });
    cpSync(join(samples, "cifar10-lt/train_if100.txt"), join(folder, "cifar10-lt/train_if100.txt"));
    const config = join(folder, "mmpretrain/resnet18_cifar10_lt.py");
    const first = await equipoise("recommend", "--config", config, "--write");
    expect(first.out).toContain("MMPretrain 1 has no balanced softmax");
    expect(first.out).toContain("class-balanced softmax (MMPretrain 1) inserted");
    const text = readFileSync(config, "utf8");
    expect(text).toMatch(/# Equipoise: counts of \.\.\/cifar10-lt\/train_if100\.txt \(/);
    const second = await equipoise("recommend", "--config", config, "--write");
    expect(second.out).toContain("has class-balanced softmax (MMPretrain 1) already");
    expect(readFileSync(config, "utf8")).toBe(text);
    const refused = await equipoise("recommend", "--config", config, "--write", "--loss", "ldam");
    expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining("MMPretrain 1 has no LDAM") });
    expect(readFileSync(config, "utf8")).toBe(text);
  });

  it("says why nothing was written into a configuration", async () => {
    const list = join(samples, "cifar10-lt/train_if100.txt");
    const plain = join(folder, "plain.py");
    writeFileSync(plain, "print('hello')\n");
    const unknown = await equipoise("recommend", list, "--write", "--config", plain);
    expect(unknown.errors).toContain("plain.py is no training configuration that is known here.");
    const missing = await equipoise("recommend", list, "--write", "--config", join(folder, "none.py"));
    expect(missing.errors).toContain("none.py cannot be read.");
    const other = join(folder, "mask.yaml");
    writeFileSync(other, "_BASE_: ../Base-RCNN-FPN.yaml\nMODEL:\n  ROI_HEADS:\n    NUM_CLASSES: 80\n");
    const classes = await equipoise("recommend", list, "--write", "--config", other);
    expect(classes.errors).toContain("NUM_CLASSES is 80 here, the manifest has 10 classes.");
    expect(readFileSync(other, "utf8")).not.toContain("Equipoise");
    expect((await equipoise("recommend", "--write", "--config", other)).errors).toContain(
      "mask.yaml names no label file that is here.",
    );
  });

  it("measures on the data, and writes the choice with the evidence", async () => {
    const { manifest } = tinyData(folder);
    const { code, out } = await equipoise("recommend", manifest, "--measure", "--budget", "10m", "--write");
    expect(code).toBe(0);
    expect(out).toMatch(/points over cross-entropy|nothing tried helps/);
    expect(out.replace(/\s+/g, " ")).toContain("the test part was not used");
    const text = readFileSync(join(folder, "equipoise.yaml"), "utf8");
    expect(text).toMatch(/^# Equipoise: counts of train\.txt .*, measured \d+\.\d % balanced accuracy/m);
    expect(text).toContain("\nloss:\n  id: ");
  });

  it("refuses a budget that is none, or that nothing is measured in", async () => {
    const list = join(samples, "cifar10-lt/train_if100.txt");
    const wrong = await equipoise("recommend", list, "--measure", "--budget", "soon");
    expect(wrong.errors).toContain("--budget soon: expected a time such as 60s, 5m or 1h.");
    const idle = await equipoise("recommend", list, "--budget", "60s");
    expect(idle.errors).toContain("--budget is there for --measure.");
  });

  it("names the file and one next step where there is nothing to advise on", async () => {
    const missing = await equipoise("recommend", join(folder, "missing.txt"));
    expect(missing.errors).toBe("equipoise: missing.txt does not exist. Check the path.\n");
    const other = await equipoise("recommend", join(samples, "LICENSES.md"));
    expect(other.errors).toBe("equipoise: LICENSES.md: no labels found. See equipoise inspect.\n");
  });
});

describe("runs", () => {
  it("are listed, named, exported, trained again and deleted", async () => {
    const { manifest } = tinyData(folder);
    const short = ["--epochs", "1", "--seeds", "1", "--loss", "cross-entropy", "--backend", "cpu"];
    expect((await equipoise("compare", manifest, ...short)).code).toBe(0);
    const at = ["--folder", folder];
    const [run] = JSON.parse((await equipoise("runs", ...at, "--json")).out);
    expect(run).toMatchObject({ state: "finished", loss: "cross-entropy" });
    expect((await equipoise("runs", "rename", run.id, "first", "try", ...at)).out).toContain(
      "named first try",
    );
    expect((await equipoise("runs", ...at)).out).toMatch(/first try +cross-entropy +finished/);
    const out = join(folder, "events");
    expect((await equipoise("export", folder, "--tensorboard", run.id, "--out", out)).out).toContain(
      "reports",
    );
    const adjusted = JSON.parse(
      (await equipoise("runs", "adjust", run.id, "--tau", "0,1", "--json", ...at)).out,
    );
    expect(adjusted.points.map(({ tau }: { tau: number }) => tau)).toEqual([0, 1]);
    expect(adjusted.points[0].balancedAccuracy).toBe(run.balancedAccuracy);
    expect((await equipoise("runs", "adjust", run.id, ...at)).out).toMatch(/tau +balanced accuracy/);
    expect((await equipoise("runs", "again", run.experiment, ...at)).code).toBe(0);
    expect(JSON.parse((await equipoise("runs", ...at, "--json")).out)).toHaveLength(2);
    expect((await equipoise("runs", "delete", run.id, ...at)).code).toBe(0);
    expect((await equipoise("runs", ...at)).out).not.toContain("first try");
    expect((await equipoise("runs", "delete", run.id, ...at)).errors).toContain(`There is no run ${run.id}.`);
    expect((await equipoise("runs", "shake", ...at)).errors).toContain("expected list, rename, delete");
  });
});

describe("compare", () => {
  beforeEach(() =>
    cpSync(join(samples, "cifar10-lt"), folder, {
      recursive: true,
      filter: (path) => !path.includes(".equipoise"),
    }),
  );

  it("trains the losses, compares them and inserts what it speaks for", async () => {
    const list = join(folder, "train_if100.txt");
    const losses = ["--loss", "cross-entropy", "--loss", "balanced-softmax:tau=0.5"];
    const { code, out } = await equipoise(
      "compare",
      list,
      ...losses,
      "--epochs",
      "2",
      "--seeds",
      "1",
      "--insert",
    );
    expect(code).toBe(0);
    expect(out).toMatch(/Loss +Bal\. acc\./);
    expect(out).toContain("No verdict from 1 seed.");
    // No class is few here, so that no column is.
    expect(out).toMatch(/Many {2}Medium$/m);
    expect(readFileSync(join(folder, "equipoise.yaml"), "utf8")).toContain("tau: 0.5");
  });

  it("prints plain numbers as JSON", async () => {
    const { out } = await equipoise(
      "compare",
      join(folder, "train_if100.txt"),
      "--json",
      "--epochs",
      "1",
      "--seeds",
      "1",
      "--loss",
      "cross-entropy",
    );
    const { results, classes } = JSON.parse(out);
    expect(classes).toHaveLength(10);
    expect(results[0].recall).toHaveLength(10);
    expect(results[0].gradientRatio.lastEpoch).toHaveLength(10);
    expect(results[0].groups.few).toBeNull();
  });

  it("refuses a loss, a parameter or a value that does not exist", async () => {
    const list = join(folder, "train_if100.txt");
    for (const [option, words] of [
      ["ballanced-softmax", "balanced-softmax"],
      ["class-balanced-focal:bta=0.9", "bta"],
      ["class-balanced-focal:beta=1", "beta"],
    ] as const) {
      const { code, errors } = await equipoise("compare", list, "--loss", option);
      expect(code).toBe(2);
      expect(errors).toContain(words);
    }
  });

  it("names what it looked for where there is nothing to train on", async () => {
    const list = join(folder, "only.txt");
    writeFileSync(list, "a/1.jpg 0\na/2.jpg 0\nb/1.jpg 1\n");
    rmSync(join(folder, "test_hog.npy"));
    rmSync(join(folder, "train_if100_hog.npy"));
    const { code, errors } = await equipoise("compare", list);
    expect(code).toBe(2);
    expect(errors).toContain("equipoise.yaml");
  });
});
