/** Configurations of United Perception (formerly EOD), as of November 2022: gradient-driven losses and their hook. */

import { isMap, isSeq } from "yaml";
import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { classCountProblem } from "./classOrder.ts";
import { isYaml } from "./recognition.ts";
import { pythonFloat } from "./syntax/pythonText.ts";
import {
  nodeAt,
  type Raw,
  valueAt,
  type YamlPath,
  type YamlValue,
  yamlNumber,
  yamlString,
} from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "United Perception";

export const unitedPerception: Target = {
  id: "united-perception",
  title,
  accepts: {
    losses: ["softmax-equalization", "equalized-focal"],
    samplers: ["instance-balanced", "repeat-factor"],
    order: "label; detection counts background as a class in num_classes, and it is the first",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) &&
    /^net\s*:/m.test(text) &&
    /^\s+- name: (?:post_process|roi_head|backbone)\b/m.test(text) &&
    /^(?:dataset|trainer|hooks|saver)\s*:/m.test(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const path = upLossPath(yaml);
    const place = path && extent(nodeAt(yaml, [...path, "type"]));
    const name = path && yamlString(yaml, [...path, "type"]);
    return place && name !== undefined ? { name, ...place } : undefined;
  },
  insert: (text, change) => insertYaml(text, change, express),
};

/** The entry of the net with this name. */
export function netEntry(yaml: YamlDocument, name: string): YamlPath | undefined {
  const net = nodeAt(yaml, ["net"]);
  if (!isSeq(net)) return undefined;
  const index = net.items.findIndex((_, at) => yamlString(yaml, ["net", at, "name"]) === name);
  return index < 0 ? undefined : ["net", index];
}

/** Where the classification loss stands: in `kwargs` for classification, in `kwargs.cfg` for detection. */
export function upLossPath(yaml: YamlDocument): YamlPath | undefined {
  const entry = netEntry(yaml, "post_process");
  if (!entry) return undefined;
  const detection = [...entry, "kwargs", "cfg", "cls_loss"];
  if (nodeAt(yaml, detection) !== undefined) return detection;
  const classification = [...entry, "kwargs", "cls_loss"];
  if (nodeAt(yaml, classification) !== undefined) return classification;
  return isMap(nodeAt(yaml, [...entry, "kwargs", "cfg"])) ? detection : classification;
}

/** The hook that the gradient-driven losses collect by, with its settings; without it they never change. */
export function collectorOf(yaml: YamlDocument): { readonly kwargs?: unknown } | undefined {
  const hooks = valueAt(yaml, ["hooks"]);
  if (!Array.isArray(hooks)) return undefined;
  return hooks.find((hook: unknown) => (hook as { type?: unknown } | null)?.type === "gradient_collector");
}

function express(yaml: YamlDocument, change: TargetChange): YamlInsertion | Reason {
  const path = upLossPath(yaml);
  if (!path) {
    return {
      reason: t`This file has no net entry named post_process, where the loss belongs. Add it first; nothing was changed.`,
    };
  }
  const detection = path.includes("cfg");
  const { classes } = change.provenance;
  const declared = yamlNumber(yaml, ["num_classes"]);
  const known = declared === undefined ? undefined : detection ? declared - 1 : declared;
  const reason = classCountProblem(
    detection ? "num_classes without background" : "num_classes",
    known,
    classes,
  );
  if (reason !== undefined) return { reason };
  const outputs = detection ? classes.length + 1 : classes.length;
  const written: YamlValue = /&num_classes\b/.test(yaml.text) ? { raw: "*num_classes" } : outputs;
  const loss = detection ? detectionLoss(yaml, change, written) : classificationLoss(change, written);
  if ("reason" in loss) return loss;
  const sampler = samplerValues(yaml, change);
  if ("reason" in sampler) return sampler;
  const collects = loss.hook !== undefined && !collectorOf(yaml);
  return {
    values: [[path, { type: loss.type, kwargs: loss.kwargs }], ...sampler.values],
    items:
      collects && loss.hook ? [{ path: ["hooks"], item: { type: "gradient_collector", ...loss.hook } }] : [],
    remark: loss.remark,
    notes: collects ? [t`The hook gradient_collector was added: without it the loss never changes.`] : [],
  };
}

