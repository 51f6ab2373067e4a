/** Which toolbox of OpenMMLab a configuration is for: they look alike, and each has its own losses. */

import { isLazyConfig } from "../recognition.ts";

export type Toolbox = "mmdet" | "mmpretrain" | "mmseg" | "mmaction";

/** Files of this size are no configurations. */
const longest = 500_000;

/** Both styles, and parts of a model on their own. */
const configStyle =
  /^(?:_base_\s*=|\s*with\s+read_base\(\)|(?:model|train_dataloader|default_scope)\s*=|model\.)/m;

/** Toolboxes that share keys with these and have losses of their own. */
const others = /\bmm(?:det3d|yolo|rotate|ocr|pose|agic|editing|tracking|razor|selfsup|deploy)\b/;

/** Signs of a toolbox, its own words before the keys that others use too. */
const signs: Readonly<Record<Toolbox, { readonly own: RegExp; readonly keys: RegExp }>> = {
  mmdet: {
    own: /\b(?:CocoDataset|LVISV1Dataset|LVISV05Dataset|CocoMetric|LVISMetric)\b|\b(?:MaskRCNN|FasterRCNN|CascadeRCNN|RetinaNet|ATSS|FCOS|GFL)\b['"]?|(?:\/|\.)(?:coco_detection|coco_instance|lvis_v\w+_instance|voc0712)\b|(?:mask|faster|cascade(?:-mask)?)[-_]rcnn[-_]r?\w*|_base_\/models\/retinanet|\/retinanet[-_]r\d/,
    keys: /\b(?:roi_head|rpn_head|bbox_head)\b/,
  },
  mmseg: {
    own: /\bEncoderDecoder\b|_base_[/.]models[/.](?:fcn|pspnet|deeplabv3|upernet|segformer|ocrnet|fpn|dmnet|danet|apcnet|bisenet|isanet|ccnet)/,
    keys: /\b(?:decode_head|auxiliary_head)\b/,
  },
  mmaction: {
    own: /\bRecognizer(?:2D|3D|GCN|Audio)\b|_base_[/.]models[/.](?:tsn|tsm|slowfast|slowonly|i3d|c3d|r2plus1d|x3d|tin|tanet|swin_tiny|timesformer)_?/,
    keys: /\bcls_head\b/,
  },
  mmpretrain: {
    // Its bases name their batch size: datasets/imagenet_bs64.py, schedules/cifar10_bs128.py.
    own: /\bImageClassifier\b|(?:\/|_base_\.)(?:datasets|schedules)[/.]\w+_bs\d+/,
    keys: /(?!)/,
  },
};

/** The toolbox of a file; undefined where it is none of these, or not clear. */
export function toolboxOf(fileName: string, text: string): Toolbox | undefined {
  if (!fileName.endsWith(".py") || text.length > longest || !configStyle.test(text)) return undefined;
  if (isLazyConfig(text)) return undefined;
  const code = text.replace(/^\s*#.*$/gm, "");
  const scope = /^default_scope\s*=\s*['"](\w+)['"]/m.exec(code)?.[1];
  if (scope !== undefined) return isToolbox(scope) ? scope : undefined;
  // They borrow parts of each other, as in type="mmpretrain.ConvNeXt"; the scope of an import of bases is certain.
  const imported = /\bfrom\s+(mm\w+)\.configs\b|['"](mm\w+)::/.exec(code);
  const named = imported?.[1] ?? imported?.[2];
  if (named !== undefined) return isToolbox(named) ? named : undefined;
  if (others.test(code)) return undefined;
  for (const toolbox of Object.keys(signs) as Toolbox[]) {
    if (signs[toolbox].own.test(code)) return toolbox;
  }
  const byKey = (Object.keys(signs) as Toolbox[]).filter((toolbox) => signs[toolbox].keys.test(code));
  if (byKey.length > 0) return byKey.length === 1 && inherits(code) ? byKey[0] : undefined;
  return /\bmmpretrain\b/i.test(code.replace(/['"]mmpretrain\.\w+/g, "")) && inherits(code)
    ? "mmpretrain"
    : undefined;
}

function inherits(code: string): boolean {
  return /_base_|read_base|^model\s*=\s*dict\(/m.test(code);
}

function isToolbox(word: string): word is Toolbox {
  return Object.hasOwn(signs, word);
}
