import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterAddress } from "#engine/sweep/ray/address.ts";
import { openRay, type RayApi, RayTrouble } from "#engine/sweep/ray/api.ts";
import { FakeRay } from "./fakeRay.ts";

let ray: FakeRay;
beforeEach(async () => {
  ray = await new FakeRay().start();
});
afterEach(() => ray.close());

function api(token?: string, limit = 20_000): RayApi {
  const times = { answer: limit, logs: limit, upload: limit };
  return openRay(clusterAddress(ray.url, { EQUIPOISE_RAY_TOKEN: token }), undefined, times);
}

/** Answers everything so. */
function answer(status: number, text: string, headers: Record<string, string> = {}): void {
  ray.misbehave = (_, response) => {
    response.writeHead(status, headers).end(text);
    return true;
  };
}

const job = { id: "a", entrypoint: "exec node --index 0", cpus: 1, gpus: 0, environment: {}, metadata: {} };

describe("Ray's Jobs API", () => {
  it("submits, asks, reads logs and stops", async () => {
    await api().submit(job);
    expect(await api().job("a")).toEqual({ status: "RUNNING", message: "" });
    expect(await api().logs("a")).toBe("");
    await api().stop("a");
    expect((await api().job("a"))?.status).toBe("STOPPED");
    expect(await api().version()).toEqual({ ray: "2.58.0" });
  });

  it("sends a package once", async () => {
    expect(await api().hasPackage("_ray_pkg_1.zip")).toBe(false);
    await api().upload("_ray_pkg_1.zip", new Uint8Array(10));
    expect(await api().hasPackage("_ray_pkg_1.zip")).toBe(true);
  });

  it("is not taken for a browser, which Ray lets only read", async () => {
    await api().submit(job);
    const names = Object.keys(ray.requests[0]?.headers ?? {});
    expect(names.filter((name) => /^sec-fetch|^origin$|^referer$/.test(name))).toEqual([]);
  });

  it("takes a job that is there already for submitted", async () => {
    await api().submit(job);
    await api().submit(job);
    expect(ray.submitted()).toEqual(["a"]);
  });

  it("knows no job and no log after a 404, and no log after the 500 of a lost node", async () => {
    expect(await api().job("b")).toBeUndefined();
    expect(await api().logs("b")).toBeUndefined();
    await api().stop("b");
    answer(500, "Traceback\nClientConnectorError");
    expect(await api().logs("a")).toBeUndefined();
  });

  it("says what to do about a missing and a wrong token, and repeats none", async () => {
    answer(401, "Unauthorized: Missing authentication token");
    await expect(api().version()).rejects.toThrow(/asks for a token \(401: .*EQUIPOISE_RAY_TOKEN/);
    answer(403, "Forbidden: Invalid authentication token s3cret");
    const problem = await api("s3cret").version().catch(String);
    expect(problem).toMatch(/does not take the token \(403: .*\[token\]/);
    expect(problem).not.toContain("s3cret");
    expect(ray.requests.at(-1)?.headers.authorization).toBe("Bearer s3cret");
  });

  it("takes a 500, a 429, a time-out and half an answer for trouble that may pass", async () => {
    answer(500, "Traceback\nTimeoutError: no agent");
    await expect(api().submit(job)).rejects.toThrow(RayTrouble);
    await expect(api().version()).rejects.toThrow("500 TimeoutError: no agent");
    answer(429, "slowly");
    await expect(api().version()).rejects.toThrow(RayTrouble);
    ray.misbehave = () => true;
    await expect(api(undefined, 100).version()).rejects.toThrow("no answer within 0.1 s");
    answer(200, `{"version": "4", "ray_ver`, { "content-type": "application/json" });
    await expect(api().version()).rejects.toThrow(/cut short or no JSON/);
    ray.misbehave = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
      response.destroy();
      return true;
    };
    await expect(api().version()).rejects.toThrow(RayTrouble);
    await ray.close();
    await expect(api().version()).rejects.toThrow(/ECONNREFUSED/);
  });

  it("refuses another version, another server and a status that it does not know", async () => {
    ray.version = { version: "5", ray_version: "4.0.0" };
    await expect(api().version()).rejects.toThrow(
      "has version 5 of the Jobs API (Ray 4.0.0), and this Equipoise speaks 4. Update Equipoise.",
    );
    ray.version = { version: "3", ray_version: "2.0.0" };
    await expect(api().version()).rejects.toThrow("Update Ray");
    ray.version = { name: "something else" };
    await expect(api().version()).rejects.toThrow("does not answer as Ray does");
    answer(404, "not here");
    await expect(api().version()).rejects.toThrow("has no Jobs API");
    answer(200, "<html>", { "content-type": "text/html" });
    await expect(api().version()).rejects.toThrow("with a web page");
    answer(200, `{"status": "PAUSED"}`, { "content-type": "application/json" });
    await expect(api().job("a")).rejects.toThrow(`status as "PAUSED"`);
  });

  it("follows no redirection with the token", async () => {
    answer(302, "", { location: "http://127.0.0.1:1/" });
    await expect(api("s3cret").version()).rejects.toThrow("sends elsewhere (302)");
    expect(ray.requests).toHaveLength(1);
  });

  it("ends with an abort", async () => {
    const abort = new AbortController();
    ray.misbehave = () => true;
    const asked = openRay(clusterAddress(ray.url, {}), abort.signal).version();
    setTimeout(() => abort.abort(), 20);
    await expect(asked).rejects.toThrow(/abort/);
  });

  it("trusts no certificate that nobody vouches for, whatever the environment says", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-tls-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    try {
      const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"];
      execFileSync("openssl", [...request, "-keyout", key, "-out", cert], { stdio: "ignore" });
    } catch {
      console.log("SKIPPED: openssl is missing, so no certificate could be made.");
      context.skip();
    }
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const address = clusterAddress(`https://localhost:${(server.address() as AddressInfo).port}`, {});
      await expect(openRay(address).version()).rejects.toThrow(/self-signed certificate/);
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
