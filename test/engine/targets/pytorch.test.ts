import { lossAsPyTorch } from "#engine/targets/pytorch.ts";
import { codeSuite, pythonHas, questions, runPython } from "./codeSuite.ts";

const run = pythonHas("torch", "the PyTorch modules were not run");

codeSuite({
  name: "PyTorch module",
  write: lossAsPyTorch,
  bits: 64,
  ...(run && { run: (cases) => runPython("runPyTorch.py", questions(cases)) }),
});
