/** `equipoise sweep kubernetes` and `slurm`: a sweep as text for a scheduler, to be read and applied by its user. */
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { kubernetesJob } from "#engine/sweep/kubernetes.ts";
import { slurmScript } from "#engine/sweep/slurm.ts";
import type { SweepJob } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings, wholeNumber } from "../command.ts";
import { writeOutput } from "../files.ts";
import { type OpenedSweep, openSweep, placeOptions } from "./place.ts";

export const jobHelp: readonly string[] = [
  "kubernetes FILE              an Indexed Job of batch/v1, printed or written with --out; slurm FILE: an array script",
  "  --parallel N --batch N     so many beside each other; so many trials a pod or task",
  "  --cpus N --gpus N --memory 2Gi --retries N --name NAME --node PATH --program PATH (cli.cjs, as the nodes see it)",
  "  --claim NAME --folder /sweep --image IMAGE --namespace NAME   of Kubernetes: the volume and where it is mounted",
  "  --time 04:00:00 --partition NAME                              of Slurm",
  "--results FOLDER             of every action: the folder that holds .equipoise; default: that of the sweep file",
  "--json                       print one JSON object; of run, one line a trial",
];

const options = {
  ...placeOptions,
  out: { type: "string" },
  name: { type: "string" },
  node: { type: "string" },
  program: { type: "string" },
  batch: { type: "string" },
  parallel: { type: "string" },
  cpus: { type: "string" },
  gpus: { type: "string" },
  memory: { type: "string" },
  retries: { type: "string" },
  claim: { type: "string" },
  folder: { type: "string" },
  image: { type: "string" },
  namespace: { type: "string" },
  time: { type: "string" },
  partition: { type: "string" },
} as const;

type Values = Partial<Record<keyof typeof options, string | boolean>>;

export async function kubernetesCommand(
  args: readonly string[],
  { terminal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, options);
  const opened = await openSweep(positionals, "kubernetes", values.results);
  const folder = values.folder ?? "/sweep";
  const inside = (path: string): string => {
    const way = relative(opened.root, path).split(sep).join("/");
    return way.startsWith("..") ? posix.join(folder, basename(path)) : posix.join(folder, way);
  };
  const job: SweepJob = {
    ...amountsOf(values),
    sweep: inside(opened.sweep.path),
    results: folder,
    program: values.program ?? posix.join(folder, "equipoise/cli.cjs"),
    folder,
    volumeClaim: values.claim ?? "equipoise-sweep",
  };
  return deliver(kubernetesJob(opened.sweep.file, job), values.out, terminal.print);
}

export async function slurmCommand(args: readonly string[], { terminal }: Surroundings): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, options);
  const opened = await openSweep(positionals, "slurm", values.results);
  return deliver(slurmScript(opened.sweep.file, sharedDisk(opened, values)), values.out, terminal.print);
}

/** On a cluster with a shared disk everything lies where it lies here. */
function sharedDisk(
  { sweep, root }: OpenedSweep,
  values: Values & { readonly program?: string | undefined },
): SweepJob {
  return {
    ...amountsOf(values),
    sweep: sweep.path,
    results: root,
    program: values.program ?? join(__dirname, "cli.cjs"),
    folder: dirname(sweep.path),
    volumeClaim: "equipoise-sweep",
  };
}

/** What was named; numbers are checked. */
function amountsOf(values: Values): Partial<SweepJob> {
  const number = (name: "batch" | "parallel" | "cpus" | "gpus" | "retries"): number | undefined =>
    wholeNumber(name, typeof values[name] === "string" ? values[name] : undefined);
  const text = (name: keyof Values): string | undefined =>
    typeof values[name] === "string" ? values[name] : undefined;
  const named = {
    name: text("name"),
    node: text("node"),
    batch: number("batch"),
    parallel: number("parallel"),
    cpus: number("cpus"),
    gpus: number("gpus"),
    memory: text("memory"),
    retries: number("retries"),
    image: text("image"),
    namespace: text("namespace"),
    time: text("time"),
    partition: text("partition"),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

async function deliver(
  text: string,
  out: string | undefined,
  print: (text: string) => void,
): Promise<ExitCode> {
  if (out === undefined) print(text.trimEnd());
  else {
    await writeOutput(out, text);
    print(`${out}: written. Read it before you apply it.`);
  }
  return 0;
}
