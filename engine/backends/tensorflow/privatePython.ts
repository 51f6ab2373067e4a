/** A Python environment of our own, with TensorFlow from pip, for those who have none. */

import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "#engine/dataFolder.ts";
import { t } from "#protocol/l10n.ts";
import { unavailable } from "../unavailable.ts";
import { interpreterOf, usualInterpreters } from "./find.ts";

/** What pip installs: without CUDA, which alone is over 2 GB. */
const requirement = "tensorflow-cpu>=2.16,<3";

/** Where the environment lies, beside the set-up. */
export function privateFolder(): string {
  return join(dataFolder(), "python");
}

/**
 * Makes the environment where it is not complete, and returns its interpreter. What a cancelled try left is thrown
 * away first.
 * @throws EquipoiseError `backend/unavailable` where there is no Python, or pip cannot get TensorFlow.
 */
export async function makePrivatePython(
  tell: (message: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const folder = privateFolder();
  const [base] = usualInterpreters();
  if (!base) {
    throw unavailable(
      t`There is no Python here. Install Python 3.10 or newer, then set TensorFlow up again; or take the official download: equipoise backend setup tensorflow --official cpu.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  try {
    tell(t`Making a Python environment.`);
    await run(base, ["-m", "venv", folder], signal);
    const python = interpreterOf(folder);
    if (!python) throw unavailable(t`${base} made no environment in ${folder}: does it have venv?`);
    tell(t`Installing TensorFlow, about 300 MB.`);
    await run(
      python,
      ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", requirement],
      signal,
    );
    return python;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw error;
  }
}

/** Takes the environment away; false where there was none. */
export function removePrivatePython(): boolean {
  const folder = privateFolder();
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return isThere;
}

async function run(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const output = await new Promise<string | undefined>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], ...(signal && { signal }) });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0 ? undefined : errors));
  });
  if (output === undefined) return;
  const lines = output.trim().split("\n");
  const line = lines.findLast((text) => /^ERROR/.test(text)) ?? lines.at(-1) ?? t`no reason was given`;
  throw unavailable(t`${program} ${args.slice(0, 3).join(" ")} failed: ${line.trim()}`);
}
