/** The nets by their id. */
import type { ModelId } from "#protocol/project.ts";
import { createLinear } from "./linear.ts";
import { createMlp } from "./mlp.ts";
import type { Network, NetworkSpec } from "./network.ts";
import { resnetOf } from "./resnet.ts";
import { createSegmenter } from "./segmenter.ts";

const networks: Readonly<Record<ModelId, (spec: NetworkSpec) => Network>> = {
  linear: createLinear,
  mlp: createMlp,
  resnet8: resnetOf(8),
  resnet20: resnetOf(20),
  resnet32: resnetOf(32),
  segmenter: createSegmenter,
};

/** A net on the active backend, at its start; the caller disposes of it. */
export function createNetwork(spec: NetworkSpec): Network {
  return networks[spec.model](spec);
}