interface UpLoss {
  readonly type: string;
  readonly kwargs: { readonly [key: string]: YamlValue };
  /** What the hook has beside its type. */
  readonly hook?: { readonly [key: string]: YamlValue };
  readonly remark: string;
}

function classificationLoss({ choice }: TargetChange, classes: YamlValue): UpLoss | Reason {
  if (choice.loss !== "softmax-equalization")
    return missing(choice.loss, "softmax equalization for classification");
  const parameters = withDefaults(choice.loss, choice.parameters);
  const indicator = parameters["indicator"] ?? "pos";
  if (indicator !== "pos" && indicator !== "neg") {
    return {
      reason: t`The indicator pos_and_neg adds a ratio and a negative gradient in the code of softmax_eql, which looks unintended. Choose pos or neg; nothing was changed.`,
    };
  }
  return {
    type: "softmax_eql",
    kwargs: { num_classes: classes, indicator, tau: float(parameters["pi"] ?? 1) },
    hook: {
      kwargs: {
        hook_module: ["post_process.cls_loss"],
        collect_func_module: "post_process.cls_loss",
        grad_type: "input",
      },
    },
    remark: "softmax equalization collects gradients while it trains",
  };
}

function detectionLoss(yaml: YamlDocument, { choice }: TargetChange, classes: YamlValue): UpLoss | Reason {
  const parameters = withDefaults(choice.loss, choice.parameters);
  const levels = levelsOf(yaml);
  if (choice.loss !== "equalized-focal") return missing(choice.loss, "equalized focal for detection");
  const head = netEntry(yaml, "roi_head");
  const type = head && yamlString(yaml, [...head, "type"]);
  if (type === undefined || !/^retina/i.test(type)) {
    return {
      reason: t`equalized_focal_loss collects its gradient at roi_head.cls_subnet_pred of a Retina head; this net has ${type ?? "none"}. Nothing was changed.`,
    };
  }
  if (levels === undefined) {
    return {
      reason: t`The neck does not say num_level, and equalized_focal_loss must know how many levels it collects from. Set num_level first; nothing was changed.`,
    };
  }
  return {
    type: "equalized_focal_loss",
    kwargs: {
      num_classes: classes,
      focal_alpha: float(parameters["alpha"]),
      focal_gamma: float(parameters["gammaBase"]),
      scale_factor: float(parameters["scale"]),
      fpn_levels: levels,
    },
    // Older versions call the arguments hook_head and hook_cls_head, newer ones hook_module; all default to this head.
    hook: {},
    remark: "equalized focal loss collects gradients while it trains",
  };
}

/** Levels of the feature pyramid, from the neck. */
export function levelsOf(yaml: YamlDocument): number | undefined {
  const neck = netEntry(yaml, "neck");
  return neck && yamlNumber(yaml, [...neck, "kwargs", "num_level"]);
}

function samplerValues(
  yaml: YamlDocument,
  { choice }: TargetChange,
): { readonly values: readonly (readonly [YamlPath, YamlValue])[] } | Reason {
  if (choice.sampler === "instance-balanced") return { values: [] };
  if (choice.sampler !== "repeat-factor")
    return {
      reason: t`${title} has repeat-factor sampling (repeat_factor). Choose it, or insert the loss without the sampler.`,
    };
  const path = ["dataset", "train", "batch_sampler", "kwargs", "sampler"];
  if (nodeAt(yaml, path) === undefined) {
    return {
      reason: t`dataset.train has no batch_sampler of its own, and the shared one would repeat test images too. Give dataset.train its batch_sampler first; nothing was changed.`,
    };
  }
  const kwargs = { t: 0.001, ri_mode: "ceil", pn: 0.5, static_size: { raw: "False" } };
  return { values: [[path, { type: "repeat_factor", kwargs }]] };
}

function missing(loss: keyof typeof losses, has: string): Reason {
  return {
    reason: t`${title} has no ${inSentence(losses[loss].title)} here; it has ${has}. Insert one of these, or copy the loss as PyTorch.`,
  };
}

function float(value: unknown): Raw {
  return { raw: pythonFloat(value) };
}
