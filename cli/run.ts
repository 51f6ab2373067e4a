/** The command line with every command, which brings the training engine along. */
import type { ExitCode } from "./command.ts";
import { commands } from "./commands.ts";
import { runWith } from "./runWith.ts";
import type { Terminal } from "./terminal.ts";

/** For `recommend --measure`, which alone of the reading commands needs the training engine: this bundle has it. */
export { measurePath, parseBudget, printMeasured } from "./measure.ts";

/** Runs one command line, the words after `equipoise`, and returns its exit code; never throws. */
export function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  return runWith(commands, args, terminal, signal);
}
