import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { countsHash, countsText } from "#engine/project/project.ts";
import { applyEdits } from "#engine/project/textEdits.ts";
import { classWeights } from "#engine/statistics/classWeights.ts";
import { mmpretrain } from "#engine/targets/mmpretrain.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { targetOf } from "#engine/targets/targets.ts";
import { type LossId, withDefaults } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";

beforeAll(() => loadGrammar("python"));

const classes = [
  { name: "a", count: 5000 },
  { name: "b", count: 200 },
  { name: "c", count: 10 },
];
const provenance = { manifest: "data/train.txt", classes, date: "2026-11-21" };
const balanced: LossChoice = {
  loss: "class-balanced-softmax",
  parameters: { beta: 0.999 },
  sampler: "instance-balanced",
};
const comment = `# Equipoise: counts of data/train.txt ${countsText(classes)}, beta 0.999, weights scaled to mean 1, order a to c, 2026-11-21`;
const base = "_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs64.py']\n";
const list = "class_weight=[0.0282346, 0.154644, 2.81712]";

/** The text with the loss in, after checking that the edits lead there and that a second time changes nothing. */
function inserted(text: string, choice: LossChoice = balanced): string {
  const answer = mmpretrain.insert(text, { choice, provenance });
  if (answer.kind !== "edit") throw new Error(answer.reason);
  expect(applyEdits(text, answer.edits)).toBe(answer.text);
  const again = mmpretrain.insert(answer.text, { choice, provenance: { ...provenance, date: "2027-05-05" } });
  expect(again).toMatchObject({ kind: "edit", text: answer.text, edits: [] });
  return answer.text;
}

function refusal(text: string, choice: LossChoice = balanced): string {
  const answer = mmpretrain.insert(text, { choice, provenance });
  return answer.kind === "refusal" ? answer.reason : "edited";
}

test("a file that only inherits gets a model with the loss and nothing else", () => {
  expect(inserted(base)).toBe(
    `${base}\n${comment}\nmodel = dict(head=dict(loss=dict(\n    _delete_=True,\n    type='CrossEntropyLoss',\n    loss_weight=1.0,\n    ${list})))\n`,
  );
});

test("the weights in the file are those of the paper, to six digits", () => {
  const weights = classWeights([5000, 200, 10], { scheme: "effective", beta: 0.999 });
  const written = /class_weight=\[([^\]]+)\]/.exec(inserted(base))?.[1]?.split(", ").map(Number);
  for (const [index, each] of (written ?? []).entries()) expect(each).toBeCloseTo(weights[index]!, 5);
  expect(written).toHaveLength(3);
});

test("a loss that is written out is replaced where it stands, comments and the rest stay", () => {
  const text =
    "model = dict(\n    type='ImageClassifier',  # the net\n    head=dict(\n        num_classes=3,\n        loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1),  # smooth\n        topk=(1, 5),\n    ))\n";
  expect(inserted(text)).toBe(
    `model = dict(\n    type='ImageClassifier',  # the net\n    head=dict(\n        num_classes=3,\n        ${comment}\n        loss=dict(\n            type='CrossEntropyLoss',\n            loss_weight=1.0,\n            ${list}),  # smooth\n        topk=(1, 5),\n    ))\n`,
  );
});

test("without a base there is nothing to delete", () => {
  expect(inserted("model = dict(type='ImageClassifier', head=dict(num_classes=3))\n")).not.toContain(
    "_delete_",
  );
  expect(inserted(`${base}model = dict(head=dict(num_classes=3))\n`)).toContain("_delete_=True");
});

const readBase = "with read_base():\n    from mmpretrain.configs._base_.models.resnet50 import *\n";

test("in the newer style the loss is merged, or set where it is set already", () => {
  expect(inserted(readBase)).toContain("\nmodel.merge(dict(head=dict(loss=dict(\n    _delete_=True,");
  expect(inserted(`${readBase}model.merge(dict(head=dict(num_classes=3)))\n`)).toMatch(
    /\nmodel\.merge\(dict\(head=dict\(loss=dict\(\n {4}_delete_=True,[\s\S]*\), num_classes=3\)\)\)\n$/,
  );
  const direct = inserted(`${readBase}model.head.loss = dict(type='LabelSmoothLoss')\n`);
  expect(direct).toContain(`${comment}\nmodel.head.loss = dict(\n    type='CrossEntropyLoss',`);
  expect(direct).not.toContain("_delete_");
});

test("dictionary literals and CRLF are kept", () => {
  const text = `${base}model = dict(head={'num_classes': 3})\n`.replaceAll("\n", "\r\n");
  const result = inserted(text);
  expect(result).toContain("head={'loss': dict(\r\n");
  expect(result.replaceAll("\r\n", "")).not.toContain("\n");
});

test("strings get the quotes that the file prefers", () => {
  const result = inserted(`${base.replaceAll("'", '"')}model = dict(head=dict(type="LinearClsHead"))\n`);
  expect(result).toContain('type="CrossEntropyLoss"');
  expect(result).not.toContain("'");
});

