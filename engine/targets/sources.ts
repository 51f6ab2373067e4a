/** Losses as source code and what inserts them into scripts: a bundle of its own, loaded when somebody asks for code. */
export { lossAsCode, lossClassName } from "./code.ts";
export { recorderForPyTorch, recorderModule } from "./pytorch/recorder.ts";
export { insertCriterion, insertRecorder } from "./scripts.ts";
export { loadGrammar } from "./syntax/treeSitter.ts";
