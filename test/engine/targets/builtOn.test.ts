/** What a configuration inherits is read from the files beside it, and decides what is written into it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTarget } from "#engine/targets/targets.ts";
import { insertInto } from "#engine/targets/writeInto.ts";
import type { LossId } from "#protocol/losses.ts";
import { changeOf, goldenText } from "./cases.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-bases-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files and inserts a loss into the first of them. */
async function answerFor(files: Readonly<Record<string, string>>, target: string, loss: LossId = "seesaw") {
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
    expect(answer.notes.join(" ")).toContain("model.roi_head.bbox_head was copied from its base");
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
    expect(answer.kind === "refusal" && answer.reason).toContain("is a list that a base makes by code");
  });
});

describe("heads with names", () => {
  const head = (count: string): string =>
    `dict(\n    type='Shared2FCBBoxHead',${count}\n    loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=False))`;
  const listOf = (parts: string): string =>
    `model = dict(type='CascadeRCNN', roi_head=dict(bbox_head=${parts}, mask_head=dict(class_agnostic=True)))\n`;
  const inherits = "_base_ = '../base/cascade-rcnn_r50.py'\n";
  const counts = (text: string): string[] =>
    [...text.matchAll(/num_classes=(\w+)/g)].map(([, each = ""]) => each);
  async function written(own: string, base: string): Promise<string> {
    const files = { "configs/ours/a.py": own, "configs/base/cascade-rcnn_r50.py": base };
    const answer = await answerFor(files, "mmdetection", "equalization-v2");
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(answer.text.match(/type='EQLV2Loss'/g)).toHaveLength(2);
    return answer.text;
  }

  test("in a base are copied with the classes of the manifest", async () => {
    const base = `lossy = 'CrossEntropyLoss'\nhead = ${head(" num_classes=80,").replace("'CrossEntropyLoss'", "lossy")}\n${listOf("[head, head]")}`;
    const text = await written(child, base);
    expect(counts(text)).toEqual(["3", "3", "3", "3"]);
  });

  test("in a list that has a name, too", async () => {
    const base = `heads = [${head(" num_classes=80,")}, ${head(" num_classes=80,")}]\n${listOf("heads")}`;
    expect(counts(await written(child, base))).toEqual(["3", "3", "3", "3"]);
  });

  test("take the classes of the manifest where the list that is in force states none", async () => {
    const files = {
      "configs/ours/a.py": "_base_ = './b_cascade-rcnn_r50.py'\n",
      "configs/ours/b_cascade-rcnn_r50.py": `${inherits}head = ${head("")}\n${listOf("[head, head]")}`,
      "configs/base/cascade-rcnn_r50.py": cascade,
    };
    const answer = await answerFor(files, "mmdetection");
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(counts(answer.text)).toEqual(["3", "3", "3", "3"]);
    expect(answer.notes.join(" ")).toContain("The base states no num_classes for a head of");
  });

  test("in the file itself are changed, as its list stands in the place of the inherited one", async () => {
    const own = `${inherits}head = ${head(" num_classes=3,")}\n${listOf("[head, head]")}`;
    const text = await written(own, cascade);
    expect(text).toContain("bbox_head=[dict(");
    // The coefficient of the inherited list is not in force.
    expect(text).not.toContain("loss_weight=0.5");
  });

  test("are refused with the reason where the file's own list states no classes", async () => {
    const own = `${inherits}${listOf(`[${head("")}, ${head("")}]`)}`;
    const files = { "configs/ours/a.py": own, "configs/base/cascade-rcnn_r50.py": cascade };
    const answer = await answerFor(files, "mmdetection");
    expect(answer.kind === "refusal" && answer.reason).toContain(
      "model.roi_head.bbox_head.0 states no num_classes, and its list stands in the place of the inherited one.",
    );
  });

  test.each([["[dict(**head, reg_class_agnostic=True)]"], ["[head] * 3"]])(
    "are refused where code puts them together: %s",
    async (parts) => {
      const base = `head = ${head(" num_classes=80,")}\n${listOf(parts)}`;
      const files = { "configs/ours/a.py": child, "configs/base/cascade-rcnn_r50.py": base };
      const answer = await answerFor(files, "mmdetection");
      expect(answer.kind === "refusal" && answer.reason).toContain("is a list that a base makes by code");
    },
  );
});

describe("what a base says", () => {
  const fcn = (loss: string): string =>
    `model = dict(type='EncoderDecoder', decode_head=dict(type='FCNHead', num_classes=3, loss_decode=${loss}))\n`;
  const segment = "_base_ = '../_base_/models/fcn_r50-d8.py'\nmodel = dict(backbone=dict(depth=101))\n";

  test("a list of losses is copied, and its other losses stay", async () => {
    const list =
      "[dict(type='CrossEntropyLoss', loss_name='loss_ce', loss_weight=0.5), dict(type='DiceLoss')]";
    const answer = await answerFor(
      { "configs/ours/a.py": segment, "configs/_base_/models/fcn_r50-d8.py": fcn(list) },
      "mmsegmentation",
      "cross-entropy",
    );
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(answer.text).toContain("dict(type='DiceLoss')");
    expect(answer.text).toContain("loss_weight=0.5");
    expect(answer.text).toContain("use_sigmoid=False");
  });

  test("another number of classes is refused until the file sets its own", async () => {
    const base = fcn("dict(type='CrossEntropyLoss')").replace("num_classes=3", "num_classes=19");
    const files = { "configs/ours/a.py": segment, "configs/_base_/models/fcn_r50-d8.py": base };
    const answer = await answerFor(files, "mmsegmentation", "cross-entropy");
    expect(answer.kind === "refusal" && answer.reason).toContain(
      "model.decode_head.num_classes is 19 in a file that this one inherits from, the manifest has 3 classes.",
    );
    const own = segment.replace("backbone=dict(depth=101)", "decode_head=dict(num_classes=3)");
    const set = await answerFor({ ...files, "configs/ours/a.py": own }, "mmsegmentation", "cross-entropy");
    expect(set.kind).toBe("edit");
  });

  const retina = "MODEL:\n  META_ARCHITECTURE: RetinaNet\n  RETINANET:\n    NUM_CLASSES: 3\n";
  const child2 = "_BASE_: ../Base-Ours.yaml\nDATALOADER:\n  NUM_WORKERS: 2\n";

  test("Detectron2: the architecture and the number of classes are those of _BASE_", async () => {
    const files = { "configs/ours/a.yaml": child2, "configs/Base-Ours.yaml": retina };
    const answer = await answerFor(files, "detectron2", "sigmoid-focal");
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(answer.text).toContain("FOCAL_LOSS_ALPHA: 0.25");
    const plain = await answerFor(files, "detectron2", "cross-entropy");
    expect(plain.kind === "refusal" && plain.reason).toContain("trains with focal loss alone");
    const other = await answerFor(
      { ...files, "configs/Base-Ours.yaml": retina.replace("3", "80") },
      "detectron2",
      "sigmoid-focal",
    );
    expect(other.kind === "refusal" && other.reason).toContain("NUM_CLASSES is 80");
  });
});
