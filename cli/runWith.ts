/** The command line without its process: finds the command, catches once, gives the exit code. */
import { EquipoiseError } from "#protocol/errors.ts";
import type { Command, ExitCode } from "./command.ts";
import { styled, type Terminal } from "./terminal.ts";

/** Runs one command line, the words after `equipoise`, and returns its exit code; never throws. */
export async function runWith(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  const command = commands.find((candidate) => candidate.name === name);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    printHelp(
      terminal,
      commands,
      commands.find((candidate) => candidate.name === rest[0]),
    );
    return 0;
  }
  if (!command) {
    terminal.complain(`no command "${name}". Commands: ${commands.map((known) => known.name).join(", ")}.`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    printHelp(terminal, commands, command);
    return 0;
  }
  try {
    return await command.run(rest, { terminal, signal });
  } catch (problem) {
    if (signal.aborted) terminal.complain("stopped.");
    else if (problem instanceof EquipoiseError) terminal.complain(problem.message);
    else
      terminal.complain(
        `a mistake in Equipoise: ${problem instanceof Error ? problem.stack : String(problem)}`,
      );
    return 2;
  }
}

function printHelp(terminal: Terminal, commands: readonly Command[], command: Command | undefined): void {
  if (command) {
    terminal.print(`equipoise ${command.usage}\n\n${command.summary}\n`);
    for (const line of command.options) terminal.print(`  ${line}`);
    return;
  }
  terminal.print(`${styled(terminal, "bold", "equipoise")}: losses for long-tailed data\n`);
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  for (const { usage, summary } of commands) terminal.print(`  equipoise ${usage.padEnd(width)}  ${summary}`);
  terminal.print(
    "\nequipoise COMMAND --help tells the options. Exit codes: 0 fine, 1 findings, 2 could not run.",
  );
}
