/** What a configuration inherits is read from the files beside it, and decides what is written into it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTarget } from "#engine/targets/targets.ts";
import { insertInto } from "#engine/targets/writeInto.ts";
import { changeOf, goldenText } from "./cases.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-bases-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files and inserts a loss into the first of them. */
async function answerFor(files: Readonly<Record<string, string>>, target: string, loss = "seesaw" as const) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const [name = "", text = ""] = Object.entries(files)[0] ?? [];
  const path = join(folder, name);
  const found = await openTarget(path, text);
  expect(found?.id).toBe(target);
  return insertInto({ path, text, target: found! }, changeOf({ target, file: name, loss }));
}

const child = "_base_ = '../base/cascade-rcnn_r50.py'\nmodel = dict(backbone=dict(depth=101))\n";
const cascade = goldenText("mmdetection", "bases/cascade-rcnn.py");

describe("an inherited list of heads", () => {
  test("is copied from a base on this disk, also through another base", async () => {
    const answer = await answerFor(
      {
        "configs/ours/a.py": "_base_ = './b_cascade-rcnn_r50.py'\n",
        "configs/ours/b_cascade-rcnn_r50.py": child,
        "configs/base/cascade-rcnn_r50.py": cascade,
      },
      "mmdetection",
    );
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(answer.text.match(/type='SeesawLoss'/g)).toHaveLength(2);
    expect(answer.text).not.toContain("num_classes=80");
    expect(answer.notes.join(" ")).toContain("The list of heads was copied from its base");
    expect(answer.notes.join(" ")).toContain("the base had 80");
  });

  test("is refused where the base is not there, with the reason", async () => {
    const answer = await answerFor({ "configs/ours/a.py": child }, "mmdetection");
    expect(answer).toMatchObject({ kind: "refusal" });
    expect(answer.kind === "refusal" && answer.reason).toContain("the base that has it is not on this disk");
  });

  test("is refused where its names mean something in the base alone", async () => {
    const named = cascade.replace("boxes = 'SmoothL1Loss'", "boxes = choose('SmoothL1Loss')");
    const answer = await answerFor(
      { "configs/ours/a.py": child, "configs/base/cascade-rcnn_r50.py": named },
      "mmdetection",
    );
    expect(answer.kind === "refusal" && answer.reason).toContain("uses the name boxes of its own file");
  });

  test("is refused where code makes it", async () => {
    const made =
      "model = dict(type='CascadeRCNN', roi_head=dict(bbox_head=[dict(type='A') for _ in range(3)]))\n";
    const answer = await answerFor(
      { "configs/ours/a.py": child, "configs/base/cascade-rcnn_r50.py": made },
      "mmdetection",
    );
    expect(answer.kind === "refusal" && answer.reason).toContain("that its base makes by code");
  });
});
