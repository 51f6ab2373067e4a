/** Equipoise's engine as a library: losses, samplers, statistics, readers, advice and training for long-tailed data. */
export type {
  Alternative,
  Analysis,
  Basis,
  ClassFrequency,
  Finding,
  Objective,
  Recommendation,
  ShotGroup,
  View,
} from "#protocol/analysis.ts";
export type { BackendDescription, BackendId } from "#protocol/backends.ts";
export { EquipoiseError, type ErrorCode } from "#protocol/errors.ts";
export {
  type LossId,
  type LossInfo,
  type LossParameters,
  losses,
  lossIds,
  type SamplerId,
  samplerIds,
  samplers,
  withDefaults,
} from "#protocol/losses.ts";
export { type RecipeId, type RecipeInfo, recipeIds, recipes } from "#protocol/recipes.ts";
export type {
  Comparison,
  DataSource,
  DeferredSchedule,
  EpochReport,
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentState,
  ExperimentUpdate,
  GradientReport,
  GradientSums,
  LossChoice,
  LossResult,
  Proposal,
  RateSchedule,
  RunResult,
  RunSnapshot,
  RunState,
  Verdict,
} from "#protocol/training.ts";
export { analyse } from "./analysis.ts";
export { startBackend, stopBackend } from "./backends/backend.ts";
export { type LossOp, tensorOp } from "./backends/tensorOp.ts";
export type { Dataset, Matrix, Scale } from "./data/dataset.ts";
export { readEmbeddings } from "./data/embeddings.ts";
export { type Labelled, readLabels } from "./data/labels.ts";
export { type NpyArray, readNpy } from "./data/npy.ts";
export { classMeans, nearness, scaledLogits, scaleGradient, tauNormalised } from "./losses/decoupled.ts";
export { adjustment, adjustPostHoc } from "./losses/logitAdjustment.ts";
export type { GradientTally, PreparedLoss } from "./losses/loss.ts";
export { prepareLoss } from "./losses/registry.ts";
export { background, ignored, type Targets } from "./losses/targets.ts";
export type { ManifestSource } from "./manifest/manifest.ts";
export { fileSource, textSource } from "./manifest/source.ts";
export { recommend } from "./recommendation/recommend.ts";
export { drawClasses, drawInstances, initialPsi, metaStep, newAdam } from "./sampling/metaSampler.ts";
export { createRandom, type Random } from "./sampling/random.ts";
export { createSampler, type Sampler, type SamplerOptions } from "./sampling/samplers.ts";
export { classStatistics } from "./statistics/classStatistics.ts";
export { betaRange, classWeights, effectiveNumber } from "./statistics/classWeights.ts";
export { groupRecall, shotGroup, thirds } from "./statistics/shotGroups.ts";
export { compare } from "./training/comparison.ts";
export { openExperiment, runExperiment } from "./training/experiment.ts";
export { gradientRatio } from "./training/gradientRatio.ts";
export type { Experiment } from "./training/openedExperiment.ts";
export { deferResampling, deferReweighting } from "./training/phases.ts";
export { proposeExperiment } from "./training/proposal.ts";
export { latestExperiment } from "./training/stored.ts";
