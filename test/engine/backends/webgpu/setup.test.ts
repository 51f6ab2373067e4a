import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { writeDescription } from "#engine/backends/setupFolder.ts";
import { fetchFiles, registry, type Wanted } from "#engine/backends/webgpu/download.ts";
import {
  platforms,
  readWebgpuSetup,
  thisPlatform,
  type WebgpuSetup,
  webgpuFolder,
  webgpuVersion,
} from "#engine/backends/webgpu/place.ts";
import { removeWebgpu, setUpWebgpu } from "#engine/backends/webgpu/setup.ts";
import { dataFolder } from "#engine/dataFolder.ts";
import { downloadStage, tarEnd, tarEntry } from "../downloadStage.ts";

const stage = downloadStage();

afterEach(stopBackend);

const ours = Buffer.alloc(70_000, "dawn ");
const files = { "package/index.js": "index", "package/dist/other/dawn.node": "other" };
const archive = (end: Buffer[] = [tarEnd]): Buffer =>
  Buffer.concat([
    ...Object.entries(files).map(([name, text]) => tarEntry(name, Buffer.from(text))),
    tarEntry("package/dist/ours/dawn.node", ours),
    tarEntry("package/README.md", Buffer.alloc(5000, "r")),
    ...end,
  ]);
const hash = createHash("sha256").update(ours).digest("hex");
const wanted: Wanted = { folder: "dist/ours", files: { "dawn.node": hash } };

/** Answers as a registry would. */
async function serveRegistry(answer: (response: ServerResponse) => void): Promise<void> {
  process.env["npm_config_registry"] = await stage.serve(answer);
}

const fetched = async (from?: string, signal?: AbortSignal): Promise<string[]> => {
  const told: string[] = [];
  await fetchFiles(wanted, stage.target, (message) => told.push(message), from, signal);
  return told;
};

describe("this system's files of the webgpu package", () => {
  test("come from npm's registry, without what else is in the archive", async () => {
    await serveRegistry((response) => response.end(gzipSync(archive())));
    expect(await fetched()).toEqual([expect.stringMatching(/^Downloading WebGPU, 0 MB of at most 51\.$/)]);
    expect(readdirSync(stage.target)).toEqual(["dawn.node"]);
    expect(readFileSync(join(stage.target, "dawn.node")).equals(ours)).toBe(true);
  });

  test("are enough: the rest of the archive is not waited for", async () => {
    const packed = gzipSync(archive([Buffer.alloc(1 << 20)]), { level: 0 });
    await serveRegistry((response) => response.write(packed.subarray(0, 120_000)));
    await fetched();
    expect(readdirSync(stage.target)).toEqual(["dawn.node"]);
  });

  test("come from an archive or an installed package on disk", async () => {
    const file = join(stage.folder, "webgpu.tgz");
    writeFileSync(file, gzipSync(archive()));
    await fetched(file);
    expect(readdirSync(stage.target)).toEqual(["dawn.node"]);
    const installed = join(stage.folder, "webgpu");
    mkdirSync(join(installed, "dist", "ours"), { recursive: true });
    writeFileSync(join(installed, "dist", "ours", "dawn.node"), ours);
    rmSync(join(stage.target, "dawn.node"));
    await fetched(installed);
    expect(readdirSync(stage.target)).toEqual(["dawn.node"]);
  });

  test("are not kept where something is wrong, with the reason and the next step", async () => {
    const next = /npm pack webgpu@.* --from FILE/;
    await serveRegistry((response) => response.writeHead(404).end());
    await expect(fetched()).rejects.toThrow(/webgpu-.*\.tgz answers 404 Not Found\. Where/);
    process.env["npm_config_registry"] = "http://127.0.0.1:9";
    await expect(fetched()).rejects.toThrow(/127\.0\.0\.1:9\/.* cannot be reached \(.+\)\. Where/);
    await expect(fetched()).rejects.toThrow(next);

    const file = join(stage.folder, "webgpu.tgz");
    writeFileSync(file, gzipSync(archive().subarray(0, 50_000)));
    await expect(fetched(file)).rejects.toThrow(/webgpu\.tgz could not be read: the archive ends early\./);
    writeFileSync(file, "no archive");
    await expect(fetched(file)).rejects.toThrow(/webgpu\.tgz could not be read: incorrect header check\./);
    writeFileSync(file, gzipSync(Buffer.concat([tarEntry("package/a", ours), tarEnd])));
    await expect(fetched(file)).rejects.toThrow(/has no package\/dist\/ours\/dawn\.node\./);
    await expect(fetched(join(stage.folder, "nothing"))).rejects.toThrow(/^There is nothing at .*nothing\.$/);
    await expect(fetched(stage.folder)).rejects.toThrow(/is not there: is .* the webgpu package\?/);
    writeFileSync(file, gzipSync(Buffer.concat([tarEntry("package/dist/ours/dawn.node", Buffer.from("x"))])));
    await expect(fetched(file)).rejects.toThrow(/is not that of webgpu .* SHA-256 is .*Nothing was kept\.$/);
    expect(readdirSync(stage.target)).toEqual([]);
  });

  test("are looked for where npm is told to look", async () => {
    expect(await registry({ npm_config_registry: "https://mirror.example/npm" })).toBe(
      "https://mirror.example/npm/",
    );
    expect(await registry({})).toMatch(/^https?:\/\/.*\/$/);
  });
});

