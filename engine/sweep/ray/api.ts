/** Ray's Jobs REST API, version 4: what is asked, what is answered, and what a failure means. */
import { EquipoiseError } from "#protocol/errors.ts";
import type { ClusterAddress } from "./address.ts";
import { type Answered, request } from "./request.ts";

/** The version of the API that this client speaks: since Ray 2.2. */
const apiVersion = "4";

export interface RayVersion {
  readonly ray: string;
}

const statuses = ["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"] as const;
export type RayStatus = (typeof statuses)[number];

export interface RayJob {
  readonly status: RayStatus;
  /** A sentence of Ray's, in a failure with the last lines of the log. */
  readonly message: string;
  /** Such as JOB_SUPERVISOR_ACTOR_DIED. */
  readonly error?: string;
  readonly exitCode?: number;
}

/** Whether a job has come to its end, well or not. */
export function hasEnded({ status }: RayJob): boolean {
  return status === "SUCCEEDED" || status === "FAILED" || status === "STOPPED";
}

export interface RaySubmission {
  readonly id: string;
  /** For the shell of a node. */
  readonly entrypoint: string;
  readonly cpus: number;
  readonly gpus: number;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The cluster did not answer, or not to the end: the same request may succeed later. */
export class RayTrouble extends Error {}

export interface RayApi {
  /** Throws `cluster/refused` where the cluster speaks another version. */
  version(): Promise<RayVersion>;
  /** Whether the cluster has a package; it then keeps it for ten minutes until a job needs it. */
  hasPackage(name: string): Promise<boolean>;
  upload(name: string, content: Uint8Array): Promise<void>;
  /** Submits a job, unless the cluster has one of this id. */
  submit(job: RaySubmission): Promise<void>;
  /** Undefined where the cluster knows no such job. */
  job(id: string): Promise<RayJob | undefined>;
  /** All that a job has printed; undefined where it cannot be had, as from a node that has gone. */
  logs(id: string): Promise<string | undefined>;
  stop(id: string): Promise<void>;
}

/** Milliseconds until an answer counts as none. A node that has gone keeps the head waiting for its logs. */
export interface RayTimes {
  readonly answer: number;
  readonly logs: number;
  readonly upload: number;
}
const usualTimes: RayTimes = { answer: 30_000, logs: 60_000, upload: 600_000 };

/**
 * Returns the API of a cluster. Every method throws `RayTrouble` for what may pass (no answer, a 5xx, half an answer) and
 * `cluster/refused` for what will not (401, 403, another API); after an abort the signal's reason.
 */
export function openRay(address: ClusterAddress, signal?: AbortSignal, times: RayTimes = usualTimes): RayApi {
  const ask = (method: string, path: string, options: Partial<Question> = {}): Promise<Answer> =>
    put(address, { method, path, limit: times.answer, ...options }, signal);
  const jobPath = (id: string): string => `/api/jobs/${encodeURIComponent(id)}`;
  const job = async (id: string): Promise<RayJob | undefined> => {
    const answer = await ask("GET", jobPath(id));
    if (answer.status === 404) return undefined;
    return parseJob(address, requireFine(address, answer));
  };
  return {
    async version() {
      const answer = await ask("GET", "/api/version");
      if (answer.status === 404) throw refused(address, "has no Jobs API (/api/version is not found)");
      return parseVersion(address, requireFine(address, answer));
    },
    async hasPackage(name) {
      const answer = await ask("GET", `/api/packages/gcs/${name}`);
      if (answer.status === 404) return false;
      requireFine(address, answer);
      return true;
    },
    async upload(name, content) {
      requireFine(address, await ask("PUT", `/api/packages/gcs/${name}`, { content, limit: times.upload }));
    },
    async submit({ id, entrypoint, cpus, gpus, environment, metadata }) {
      const json = {
        submission_id: id,
        entrypoint,
        entrypoint_num_cpus: cpus,
        entrypoint_num_gpus: gpus,
        runtime_env: environment,
        metadata,
      };
      const answer = await ask("POST", "/api/jobs/", { json });
      // Ray answers an id that it has with an error of no code of its own, a 400 or a 500 by version.
      if (answer.status >= 400 && ![401, 403].includes(answer.status) && (await job(id))) return;
      requireFine(address, answer);
    },
    job,
    async logs(id) {
      const answer = await ask("GET", `${jobPath(id)}/logs`, { limit: times.logs });
      // The head asks the node of the job, and answers with its own error where that has gone.
      if (answer.status === 404 || answer.status === 500) return undefined;
      const { logs } = parseJson(address, requireFine(address, answer)) as { logs?: unknown };
      return typeof logs === "string" ? logs : undefined;
    },
    async stop(id) {
      const answer = await ask("POST", `${jobPath(id)}/stop`);
      if (answer.status !== 404) requireFine(address, answer);
    },
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  /** Milliseconds. */
  readonly limit: number;
  readonly json?: unknown;
  readonly content?: Uint8Array;
}

interface Answer extends Answered {
  /** Such as "GET /api/version". */
  readonly asked: string;
}

async function put(
  { url, authorization, redact }: ClusterAddress,
  { method, path, limit, json, content }: Question,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const asked = `${method} ${path}`;
  const body = content ?? (json === undefined ? undefined : JSON.stringify(json));
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(json === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    const answer = await request(
      { url: url + path, method, headers, limit, ...(body === undefined ? {} : { body }) },
      signal,
    );
    return { ...answer, text: redact(answer.text), asked };
  } catch (problem) {
    signal?.throwIfAborted();
    throw new RayTrouble(`${url} (${asked}): ${redact(reasonOf(problem))}`);
  }
}

function reasonOf(problem: unknown): string {
  const first = problem instanceof AggregateError ? (problem.errors[0] as unknown) : problem;
  return first instanceof Error ? first.message : String(problem);
}

/** Returns an answer of 200; throws what another one means. */
function requireFine(address: ClusterAddress, answer: Answer): Answer {
  const { status, text, asked } = answer;
  if (status >= 200 && status < 300) return answer;
  const said = lastLine(text);
  if (status === 401 || status === 403) {
    const what = address.authorization ? "does not take the token" : "asks for a token";
    throw refused(
      address,
      `${what} (${status}: ${said})`,
      "Set EQUIPOISE_RAY_TOKEN, in the editor: Equipoise: Set Ray Token.",
    );
  }
  if (status >= 300 && status < 400)
    throw refused(
      address,
      `sends elsewhere (${status}), perhaps to a page for signing in`,
      "Give the address behind it.",
    );
  if (status === 413)
    throw refused(address, `does not take so large a package (413: ${said})`, "Use --shared or --program.");
  if (status === 408 || status === 429 || status >= 500)
    throw new RayTrouble(`${address.url} (${asked}): ${status} ${said}`);
  throw refused(address, `refuses ${asked} (${status}: ${said})`);
}

/** Ray answers with a Python traceback, whose last line says what happened. */
function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return (lines.filter(Boolean).at(-1) ?? "no reason given").slice(0, 300);
}

function refused(
  { url }: ClusterAddress,
  what: string,
  next = "Is this the address of Ray's dashboard, and Ray 2.2 or later?",
): EquipoiseError {
  return new EquipoiseError("cluster/refused", `${url} ${what}. ${next}`);
}

/** Half an answer does not parse and may be whole the next time; a page never will be. */
function parseJson(address: ClusterAddress, { text, type, asked }: Answer): Record<string, unknown> {
  if (type.includes("text/html")) throw refused(address, `answers ${asked} with a web page`);
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    throw new RayTrouble(`${address.url} (${asked}): the answer is cut short or no JSON`);
  }
  throw refused(address, `answers ${asked} with something else than Ray does`);
}

function parseVersion(address: ClusterAddress, answer: Answer): RayVersion {
  const { version, ray_version: ray } = parseJson(address, answer);
  if (typeof version !== "string" || typeof ray !== "string")
    throw refused(address, "does not answer as Ray does");
  if (version !== apiVersion) {
    const next = Number(version) > Number(apiVersion) ? "Update Equipoise." : "Update Ray to 2.2 or later.";
    throw refused(
      address,
      `has version ${version} of the Jobs API (Ray ${ray}), and this Equipoise speaks ${apiVersion}`,
      next,
    );
  }
  return { ray };
}

function parseJob(address: ClusterAddress, answer: Answer): RayJob {
  const { status, message, error_type: error, driver_exit_code: exitCode } = parseJson(address, answer);
  const known = statuses.find((candidate) => candidate === status);
  if (!known)
    throw refused(
      address,
      `tells a job's status as ${JSON.stringify(status)}, which this Equipoise does not know`,
      "Update Equipoise.",
    );
  return {
    status: known,
    message: typeof message === "string" ? message : "",
    ...(typeof error === "string" ? { error } : {}),
    ...(typeof exitCode === "number" ? { exitCode } : {}),
  };
}
