/** What came into frameworks, or left them, with which version; a package that is here is asked itself. */
import { t } from "#protocol/l10n.ts";
import { type Installed, isBefore } from "./installed.ts";

/** Whether what is installed knows something; undefined where that is not known. */
export type Known = boolean | undefined;

/** `cls_pw` of Ultralytics: 8.4.118 has it, 8.4.14 does not; the releases between are not known here. */
export function knowsClsPw(installed: Installed | undefined): Known {
  const defaults = installed?.read?.("ultralytics/cfg/default.yaml");
  if (defaults !== undefined) return /^cls_pw\s*:/m.test(defaults);
  if (!installed) return undefined;
  if (!isBefore(installed.version, "8.4.118")) return true;
  return isBefore(installed.version, "8.4.15") ? false : undefined;
}

/** `EQLV2Loss` of MMDetection, since 3.1. */
export function knowsEqlV2(installed: Installed | undefined): Known {
  return installed && !isBefore(installed.version, "3.1");
}

/** A key of Detectron2's defaults: its version stayed 0.6 while keys were added, so only the files tell. */
export function knowsDetectronKey(installed: Installed | undefined, key: string): Known {
  const defaults = installed?.read?.("detectron2/config/defaults.py");
  return defaults === undefined ? undefined : new RegExp(`^_C\\.[\\w.]*\\b${key}\\s*=`, "m").test(defaults);
}

/** `compute_loss_func` of the Trainer of Transformers. */
export function knowsLossFunction(installed: Installed | undefined): Known {
  const trainer = installed?.read?.("transformers/trainer.py");
  return trainer === undefined ? undefined : /\bcompute_loss_func\b/.test(trainer);
}

/** Which version it is and where that stands, for messages. */
export function whichVersion({ version, from }: Installed): string {
  return t`version ${version} (${from.length > 60 ? `…${from.slice(-59)}` : from})`;
}
