/** Versions of frameworks are read from files, and decide which settings are said to be unknown or refused. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Installed, installedFor, isBefore, pinOf } from "#engine/targets/installed.ts";
import { openTarget } from "#engine/targets/targets.ts";
import { findTraps } from "#engine/targets/traps/traps.ts";
import { insertInto } from "#engine/targets/writeInto.ts";
import { changeOf } from "./cases.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-installed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const packages = "lib/python3.11/site-packages";

describe("what is installed", () => {
  test("is what the selected environment has, named by its folder or its interpreter", async () => {
    write({ [`conda/${packages}/mmdet-3.0.0.dist-info/METADATA`]: "Name: mmdet\n", "work/a.py": "" });
    for (const environment of [join(folder, "conda"), join(folder, "conda/bin/python3.11")]) {
      const found = await installedFor(["mmdet"], join(folder, "work/a.py"), { environment });
      expect(found?.version).toBe("3.0.0");
      expect(found?.from).toBe(join(folder, "conda", packages));
    }
  });

  test("is what a .venv above the file has, on Windows too, before any file that pins it", async () => {
    write({
      ".venv/Lib/site-packages/Ultralytics-8.4.14.dist-info/METADATA": "",
      "requirements.txt": "ultralytics==8.3.0\n",
      "configs/deep/a.yaml": "",
    });
    const found = await installedFor(["ultralytics"], join(folder, "configs/deep/a.yaml"), { root: folder });
    expect(found?.version).toBe("8.4.14");
  });

  test("is what a lock file pins, before what was asked for", async () => {
    write({
      "requirements.txt": "mmdet==3.3.0\n",
      "uv.lock": '[[package]]\nname = "mmdet"\nversion = "3.2.0"\n',
    });
    const found = await installedFor(["mmdet"], join(folder, "a.py"));
    expect([found?.version, found?.from, found?.read]).toEqual(["3.2.0", join(folder, "uv.lock"), undefined]);
  });

  test("is not known where nothing says, nor looked for above the root", async () => {
    write({ "requirements.txt": "mmdet==3.3.0\n", "inner/a.py": "" });
    expect(await installedFor(["mmdet"], join(folder, "inner/a.py"), { root: join(folder, "inner") })).toBe(
      undefined,
    );
    expect(await installedFor(["mmpretrain"], join(folder, "inner/a.py"))).toBe(undefined);
  });
});

test.each([
  ["mmdet==3.3.0", "3.3.0"],
  ["  - mmdet=3.1.0=py310\n", "3.1.0"],
  ['dependencies = [\n  "mmdet[all]==3.2.0",\n]', "3.2.0"],
  ['{"default": {"mmdet": {"hashes": [], "version": "==3.0.0"}}}', "3.0.0"],
  ['[tool.poetry.dependencies]\nmmdet = "3.3.0"\n', "3.3.0"],
  ["mmdet>=3.0", undefined],
  ['mmdet = "^3.0"', undefined],
  ["mmdet-extras==9.0", undefined],
  ["# mmdet==3.0.0", undefined],
])("the one version that a text allows: %j", (text, version) => {
  expect(pinOf(text, "mmdet")).toBe(version);
});

test("versions are compared by their numbers", () => {
  expect(isBefore("8.4.14", "8.4.118")).toBe(true);
  expect(isBefore("3.1.0", "3.1")).toBe(false);
  expect(isBefore("3.0.0rc6", "3.1")).toBe(true);
});

const eql =
  "_base_ = './mask-rcnn_r50_fpn_1x_coco.py'\nmodel = dict(roi_head=dict(bbox_head=dict(loss_cls=dict(type='EQLV2Loss', num_classes=3))))\n";
const args = "task: detect\nmodel: yolo11n.pt\ndata: a.yaml\nepochs: 3\ncls_pw: 0.5\n";
const federated =
  'MODEL:\n  META_ARCHITECTURE: GeneralizedRCNN\n  ROI_BOX_HEAD:\n    USE_FED_LOSS: True\n    USE_SIGMOID_CE: True\nDATASETS:\n  TRAIN: ("lvis_v1_train",)\n';
const trainer =
  "import torch\nfrom transformers import Trainer\n\nTrainer(model, compute_loss_func=ours).train()\n";
const loader = "default_scope = 'mmseg'\n_base_ = ['../_base_/models/fcn_r50-d8.py']\n";

/** A file with what knows its settings, and with what does not. */
const ages: readonly {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly older: Readonly<Record<string, string>>;
  readonly newer: Readonly<Record<string, string>>;
  readonly says: string;
}[] = [
  {
    name: "cls_pw by a pin",
    file: "args.yaml",
    text: args,
    older: { "requirements.txt": "ultralytics==8.4.14\n" },
    newer: { "requirements.txt": "ultralytics==8.4.118\n" },
    says: "which has no cls_pw",
  },
  {
    name: "cls_pw by the package's own defaults",
    file: "args.yaml",
    text: args,
    older: {
      [`.venv/${packages}/ultralytics-8.4.60.dist-info/METADATA`]: "",
      [`.venv/${packages}/ultralytics/cfg/default.yaml`]: "cls: 0.5\n",
    },
    newer: {
      [`.venv/${packages}/ultralytics-8.4.60.dist-info/METADATA`]: "",
      [`.venv/${packages}/ultralytics/cfg/default.yaml`]: "cls: 0.5\ncls_pw: 0.0 # (float)\n",
    },
    says: "which has no cls_pw",
  },
  {
    name: "EQLV2Loss",
    file: "a.py",
    text: eql,
    older: { "requirements.txt": "mmdet==3.0.0\n" },
    newer: { "requirements.txt": "mmdet==3.3.0\n" },
    says: "EQLV2Loss came with MMDetection 3.1; installed is version 3.0.0",
  },
  {
    name: "keys of Detectron2 under the version that stayed",
    file: "a.yaml",
    text: federated.replace("    USE_SIGMOID_CE: True\n", ""),
    older: {
      [`.venv/${packages}/detectron2-0.6-py3.10.egg-info/PKG-INFO`]: "",
      [`.venv/${packages}/detectron2/config/defaults.py`]: "_C.MODEL.ROI_BOX_HEAD.NAME = ''\n",
    },
    newer: {
      [`.venv/${packages}/detectron2-0.6-py3.10.egg-info/PKG-INFO`]: "",
      [`.venv/${packages}/detectron2/config/defaults.py`]: "_C.MODEL.ROI_BOX_HEAD.USE_FED_LOSS = False\n",
    },
    says: "whose defaults have no USE_FED_LOSS",
  },
  {
    name: "compute_loss_func",
    file: "a.py",
    text: trainer,
    older: {
      [`.venv/${packages}/transformers-4.40.0.dist-info/METADATA`]: "",
      [`.venv/${packages}/transformers/trainer.py`]: "def __init__(self, model):\n",
    },
    newer: {
      [`.venv/${packages}/transformers-5.18.0.dist-info/METADATA`]: "",
      [`.venv/${packages}/transformers/trainer.py`]: "def __init__(self, model, compute_loss_func=None):\n",
    },
    says: "whose Trainer takes no compute_loss_func",
  },
  {
    name: "a configuration of version 1 under its predecessor",
    file: "a.py",
    text: loader,
    older: { "requirements.txt": "mmsegmentation==0.30.0\n" },
    newer: { "requirements.txt": "mmsegmentation==1.2.2\n" },
    says: "This is a configuration for version 1",
  },
];