test("long lists are wrapped below 80 columns", () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ name: `c${index}`, count: 500 - 4 * index }));
  const answer = mmpretrain.insert(base, { choice: balanced, provenance: { ...provenance, classes: many } });
  if (answer.kind !== "edit") throw new Error(answer.reason);
  const lines = answer.text.split("\n").filter((line) => !line.startsWith("#") && !line.startsWith("_base_"));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  expect(mmpretrain.presentLoss(answer.text)).toMatchObject({ name: "CrossEntropyLoss", classWeights: 100 });
});

test("new counts rewrite the list and the one comment", () => {
  const text = inserted(base);
  const changed = classes.map((each) => ({ ...each, count: each.count * 2 }));
  const answer = mmpretrain.insert(text, {
    choice: balanced,
    provenance: { ...provenance, classes: changed },
  });
  if (answer.kind !== "edit") throw new Error(answer.reason);
  expect(answer.text.match(/# Equipoise/g)).toHaveLength(1);
  expect(answer.text).toContain(countsHash(changed));
  expect(answer.text).not.toContain("2.81712");
});

test.each<[LossId, Record<string, number | string>, string]>([
  ["cross-entropy", {}, "loss=dict(_delete_=True, type='CrossEntropyLoss', loss_weight=1.0)"],
  [
    "seesaw",
    { p: 0.8, q: 2 },
    "    type='SeesawLoss',\n    p=0.8,\n    q=2.0,\n    num_classes=3,\n    loss_weight=1.0)",
  ],
  [
    "sigmoid-focal",
    { gamma: 2, alpha: 0.25 },
    "    type='FocalLoss',\n    gamma=2.0,\n    alpha=0.25,\n    loss_weight=1.0)",
  ],
  [
    "weighted-cross-entropy",
    { scheme: "inverse", reduction: "mean" },
    "class_weight=[0.00570342, 0.142586, 2.85171]",
  ],
])("%s is written in its words", (loss, parameters, expected) => {
  expect(
    inserted(base, { loss, parameters: withDefaults(loss, parameters), sampler: "instance-balanced" }),
  ).toContain(expected);
});

test("what it cannot express is refused with what it has", () => {
  expect(refusal(base, { ...balanced, loss: "balanced-softmax", parameters: { tau: 1 } })).toBe(
    "MMPretrain 1 has no balanced softmax; it has cross-entropy, class-balanced softmax, seesaw and focal (sigmoid). Copy the loss as PyTorch and register it, or insert one of these.",
  );
  expect(refusal(base, { ...balanced, sampler: "class-balanced" })).toContain(
    "Insert the loss without the sampler.",
  );
  expect(refusal(base, { ...balanced, loss: "weighted-cross-entropy", parameters: {} })).toContain(
    "batch size",
  );
  expect(refusal(`${base}model = dict(head=dict(num_classes=10))\n`)).toContain(
    "num_classes is 10 here, the manifest has 3 classes.",
  );
  expect(refusal(`${base}model = dict(head=dict(\n`)).toContain("Python syntax error");
});

test.each([
  [
    "an MMDetection configuration",
    "_base_ = ['../_base_/datasets/coco_detection.py']\nmodel = dict(roi_head=dict())\n",
  ],
  [
    "an MMSegmentation one",
    "_base_ = ['./mmpretrain_backbone.py']\nmodel = dict(decode_head=dict(num_classes=19))\n",
  ],
  [
    "an MMDetection one that borrows a backbone",
    "_base_ = ['./mask-rcnn_r50_fpn.py']\ncustom_imports = dict(imports=['mmpretrain.models'])\nmodel = dict(backbone=dict(type='mmpretrain.ConvNeXt'))\n",
  ],
  ["an ordinary script", "model = dict(a=1)\nprint(model)\n"],
  ["a script that imports the library", "import mmpretrain\nmodels = mmpretrain.list_models()\n"],
])("%s is none of its files", (_, text) => {
  expect(targetOf("configs/x.py", text)?.id).not.toBe("mmpretrain");
});

test("its files are recognised in both styles, the project file by its name", () => {
  expect(targetOf("a.py", base)?.id).toBe("mmpretrain");
  expect(targetOf("a.py", readBase)?.id).toBe("mmpretrain");
  const sample = fileURLToPath(
    new URL("../../../samples/mmpretrain/resnet18_cifar10_lt.py", import.meta.url),
  );
  expect(targetOf(sample, readFileSync(sample, "utf8"))?.id).toBe("mmpretrain");
  expect(targetOf("a.txt", base)).toBeUndefined();
  expect(targetOf("file:///x/equipoise.yaml", "")?.id).toBe("equipoise");
});

test("the project file is a target too", () => {
  const target = targetOf("equipoise.yaml", "")!;
  const answer = target.insert("basis: images\n", { choice: balanced, provenance });
  if (answer.kind !== "edit") throw new Error(answer.reason);
  const present = target.presentLoss(answer.text)!;
  expect(answer.text.slice(present.start, present.end)).toBe("class-balanced-softmax");
  expect(target.insert("- a\n", { choice: balanced, provenance }).kind).toBe("refusal");
});
