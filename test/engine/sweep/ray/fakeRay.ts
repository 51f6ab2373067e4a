/** A Jobs API small enough to misbehave on request: contract tests stand on it, and real-ray.mjs on the real one. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { indicesOf } from "#engine/sweep/ray/jobs.ts";

export interface FakeJob {
  readonly id: string;
  readonly indices: readonly number[];
  readonly entrypoint: string;
  status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  log: string;
  /** Absent: its node has gone. */
  hasLog: boolean;
  message: string;
  error?: string;
  exitCode?: number;
}

/** Answers a request itself and returns true, or leaves it to the usual answer. */
type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export class FakeRay {
  readonly jobs = new Map<string, FakeJob>();
  readonly packages = new Set<string>();
  /** Such as "POST /api/jobs/", with the headers they came with. */
  readonly requests: { readonly what: string; readonly headers: IncomingMessage["headers"] }[] = [];
  version: Record<string, unknown> = { version: "4", ray_version: "2.58.0", session_name: "s" };
  misbehave: Misbehaviour = () => false;
  /** What a node does with a job; by default nothing, and the job stays RUNNING. */
  work: (job: FakeJob) => void | Promise<void> = () => {};
  url = "";
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  submitted(): string[] {
    return [...this.jobs.keys()];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const path = request.url ?? "";
    this.requests.push({ what: `${request.method} ${path}`, headers: request.headers });
    if (this.misbehave(request, response)) return;
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const text = (status: number, value: string): void => {
      response.writeHead(status, { "content-type": "text/plain" }).end(value);
    };
    if (path === "/api/version") return json(this.version);
    const [, name = ""] = /^\/api\/packages\/gcs\/(.+)$/.exec(path) ?? [];
    if (name && request.method === "PUT") this.packages.add(name);
    if (name) return this.packages.has(name) ? text(200, "") : text(404, `Package ${name} does not exist`);
    if (path === "/api/jobs/" && request.method === "POST") return this.submit(JSON.parse(body), json, text);
    const [, id = "", action = ""] = /^\/api\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const job = this.jobs.get(id);
    if (!job) return text(404, `Job ${id} does not exist`);
    if (action === "logs")
      return job.hasLog ? json({ logs: job.log }) : text(500, "Traceback\nClientConnectorError: no node");
    if (action === "stop") {
      job.status = "STOPPED";
      return json({ stopped: true });
    }
    const { status, message, error: error_type, exitCode: driver_exit_code } = job;
    json({ type: "SUBMISSION", submission_id: id, status, message, error_type, driver_exit_code });
  }

  private submit(
    { submission_id: id, entrypoint }: { submission_id: string; entrypoint: string },
    json: (value: unknown) => void,
    text: (status: number, value: string) => void,
  ): void {
    if (this.jobs.has(id)) {
      // As Ray's head does, with a 500.
      text(
        500,
        `Traceback (most recent call last):\nValueError: Job with submission_id ${id} already exists.`,
      );
      return;
    }
    const [, indices = ""] = /--index (\S+)/.exec(entrypoint) ?? [];
    const job: FakeJob = {
      id,
      indices: indicesOf(indices),
      entrypoint,
      status: "RUNNING",
      log: "",
      hasLog: true,
      message: "",
    };
    this.jobs.set(id, job);
    void sleep(1).then(() => this.work(job));
    json({ job_id: id, submission_id: id });
  }
}
