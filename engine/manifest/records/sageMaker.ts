/** SageMaker's augmented manifests: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html */
import { type Fields, isFields } from "./headRecords.ts";
import type { Steps } from "./steps.ts";

export interface SageMakerLabels {
  readonly label: Steps;
  readonly objects: boolean;
  readonly maps: readonly Steps[];
  readonly name: Steps | undefined;
}

const ending = "-metadata";

/** Where the records keep the labels of the labelling job; undefined where they have no metadata of one. */
export function sageMakerLabels(records: readonly Fields[]): SageMakerLabels | undefined {
  for (const record of records.slice(0, 5)) {
    for (const [key, metadata] of Object.entries(record)) {
      if (!key.endsWith(ending) || !isFields(metadata)) continue;
      const attribute = key.slice(0, -ending.length);
      const labels = labelsOf(attribute, String(metadata["type"] ?? ""), [key, "class-map"]);
      if (labels) return { ...labels, name: labels.name && [key, "class-name"] };
    }
  }
  return undefined;
}

function labelsOf(attribute: string, type: string, map: Steps): SageMakerLabels | undefined {
  const kind = /^groundtruth\/(.+)$/.exec(type)?.[1];
  if (kind === undefined) return undefined;
  if (/multi-?label/.test(kind))
    return { label: [attribute, null], objects: false, maps: [map], name: undefined };
  if (/classification|label-verification/.test(kind))
    return { label: [attribute], objects: false, maps: [], name: map };
  if (/object-detection|polygons?$|polylines?$|keypoint/.test(kind))
    return {
      label: [attribute, "annotations", null, "class_id"],
      objects: true,
      maps: [map],
      name: undefined,
    };
  return undefined;
}
