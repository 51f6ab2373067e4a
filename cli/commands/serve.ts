/** `equipoise serve`: the language server for any editor. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { type Command, parseCommand } from "../command.ts";

export const serveCommand: Command = {
  name: "serve",
  usage: "serve --stdio",
  summary: "Runs the language server on standard input and output, for editors other than VS Code.",
  options: ["--stdio   the only transport; may be left out"],
  run(args, { signal }) {
    parseCommand("serve", args, { stdio: { type: "boolean" } });
    // A process of its own: the server keeps its file, which is also the entry of its reading thread.
    const server = spawn(process.execPath, [join(__dirname, "server.cjs"), "--stdio"], { stdio: "inherit" });
    signal.addEventListener("abort", () => server.kill());
    return new Promise((resolve, reject) => {
      server.once("error", (problem) => {
        reject(new EquipoiseError("internal", `The language server does not start: ${problem.message}`));
      });
      server.once("exit", (code) => resolve(code === 0 ? 0 : 2));
    });
  },
};
