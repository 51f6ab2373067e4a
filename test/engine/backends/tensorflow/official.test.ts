import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fetchOfficial, officialArchive } from "#engine/backends/tensorflow/official.ts";
import { libraryNames, readSetup, tensorflowFolder } from "#engine/backends/tensorflow/place.ts";
import { setUpTensorflow } from "#engine/backends/tensorflow/setup.ts";
import { dataFolder } from "#engine/dataFolder.ts";
import { downloadStage, tarEnd, tarEntry } from "../downloadStage.ts";

const stage = downloadStage();

const library = Buffer.alloc(300_000, "tensorflow ");
/** As TensorFlow packs its C libraries: folders, links from short names to the file, headers. */
const entries = [
  tarEntry("./include/", Buffer.alloc(0), "5"),
  tarEntry("./include/tensorflow/c/eager/c_api.h", Buffer.from("// eager")),
  tarEntry("./include/../../escape.h", Buffer.from("// out of the folder")),
  tarEntry("./lib/libtensorflow.so", Buffer.alloc(0), "2"),
  tarEntry("./lib/libtensorflow.so.2.9.1", library),
  tarEntry("./lib/libtensorflow_framework.so.2", Buffer.alloc(0), "2"),
  tarEntry("./lib/libtensorflow_framework.so.2.9.1", Buffer.from("framework")),
  tarEntry("./THIRD_PARTY_TF_C_LICENSES", Buffer.alloc(2000, "l")),
];
const packed = gzipSync(Buffer.concat([...entries, tarEnd, Buffer.alloc(9000)]));
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const archive = { name: "libtensorflow.tar.gz", hash: hashOf(packed) };

async function serveBucket(answer: (response: ServerResponse) => void): Promise<void> {
  process.env["TFJS_NODE_CDN_STORAGE"] = await stage.serve(answer);
}

const fetched = async (wanted = archive, from?: string, signal?: AbortSignal): Promise<string[]> => {
  const told: string[] = [];
  await fetchOfficial(wanted, stage.target, (message) => told.push(message), from, signal);
  return told;
};

const names = ["include", "libtensorflow.so.2", libraryNames()[0], "libtensorflow_framework.so.2"].sort();

// Names of libraries are those of Linux.
describe.skipIf(process.platform !== "linux")("the official download of TensorFlow", () => {
  test("comes from its bucket, laid out as a Python package is, with nothing else", async () => {
    await serveBucket((response) => response.end(packed));
    expect(await fetched()).toEqual(["Downloading TensorFlow 2.9.1, 0 MB."]);
    expect(readdirSync(stage.target).sort()).toEqual(names);
    expect(readFileSync(join(stage.target, libraryNames()[0])).equals(library)).toBe(true);
    expect(readlinkSync(join(stage.target, libraryNames()[0]))).toBe("libtensorflow.so.2");
    expect(readdirSync(join(stage.target, "include", "tensorflow", "c", "eager"))).toEqual(["c_api.h"]);
    expect(existsSync(join(stage.folder, "escape.h"))).toBe(false);
  });

  test("comes from an archive on disk", async () => {
    const file = join(stage.folder, "there.tar.gz");
    writeFileSync(file, packed);
    expect(await fetched(archive, file)).toEqual([]);
    expect(readdirSync(stage.target).sort()).toEqual(names);
  });

  test("is not taken where something is wrong, with the reason and the next step", async () => {
    await serveBucket((response) => response.writeHead(403).end());
    await expect(fetched()).rejects.toThrow(
      /tensorflow\/libtensorflow\/libtensorflow\.tar\.gz answers 403 Forbidden\. Get it on another/,
    );
    process.env["TFJS_NODE_BASE_URI"] = "http://127.0.0.1:9/tf/libtensorflow-";
    await expect(fetched()).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/tf\/libtensorflow\.tar\.gz cannot be reached \(.+\)\. .*--from FILE; .*--private\.$/,
    );
    const file = join(stage.folder, "there.tar.gz");
    writeFileSync(file, packed.subarray(0, packed.length / 2));
    await expect(fetched(archive, file)).rejects.toThrow(/there\.tar\.gz could not be read: .*\. Get it/);
    writeFileSync(file, packed);
    await expect(fetched({ ...archive, hash: "0" }, file)).rejects.toThrow(
      /is not libtensorflow\.tar\.gz: its SHA-256 is .*, expected 0\. Nothing was kept\.$/,
    );
    const empty = gzipSync(Buffer.concat([tarEntry("lib/readme", library), tarEnd]));
    writeFileSync(file, empty);
    await expect(fetched({ ...archive, hash: hashOf(empty) }, file)).rejects.toThrow(
      /has no libraries of TensorFlow/,
    );
    await expect(fetched(archive, join(stage.folder, "nothing"))).rejects.toThrow(
      /^There is nothing at .*nothing/,
    );
  });

  test("leaves what was there when it is another's, or cancelled", async () => {
    const folderBefore = tensorflowFolder();
    mkdirSync(folderBefore, { recursive: true });
    await serveBucket((response) => response.end(packed));
    const other = setUpTensorflow({ official: "cpu" }, () => {});
    await expect(other).rejects.toThrow(/is not libtensorflow-cpu-linux-x86_64-2\.9\.1\.tar\.gz/);
    await serveBucket((response) => response.write(packed.subarray(0, 200)));
    const abort = new AbortController();
    const cancelled = setUpTensorflow({ official: "cpu" }, () => abort.abort(), abort.signal);
    await expect(cancelled).rejects.toThrow(/abort/i);
    expect(readdirSync(dataFolder())).toEqual(["tensorflow"]);
    expect(readSetup(folderBefore)).toBeUndefined();
  });

  test("is named for this system by kind, or refused with what else there is", () => {
    if (process.arch === "x64") {
      expect(officialArchive("cpu").name).toBe("libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz");
      expect(officialArchive("gpu").hash).toMatch(/^[0-9a-f]{64}$/);
    } else expect(() => officialArchive("gpu")).toThrow(/no official download .*--python.*--private/);
  });
});
