/** Samplers of OpenMMLab's data loaders. */
import { t } from "#protocol/l10n.ts";
import type { LossChoice } from "#protocol/training.ts";
import { type ParsedText, source } from "../syntax/python.ts";
import type { DictAtPath } from "../syntax/pythonInsert.ts";
import { inheritsText, type Setting, settingAt, wordAt } from "../syntax/pythonSettings.ts";
import type { Reason } from "../weights.ts";

export interface SamplerPart {
  readonly dicts: readonly DictAtPath[];
  readonly notes: readonly string[];
}

/** Threshold of LVIS configurations: classes in fewer than this share of the images are repeated. */
const threshold = "1e-3";

/** The settings for a sampler of a choice, or why there are none. `classAware` says whether the toolbox has it. */
export function samplerPart(
  { sampler }: LossChoice,
  python: ParsedText,
  settings: readonly Setting[],
  { title, classAware }: { readonly title: string; readonly classAware: boolean },
): SamplerPart | Reason {
  if (sampler === "instance-balanced") return { dicts: [], notes: [] };
  if (sampler === "class-aware" && classAware) {
    const path = "train_dataloader.sampler";
    return {
      dicts: [
        {
          path,
          settings: [
            ["type", "'ClassAwareSampler'"],
            ["num_sample_class", "1"],
          ],
        },
      ],
      notes: [],
    };
  }
  if (sampler === "repeat-factor") return repeatFactor(python, settings);
  const others = classAware
    ? "class-aware sampling (ClassAwareSampler) and repeat-factor sampling (ClassBalancedDataset)"
    : "repeat-factor sampling (ClassBalancedDataset)";
  return {
    reason: t`${title} has no sampler of this kind: it has ${others}. Insert the loss without the sampler.`,
  };
}

function repeatFactor(python: ParsedText, settings: readonly Setting[]): SamplerPart | Reason {
  const path = "train_dataloader.dataset";
  const notes = [
    t`Every image is repeated a whole number of times, rounded up, so the epoch gets longer; the threshold is a share of images.`,
  ];
  const present = settingAt(settings, path);
  const before = present && wordAt(python, settings, `${path}.type`);
  if (before === "ClassBalancedDataset") return { dicts: [], notes: [] };
  if (present?.merged === true) {
    return {
      reason: t`train_dataloader.dataset is changed here and merged into the inherited one, so it cannot be wrapped. Move the change into a base file first; nothing was changed.`,
    };
  }
  if (!present && !inheritsText(python)) {
    return {
      reason: t`This file does not write train_dataloader.dataset out, so it cannot be wrapped in ClassBalancedDataset. Nothing was changed.`,
    };
  }
  const inner = present ? source(python, present.value) : "_base_.train_dataloader.dataset";
  return {
    dicts: [
      {
        path,
        settings: [
          ["type", "'ClassBalancedDataset'"],
          ["oversample_thr", threshold],
          ["dataset", inner],
        ],
      },
    ],
    notes,
  };
}

/** The sampler that balances classes in the data loader now; undefined where none does. */
export function balancingSampler(python: ParsedText, settings: readonly Setting[]): string | undefined {
  const words = [
    wordAt(python, settings, "train_dataloader.sampler.type"),
    wordAt(python, settings, "train_dataloader.dataset.type"),
  ];
  return words.find((word) => word === "ClassAwareSampler" || word === "ClassBalancedDataset");
}
