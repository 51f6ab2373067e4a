/** What tests of set-ups that download share: folders, a home, a server, and archives. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** The stage of the test that runs. */
export interface DownloadStage {
  folder: string;
  /** A folder in it, empty at first. */
  target: string;
  /** A server on this machine answers everything alike from now on; returns its address. */
  serve(answer: (response: ServerResponse) => void): Promise<string>;
}

/** Gives each test folders of its own and a home without set-ups; the environment is as it was afterwards. */
export function downloadStage(): DownloadStage {
  const before = { ...process.env };
  const servers: Server[] = [];
  const stage: DownloadStage = {
    folder: "",
    target: "",
    async serve(answer) {
      const server = createServer((_, response) => answer(response));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    },
  };
  beforeEach(() => {
    stage.folder = mkdtempSync(join(tmpdir(), "equipoise-download-"));
    stage.target = join(stage.folder, "target");
    mkdirSync(stage.target);
    const empty = { EQUIPOISE_TENSORFLOW: "", EQUIPOISE_WEBGPU: "" };
    Object.assign(process.env, { EQUIPOISE_HOME: join(stage.folder, "home"), ...empty });
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(stage.folder, { recursive: true, force: true });
  });
  return stage;
}

/** An entry of a tar archive: a header of 512 bytes, the content, zeros up to a whole block. */
export function tarEntry(name: string, content: Buffer, kind = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(kind, 156, "latin1");
  header.write("ustar\0", 257, "latin1");
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** What ends a tar archive. */
export const tarEnd: Buffer = Buffer.alloc(1024);
