/** The process of the command line: its streams, Ctrl+C and exit code. */
import { setFlagsFromString } from "node:v8";
import type { ExitCode } from "./command.ts";
import { inspect } from "./commands/inspect.ts";
import { recommendCommand } from "./commands/recommend.ts";
import { asksVersion, runWith } from "./runWith.ts";
import { openTerminal } from "./terminal.ts";

/** What only reads starts at once; the rest, with the training engine, is a bundle of its own, loaded when asked for. */
const reading = [inspect, recommendCommand];

const abort = new AbortController();
// Schedulers send the second one before they take the machine away.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => abort.abort());
const terminal = openTerminal(process.stdout, process.stderr, process.env);
void run(process.argv.slice(2)).then((code) => {
  // Worker threads of a backend would keep the process alive; flush what was printed, then end.
  process.stdout.write("", () => process.exit(code));
});

async function run(args: readonly string[]): Promise<ExitCode> {
  if (asksVersion(args[0])) return runWith([], args, terminal, abort.signal);
  if (reading.some(({ name }) => name === args[0])) {
    // Reading leaves little behind: a young generation that does not grow costs no time and saves 5 MB at the peak.
    setFlagsFromString("--semi-space-growth-factor=1");
    // Kernels do most of the work, and code in between runs too shortly to be worth optimising as early as usual.
    setFlagsFromString("--interrupt-budget=1000000");
    return runWith(reading, args, terminal, abort.signal);
  }
  const { runCommandLine } = await import("./run.ts");
  return runCommandLine(args, terminal, abort.signal);
}