describe.each(ages)("$name", ({ file, text, older, newer, says }) => {
  const found = async (files: Readonly<Record<string, string>>) => {
    write(files);
    const all = await findTraps(join(folder, file), text, { places: { root: folder } });
    return all.filter(({ code }) => code === "trap/framework-version").map(({ message }) => message);
  };

  test("is a finding with an older one", async () => {
    expect(await found(older)).toEqual([expect.stringContaining(says)]);
  });
  test("is none with a newer one", async () => expect(await found(newer)).toEqual([]));
  test("is none where nothing says which one it is", async () => expect(await found({})).toEqual([]));
});

test("the age of a loss of MMDetection says nothing of the versions of another toolbox", async () => {
  const text =
    "default_scope = 'mmpretrain'\nmodel = dict(type='ImageClassifier', head=dict(num_classes=3, loss=dict(type='EQLV2Loss', num_classes=3)))\n";
  write({ "requirements.txt": "mmpretrain==1.2.0\n" });
  const found = await findTraps(join(folder, "a.py"), text, { places: { root: folder } });
  expect(found.filter(({ code }) => code === "trap/framework-version")).toEqual([]);
});

describe("a loss that the installed framework does not know", () => {
  async function answer(file: string, text: string, target: string, requirement: string) {
    write({ [file]: text, "requirements.txt": requirement });
    const path = join(folder, file);
    const found = await openTarget(path, text);
    const loss = target === "mmdetection" ? "equalization-v2" : "weighted-cross-entropy";
    const change = changeOf({
      target,
      file,
      loss,
      parameters: loss === "equalization-v2" ? {} : { scheme: "inverse" },
    });
    return insertInto({ path, text, target: found! }, change, { root: folder });
  }
  const plain = eql.replace("type='EQLV2Loss', num_classes=3", "type='CrossEntropyLoss'");

  test.each([
    ["a.py", plain, "mmdetection", "mmdet==3.0.0", "EQLV2Loss came with MMDetection 3.1"],
    [
      "args.yaml",
      args.replace("cls_pw: 0.5\n", ""),
      "ultralytics",
      "ultralytics==8.4.14",
      "stops at the unknown key",
    ],
  ])("is not written: %s", async (file, text, target, requirement, says) => {
    const refused = await answer(file, text, target, requirement);
    expect(refused.kind === "refusal" && refused.reason).toContain(says);
  });

  test.each([
    ["a.py", plain, "mmdetection", "mmdet==3.3.0", "came with"],
    [
      "args.yaml",
      args.replace("cls_pw: 0.5\n", ""),
      "ultralytics",
      "ultralytics==8.4.190",
      "Needs a release",
    ],
  ])("is written without a warning where it does: %s", async (file, text, target, requirement, note) => {
    const written = await answer(file, text, target, requirement);
    expect(written.kind === "edit" && written.notes.join(" ")).not.toContain(note);
  });
});

test("a package tells its own files alone", async () => {
  write({ [`.venv/${packages}/mmdet-3.3.0.dist-info/METADATA`]: "", "a.py": "" });
  const found: Installed | undefined = await installedFor(["mmdet"], join(folder, "a.py"));
  expect(found?.read?.("mmdet/none.py")).toBe(undefined);
});
