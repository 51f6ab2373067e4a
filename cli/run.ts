/** The command line with every command, which brings the training engine along. */
import type { ExitCode } from "./command.ts";
import { commands } from "./commands.ts";
import { runWith } from "./runWith.ts";
import type { Terminal } from "./terminal.ts";

/** For `recommend`, which alone of the reading commands may need the losses and the training engine: this bundle has them. */
export { parseLossOption } from "./lossOption.ts";
export { measurePath, parseBudget, printMeasured } from "./measure.ts";

/** Runs one command line, the words after `equipoise`, and returns its exit code; never throws. */
export function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  return runWith(commands, args, terminal, signal);
}
