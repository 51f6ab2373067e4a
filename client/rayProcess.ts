/** The command line as a process of the extension: a sweep on Ray outlives the window, and so does the process's memory of it. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { FollowedRay } from "#protocol/sweepRequests.ts";

export interface RayCall {
  /** Node, or the editor's own runtime. */
  readonly program: string;
  /** `dist/cli.cjs`. */
  readonly script: string;
  /** After `equipoise sweep ray`; never a secret. */
  readonly args: readonly string[];
  /** From the editor's secret storage; goes on in the environment of the process alone. */
  readonly token: string | undefined;
}

export interface RayEnd {
  readonly code: number | null;
  /** What was complained about last. */
  readonly message: string;
}

/** Runs `equipoise sweep ray` and hears its lines; after an abort this end closes and the jobs of the cluster go on. */
export function callRay(
  { program, script, args, token }: RayCall,
  hear: (line: string) => void,
  signal?: AbortSignal,
): Promise<RayEnd> {
  const env = {
    ...process.env,
    ELECTRON_RUN_AS_NODE: "1",
    ...(token ? { EQUIPOISE_RAY_TOKEN: token } : {}),
  };
  const child = spawn(program, [script, "sweep", "ray", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let message = "";
  createInterface(child.stdout).on("line", hear);
  createInterface(child.stderr).on("line", (line) => {
    message = line.replace(/^equipoise: /, "");
  });
  signal?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, message }));
  });
}

/** How far a sweep on Ray is. */
export interface RayProgress extends FollowedRay {
  readonly ended: number;
  readonly trials: number;
}

/** Progress as `--json` prints it; undefined for any other line. */
export function progressIn(line: string): RayProgress | undefined {
  try {
    const { kind, ended, trials, running, waiting } = JSON.parse(line) as Record<string, unknown>;
    if (kind !== "progress" || typeof ended !== "number" || typeof trials !== "number") return undefined;
    const count = (value: unknown): number => (typeof value === "number" ? value : 0);
    return { ended, trials, running: count(running), waiting: count(waiting) };
  } catch {
    return undefined;
  }
}

/** What else a line tells, for the log; undefined for progress, and for what is no line of `--json`. */
export function noteIn(line: string): string | undefined {
  try {
    const { kind, message } = JSON.parse(line) as Record<string, unknown>;
    return kind === "note" && typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
