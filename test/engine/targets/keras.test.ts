import { lossAsKeras } from "#engine/targets/keras.ts";
import { codeSuite, pythonHas, questions, runPython } from "./codeSuite.ts";

const run =
  pythonHas("tensorflow", "the Keras losses were not run") && pythonHas("keras", "they were not run");

codeSuite({
  name: "Keras loss",
  write: lossAsKeras,
  bits: 64,
  ...(run && { run: (cases) => runPython("runKeras.py", questions(cases)) }),
});
