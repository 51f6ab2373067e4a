/** Losses as source code and what inserts them into scripts: a bundle of its own, loaded when somebody asks for code. */
export { codeEndings, isUntouched, lossAsCode, lossNameIn, marked, samplerAsCode } from "./code.ts";
export { recorderModule } from "./pytorch/recorder.ts";
export { recorderFor } from "./recorders.ts";
export { insertLoss, insertRecorder, trainingScript } from "./scripts.ts";
