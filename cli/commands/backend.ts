/** `equipoise backend`: what trains here, and why; and setting up what does not come with Equipoise. */
import { stopBackend } from "#engine/backends/backend.ts";
import { reportBackends } from "#engine/backends/report.ts";
import { removeBackend, type SetupId, setUpAndTest, setupTitles } from "#engine/backends/setup.ts";
import {
  type BackendDescription,
  type BackendReport,
  backendIds,
  type SetupWish,
} from "#protocol/backends.ts";
import { EquipoiseError } from "#protocol/errors.ts";
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
  private: { type: "boolean" },
  official: { type: "string" },
  compile: { type: "boolean" },
  from: { type: "string" },
  json: { type: "boolean" },
} as const;

interface BackendValues {
  readonly backend?: string | undefined;
  readonly threads?: string | undefined;
  readonly python?: string | undefined;
  readonly private?: boolean | undefined;
  readonly official?: string | undefined;
  readonly compile?: boolean | undefined;
  readonly from?: string | undefined;
  readonly json?: boolean | undefined;
}

export const backend: Command = {
  name: "backend",
  usage: "backend [setup tensorflow|webgpu, remove tensorflow|webgpu]",
  summary:
    "Starts the training backend, tests its numbers and says which one it is and why. `setup tensorflow` makes the " +
    "TensorFlow of a Python environment train for Equipoise, `setup webgpu` a GPU of any maker; `remove` undoes that.",
  options: [
    "--backend NAME   tensorflow, webgpu, wasm, cpu or auto (default): the best that runs here",
    "--threads N      threads of tensorflow or wasm",
    "--python PATH    tensorflow: the interpreter, environment or package to use; by default what is on the path",
    "--private        tensorflow: install it with pip in a folder of Equipoise's own instead",
    "--official KIND  tensorflow: download the release of tfjs-node, 2.9.1, cpu or gpu (CUDA 11.2), without a Python",
    "--compile        tensorflow: compile the binding, even where one came with Equipoise",
    "--from PATH      webgpu: an archive (.tgz) or folder of the npm package webgpu; by default npm's registry",
    "                 tensorflow --official: the archive on disk, where its address cannot be reached",
    "--json           print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand("backend", args, options);
    const [action, named, ...rest] = positionals;
    if (action === undefined) return describe(values, surroundings);
    const id = Object.keys(setupTitles).find((known): known is SetupId => known === named);
    if (id && rest.length === 0 && action === "setup") return setUp(wishOf(id, values), values, surroundings);
    if (id && rest.length === 0 && action === "remove") {
      const title = setupTitles[id];
      surroundings.terminal.print(
        removeBackend(id) ? `${title} is no longer set up.` : `${title} was not set up.`,
      );
      return 0;
    }
    throw new EquipoiseError(
      "settings/invalid",
      `backend ${positionals.join(" ")}: expected setup or remove with tensorflow or webgpu, or nothing.`,
    );
  },
};

/** @throws EquipoiseError `settings/invalid` where options do not go together. */
function wishOf(backend: SetupId, values: BackendValues): SetupWish {
  const { python, private: isPrivate, compile: mustCompile, from } = values;
  const official = choice("official", values.official, ["cpu", "gpu"]);
  const refuse = (option: string, what: string): never => {
    throw new EquipoiseError("settings/invalid", `${option} does not go with ${what}.`);
  };
  const ofPython = python ? "--python" : isPrivate && "--private";
  if (backend === "webgpu") {
    const foreign = ofPython || (official && "--official") || (mustCompile && "--compile");
    return foreign ? refuse(foreign, "backend setup webgpu") : { backend, from };
  }
  if (official && ofPython) refuse(ofPython, "--official");
  if (from && !official) refuse("--from", "backend setup tensorflow, but where --official stands beside it");
  return { backend, python, isPrivate, official, from, mustCompile };
}

async function describe(values: BackendValues, { terminal }: Surroundings): Promise<ExitCode> {
  const id = choice("backend", values.backend, ["auto", ...backendIds]) ?? "auto";
  const report = await reportBackends(id, wholeNumber("threads", values.threads));
  await stopBackend();
  if (values.json) {
    terminal.print(JSON.stringify({ ...report.chosen, ...report }, null, 2));
    return 0;
  }
  for (const line of reportLines(report)) terminal.print(line);
  return 0;
}

async function setUp(
  wish: SetupWish,
  values: BackendValues,
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const line = statusLine(terminal, process.stdout);
  try {
    const description = await setUpAndTest(wish, (message) => line.show(message), signal);
    await stopBackend();
    line.clear();
    terminal.print(values.json ? JSON.stringify(description, null, 2) : inWords(description));
    return 0;
  } finally {
    line.clear();
  }
}

function inWords({ id, threads, reason }: BackendDescription): string {
  return `${id}, ${threads} thread${threads === 1 ? "" : "s"}: ${reason}`;
}

/** The chosen one first, as a word on why, then all others and the machine. */
function reportLines({ chosen, backends, machine, tensorflow, webgpu }: BackendReport): string[] {
  const others = backends.map(({ id, works, reason, milliseconds }) => {
    const state = works
      ? `works, starts in ${((milliseconds ?? 0) / 1000).toFixed(1)} s`
      : reasonAlone(id, reason);
    return `  ${id.padEnd(11)} ${state}`;
  });
  const gpu = machine.gpus.length > 0 ? machine.gpus.join("; ") : "no NVIDIA driver";
  return [
    inWords(chosen),
    "",
    ...others,
    "",
    `  machine     ${machine.cores} cores, ${(machine.memoryMegabytes / 1024).toFixed(1)} GB, ${gpu}, Node ${machine.node}`,
    ...(tensorflow
      ? [`  set-up      ${tensorflow.setup}: TensorFlow ${tensorflow.version}, binding ${tensorflow.binding}`]
      : []),
    ...(webgpu ? [`  set-up      ${webgpu.setup}: webgpu ${webgpu.version} for ${webgpu.platform}`] : []),
  ];
}

/** Without the frame of the message that stands where nothing else can be chosen. */
function reasonAlone(id: string, message: string): string {
  return message
    .replace(`No training backend runs here: ${id} does not run: `, "")
    .replace(/ Choose another with --backend or in equipoise.yaml.$/, "");
}