const old: WebgpuSetup = { format: 1, version: "0.0.1", platform: thisPlatform(), check: "passed" };

describe.skipIf(!platforms[thisPlatform()])("setting WebGPU up", () => {
  test("leaves what was there when it is cancelled half-way, and can be undone", async () => {
    writeDescription(webgpuFolder(), old);
    // A process that was killed could not clean up.
    mkdirSync(`${webgpuFolder()}.4194305`);
    await serveRegistry((response) => response.write(gzipSync(archive()).subarray(0, 200)));
    const abort = new AbortController();
    const cancelled = setUpWebgpu(() => abort.abort(), undefined, abort.signal);
    await expect(cancelled).rejects.toThrow(/abort/i);
    expect(readdirSync(dataFolder())).toEqual(["webgpu"]);
    expect(readWebgpuSetup(webgpuFolder())).toEqual(old);
    expect([removeWebgpu(), removeWebgpu()]).toEqual([true, false]);
    expect(readdirSync(dataFolder())).toEqual([]);
  });

  test("takes no other file for the library than that of the release", async () => {
    const file = join(stage.folder, "webgpu.tgz");
    const name = `package/dist/${thisPlatform()}/dawn.node`;
    writeFileSync(file, gzipSync(Buffer.concat([tarEntry(name, ours), Buffer.alloc(1024)])));
    await expect(setUpWebgpu(() => {}, file)).rejects.toThrow(/is not that of webgpu/);
    expect(readdirSync(dataFolder())).toEqual([]);
  });

  test("that does not work leaves training to wasm, with the reason", async () => {
    const reasonWith = async (setup: WebgpuSetup): Promise<string> => {
      writeDescription(webgpuFolder(), setup);
      const { id, reason } = await startBackend("auto", 1);
      expect(id).toBe("wasm");
      await stopBackend();
      return reason;
    };
    const sound = { ...old, version: webgpuVersion };
    expect(await reasonWith(old)).toMatch(/webgpu 0\.0\.1 was set up, this Equipoise takes .* again$/);
    expect(await reasonWith({ ...sound, platform: "amiga-68000" })).toMatch(/it was set up for amiga-68000/);
    expect(await reasonWith({ ...sound, check: { checking: 2 ** 22 + 1 } })).toMatch(
      /its first start ended the process that tried it; run `equipoise backend setup webgpu` again/,
    );
    expect(await reasonWith({ ...sound, check: "new" })).toMatch(/dawn\.node is gone; run/);
    expect(readWebgpuSetup(webgpuFolder())?.check).toBe("new");
    writeFileSync(join(webgpuFolder(), "dawn.node"), "no library");
    expect(await reasonWith(sound)).toMatch(/webgpu does not run: its library cannot be loaded \(.*glibc/);
    writeFileSync(join(webgpuFolder(), "description.json"), "{");
    await expect(startBackend("webgpu")).rejects.toThrow(/description\.json is damaged; set WebGPU up again/);
    removeWebgpu();
    await expect(startBackend("webgpu")).rejects.toThrow(/it is not set up; run/);
  });
});
