import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Entry, fromBuffer } from "yauzl";
import { nodeFile, packFiles, programFiles, type RayPackage, sweepFiles } from "#engine/sweep/ray/package.ts";
import { temporaryFolder } from "../../tiny.ts";
import { tinySweep } from "../tinySweep.ts";

/** Names of an archive's files with their modes. */
function entriesOf({ content }: RayPackage): Promise<Map<string, string>> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(content), { lazyEntries: false }, (problem, zip) => {
      if (problem) return reject(problem);
      const found = new Map<string, string>();
      zip.on("entry", (entry: Entry) =>
        found.set(entry.fileName, ((entry.externalFileAttributes >>> 16) & 0o777).toString(8)),
      );
      zip.on("error", reject);
      zip.on("end", () => resolve(found));
      return undefined;
    });
  });
}

it("packs program, Node, sweep and data, the same content to the same bytes and name", async () => {
  const sweep = await tinySweep(temporaryFolder());
  const program = temporaryFolder();
  mkdirSync(join(program, "wasm"));
  for (const name of ["cli.cjs", "cliTraining.cjs", "cli.cjs.map", "server.cjs", "wasm/a.wasm", "node"])
    writeFileSync(join(program, name), name);
  const data = await sweepFiles(sweep);
  const files = [...(await programFiles(program)), await nodeFile(join(program, "node")), ...data.files];
  const first = await packFiles(files);
  expect(first.name).toMatch(/^_ray_pkg_[0-9a-f]{32}\.zip$/);
  const entries = await entriesOf(first);
  expect([...entries.keys()].filter((name) => !name.startsWith("data/"))).toEqual([
    "bin/node",
    "program/cli.cjs",
    "program/cliTraining.cjs",
    "program/wasm/a.wasm",
  ]);
  expect(entries.get("bin/node")).toBe("755");
  expect(data.sweep).toBe("data/tiny.sweep.json");
  for (const { path } of sweep.file.data) expect([...entries.keys()]).toContain(`data/${path}`);
  utimesSync(join(program, "cli.cjs"), 1, 1);
  expect(await packFiles([...files].reverse())).toEqual(first);
  writeFileSync(join(program, "cli.cjs"), "changed");
  expect((await packFiles(files)).name).not.toBe(first.name);
});

it("keeps data above the sweep file where they lie to it", async () => {
  const folder = temporaryFolder();
  const sweep = await tinySweep(folder);
  const below = { ...sweep, path: join(folder, "plans", "x.sweep.json"), folder: join(folder, "plans") };
  mkdirSync(below.folder);
  writeFileSync(below.path, "{}");
  const file = { ...sweep.file, data: sweep.file.data.map((each) => ({ ...each, path: `../${each.path}` })) };
  const { files, sweep: place } = await sweepFiles({ ...below, file });
  expect(place).toBe("data/plans/x.sweep.json");
  expect(files.map(({ at }) => at)).toContain(`data/${sweep.file.data[0]?.path}`);
});

it("says what is missing", async () => {
  await expect(programFiles(temporaryFolder())).rejects.toThrow(/holds no cli.cjs/);
  await expect(nodeFile("/nowhere/node")).rejects.toThrow(
    "--upload-node /nowhere/node: there is no such file.",
  );
  const sweep = await tinySweep(temporaryFolder());
  const file = { ...sweep.file, data: [{ path: "gone.npy", bytes: 1, sha256: "" }] };
  await expect(sweepFiles({ ...sweep, file })).rejects.toThrow(/gone\.npy cannot be read/);
});
