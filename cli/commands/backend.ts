/** `equipoise backend`: what trains here, and why; and setting TensorFlow up for it. */
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { removeTensorflow, setUpTensorflow } from "#engine/backends/tensorflow/setup.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { type BackendDescription, backendIds } from "#protocol/training.ts";
import {
  type Command,
  choice,
  type ExitCode,
  parseCommand,
  type Surroundings,
  wholeNumber,
} from "../command.ts";
import { statusLine } from "../terminal.ts";

const options = {
  backend: { type: "string" },
  threads: { type: "string" },
  python: { type: "string" },
  json: { type: "boolean" },
} as const;

interface BackendValues {
  readonly backend?: string | undefined;
  readonly threads?: string | undefined;
  readonly python?: string | undefined;
  readonly json?: boolean | undefined;
}

export const backend: Command = {
  name: "backend",
  usage: "backend [setup tensorflow | remove tensorflow]",
  summary:
    "Starts the training backend, tests its numbers and says which one it is and why. `setup tensorflow` makes the\n" +
    "TensorFlow of a Python environment train for Equipoise; `remove tensorflow` undoes that.",
  options: [
    "--backend NAME   tensorflow, wasm, cpu or auto (default): the best that runs here",
    "--threads N      threads of tensorflow or wasm",
    "--python PATH    setup: the interpreter, environment or TensorFlow package to use; by default what is on the path",
    "--json           print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand(args, options);
    switch (positionals.join(" ")) {
      case "":
        return describe(values, surroundings);
      case "setup tensorflow":
        return setUp(values, surroundings);
      case "remove tensorflow":
        surroundings.terminal.print(
          removeTensorflow() ? "TensorFlow is no longer set up." : "TensorFlow was not set up.",
        );
        return 0;
      default:
        throw new EquipoiseError(
          "settings/invalid",
          `backend ${positionals.join(" ")}: expected setup tensorflow, remove tensorflow, or nothing.`,
        );
    }
  },
};

async function describe(values: BackendValues, { terminal }: Surroundings): Promise<ExitCode> {
  const id = choice("backend", values.backend, ["auto", ...backendIds]) ?? "auto";
  const description = await startBackend(id, wholeNumber("threads", values.threads));
  await stopBackend();
  terminal.print(values.json ? JSON.stringify(description, null, 2) : inWords(description));
  return 0;
}

async function setUp(values: BackendValues, { terminal, signal }: Surroundings): Promise<ExitCode> {
  const line = statusLine(terminal, process.stdout);
  const tell = (message: string): void => line.show(message);
  try {
    await setUpTensorflow({ python: values.python }, tell, signal);
    tell("Testing its numbers.");
    const description = await firstStart(wholeNumber("threads", values.threads));
    await stopBackend();
    line.clear();
    terminal.print(values.json ? JSON.stringify(description, null, 2) : inWords(description));
    return 0;
  } finally {
    line.clear();
  }
}

/** What does not pass its self-test is not left behind. */
async function firstStart(threads: number | undefined): Promise<BackendDescription> {
  try {
    return await startBackend("tensorflow", threads);
  } catch (error) {
    removeTensorflow();
    throw error;
  }
}

function inWords({ id, threads, reason }: BackendDescription): string {
  return `${id}, ${threads} thread${threads === 1 ? "" : "s"}: ${reason}`;
}
