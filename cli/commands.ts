/** Every command, in the order of the help text. */
import type { Command } from "./command.ts";
import { backend } from "./commands/backend.ts";
import { compare } from "./commands/compare.ts";
import { exportCommand } from "./commands/export.ts";
import { inspect } from "./commands/inspect.ts";
import { recommendCommand } from "./commands/recommend.ts";
import { runs } from "./commands/runs.ts";
import { serveCommand } from "./commands/serve.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { train } from "./commands/train.ts";

export const commands: readonly Command[] = [
  inspect,
  recommendCommand,
  exportCommand,
  compare,
  train,
  sweepCommand,
  runs,
  backend,
  serveCommand,
];
