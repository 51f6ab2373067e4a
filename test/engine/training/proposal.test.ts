import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { temporaryFolder, tinyData, writeNpy } from "../tiny.ts";
import { zipOf } from "../zip.ts";

function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A list of 20 samples of class a, 6 of b, 2 of c, with `prefix` in front of each path. */
function list(prefix = ""): string {
  const names = Object.entries({ a: 20, b: 6, c: 2 }).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => `${prefix}${label}/${i}.png ${label}\n`),
  );
  return names.join("");
}

describe("a proposal", () => {
  test("takes embeddings and the test split that lie beside the manifest", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const proposal = await proposeExperiment({ manifest, folder });
    expect(proposal.plan).toMatchObject({
      manifest,
      folder,
      train: { inputs: join(folder, "train_emb.npy"), labels: manifest },
      test: { inputs: join(folder, "test_emb.npy"), labels: join(folder, "test.txt") },
      inputs: "embeddings",
      model: "linear",
      objective: "balanced",
      seeds: 5,
      epochs: 200,
    });
    expect(proposal).toMatchObject({
      trainSamples: 86,
      testSamples: 30,
      test: "test.txt, 30 images",
      notes: [],
    });
    expect(proposal.stepsPerRun).toBe(200);
  });

  test("compares three or four different losses, cross-entropy first, the advised one among them", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const { plan } = await proposeExperiment({ manifest, folder });
    expect(plan.losses.length).toBeGreaterThanOrEqual(3);
    expect(plan.losses.length).toBeLessThanOrEqual(4);
    expect(plan.losses[0]).toEqual({ loss: "cross-entropy", parameters: {}, sampler: "instance-balanced" });
    expect(plan.losses.map(({ loss }) => loss)).toContain("balanced-softmax");
    expect(new Set(plan.losses.map((choice) => JSON.stringify(choice))).size).toBe(plan.losses.length);
  });

  test("selects rows by path where the array belongs to a longer list", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const whole = join(folder, "train.txt");
    const lines = list("train/").split("\n");
    write(whole, lines.join("\n"));
    writeNpy(
      join(folder, "train_emb.npy"),
      "<f4",
      [28, 1],
      lines.slice(0, 28).map((_, i) => i),
    );
    const manifest = write(join(folder, "train_rare.txt"), lines.slice(3).join("\n"));
    const { plan, notes } = await proposeExperiment({ manifest, folder });
    expect(plan.train).toEqual({ inputs: join(folder, "train_emb.npy"), labels: manifest });
    expect(notes[0]).toBe("Rows of train_emb.npy are matched by path, in the order of train.txt.");
  });

  test("takes the number columns of a table and holds out a fifth of each class", async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 40 }, (_, i) => `${i * 0.37},${Math.sin(i)},${i % 4 ? "many" : "few"}`);
    const manifest = write(join(folder, "table.csv"), `x,y,label\n${rows.join("\n")}\n`);
    const proposal = await proposeExperiment({ manifest, folder });
    expect(proposal).toMatchObject({
      inputs: "Number columns of table.csv, 2 of them",
      trainSamples: 32,
      testSamples: 8,
      test: "a fifth of each class, another with each seed",
    });
    expect(proposal.plan.train).toEqual({ inputs: manifest, labels: manifest });
    expect(proposal.plan.test).toBeUndefined();
  });

  test.each(["folder", "zip"])("takes images of a %s", async (kind) => {
    const folder = temporaryFolder();
    const manifest = write(join(folder, "train.txt"), list("photos/"));
    const image = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const files = Object.fromEntries(
      list("photos/")
        .trim()
        .split("\n")
        .map((line) => [line.split(" ")[0]!, image]),
    );
    if (kind === "zip") write(join(folder, "photos.zip"), zipOf(files));
    else for (const [path, bytes] of Object.entries(files)) write(join(folder, path), bytes);
    const { plan, inputs } = await proposeExperiment({ manifest, folder });
    const place = kind === "zip" ? join(folder, "photos.zip") : folder;
    expect(plan).toMatchObject({ inputs: "images", train: { inputs: place, labels: manifest } });
    expect(inputs).toMatch(/^Images of .*, resized to 32 × 32$/);
  });

  test("follows equipoise.yaml: data, settings, loss and objective", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const manifest = write(join(folder, "lists/mine.txt"), list());
    writeNpy(join(folder, "vectors.npy"), "<f4", [28, 3], new Array(84).fill(1));
    write(
      join(folder, "equipoise.yaml"),
      "manifest: lists/mine.txt\ntrain:\n  inputs: vectors.npy\nobjective: natural\n" +
        "loss:\n  id: balanced-softmax\n  tau: 0.7\ntraining:\n  epochs: 7\n  seeds: 2\n  learningRate: 0.01\n",
    );
    const { plan } = await proposeExperiment({ manifest, folder });
    expect(plan).toMatchObject({
      train: { inputs: join(folder, "vectors.npy"), labels: manifest },
      objective: "natural",
      epochs: 7,
      seeds: 2,
      learningRate: 0.01,
    });
    expect(plan.losses[1]).toMatchObject({ loss: "balanced-softmax", parameters: { tau: 0.7 } });
  });

  test("finds equipoise.yaml in any folder between the manifest and the one that was opened", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "a/b");
    mkdirSync(data, { recursive: true });
    const { manifest } = tinyData(data);
    write(join(folder, "a/equipoise.yaml"), "training:\n  epochs: 7\n");
    expect((await proposeExperiment({ manifest, folder })).plan.epochs).toBe(7);
    expect((await proposeExperiment({ manifest, folder: data })).plan.epochs).toBe(200);
  });

  test("says so where a test list is there and its inputs are not", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    rmSync(join(folder, "test_emb.npy"));
    const { test: tested, notes } = await proposeExperiment({ manifest, folder });
    expect(tested).toContain("a fifth of each class");
    expect(notes[0]).toBe(
      "test.txt is not used: no inputs were found for it. Name them in equipoise.yaml under test: inputs.",
    );
  });

  test("leaves equipoise.yaml alone where that is about another manifest", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    write(join(folder, "equipoise.yaml"), "manifest: other.txt\ntraining:\n  epochs: 7\n");
    expect((await proposeExperiment({ manifest, folder })).plan.epochs).toBe(200);
  });

  test("says where equipoise.yaml names inputs that do not fit", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    writeNpy(join(folder, "vectors.npy"), "<f4", [5, 1], [1, 2, 3, 4, 5]);
    write(join(folder, "equipoise.yaml"), "manifest: train.txt\ntrain:\n  inputs: vectors.npy\n");
    await expect(proposeExperiment({ manifest, folder })).rejects.toThrow(
      "equipoise.yaml, train.inputs: vectors.npy does not hold the 86 samples of train.txt.",
    );
  });

  test("says what was looked for where there are no inputs", async () => {
    const folder = temporaryFolder();
    const manifest = write(join(folder, "train.txt"), list());
    const proposal = proposeExperiment({ manifest, folder });
    await expect(proposal).rejects.toMatchObject({ code: "data/none" });
    await expect(proposal).rejects.toThrow(
      /^No inputs for train\.txt in .*: looked for number columns in it, for \.npy or \.csv embeddings with 28 rows, and for images such as a\/0\.png, also in \.zip files\. Name them in equipoise\.yaml under train: inputs\.$/,
    );
  });

  test("of a file that is missing or no manifest is refused with its name", async () => {
    const folder = temporaryFolder();
    await expect(proposeExperiment({ manifest: join(folder, "none.txt"), folder })).rejects.toThrow(
      /none\.txt/,
    );
    const notes = write(join(folder, "notes.txt"), "Buy milk.\nCall Ann about the trip.\n");
    await expect(proposeExperiment({ manifest: notes, folder })).rejects.toMatchObject({
      code: "data/unreadable",
    });
  });
});
