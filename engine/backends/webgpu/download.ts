/** Gets this system's files of the `webgpu` package: from npm's registry, or from a copy on disk. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { t } from "#protocol/l10n.ts";
import { withArchive } from "../download.ts";
import { gathered, tarFiles } from "../tar.ts";
import { unavailable } from "../unavailable.ts";
import { packageSize, webgpuVersion } from "./place.ts";

/** What is taken of a package: the files of one of its folders, with their hashes. */
export interface Wanted {
  /** Inside the package: `dist/linux-x64`. */
  readonly folder: string;
  /** SHA-256 by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Writes the wanted files into `target`.
 * @param from an archive or an installed package instead of npm's registry.
 * @param tell hears how far it is.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function fetchFiles(
  wanted: Wanted,
  target: string,
  tell: (message: string) => void,
  from?: string,
  signal?: AbortSignal,
): Promise<void> {
  if (from !== undefined && existsSync(from) && statSync(from).isDirectory()) {
    copyFiles(wanted, target, from);
    return;
  }
  const source = {
    place: from ?? `${await registry()}webgpu/-/webgpu-${webgpuVersion}.tgz`,
    isFile: from !== undefined,
    otherwise: elsewhere,
    tell: (megabytes: number) => tell(t`Downloading WebGPU, ${megabytes} MB of at most ${packageSize}.`),
  };
  await withArchive(source, async (bytes) => unpack(wanted, target, bytes, source.place, signal), signal);
}

const elsewhere = t`Where the registry cannot be reached, get the package on another machine with \`npm pack webgpu@${webgpuVersion}\`, then run \`equipoise backend setup webgpu --from FILE\`.`;

function copyFiles({ folder, files }: Wanted, target: string, from: string): void {
  for (const [name, hash] of Object.entries(files)) {
    const file = join(from, folder, name);
    if (!existsSync(file))
      throw unavailable(t`${file} is not there: is ${resolve(from)} the webgpu package?`);
    keep(readFileSync(file), join(target, name), hash, file);
  }
}

async function unpack(
  { folder, files }: Wanted,
  target: string,
  archive: AsyncIterable<Uint8Array>,
  place: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing = new Map(Object.entries(files).map(([name, hash]) => [`package/${folder}/${name}`, hash]));
  for await (const { name, content } of tarFiles(archive)) {
    signal?.throwIfAborted();
    const hash = missing.get(name);
    if (hash === undefined) continue;
    const file = join(target, name.slice(name.lastIndexOf("/") + 1));
    keep(Buffer.concat(await gathered(content)), file, hash, name);
    missing.delete(name);
    // What comes after this system's files is never asked for.
    if (missing.size === 0) return;
  }
  throw unavailable(t`${place} has no ${[...missing.keys()].join(", ")}. ${elsewhere}`);
}

function keep(content: Buffer, file: string, hash: string, name: string): void {
  const got = createHash("sha256").update(content).digest("hex");
  if (got !== hash)
    throw unavailable(
      t`${name} is not that of webgpu ${webgpuVersion}: its SHA-256 is ${got}, expected ${hash}. Nothing was kept.`,
    );
  writeFileSync(file, content);
}

/**
 * The registry that npm is set to, ending in a slash: its variable, else what npm itself says, asked outside of any project,
 * as a folder that was opened must not lead a download elsewhere.
 */
export async function registry(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment["npm_config_registry"] || environment["NPM_CONFIG_REGISTRY"] || (await ofNpm());
  return named.replace(/\/?$/, "/");
}

async function ofNpm(): Promise<string> {
  // On Windows npm is a script, which only a shell can run.
  const options = { cwd: os.homedir(), timeout: 30_000, shell: process.platform === "win32" };
  try {
    return (await promisify(execFile)("npm", ["config", "get", "registry"], options)).stdout.trim();
  } catch (error) {
    throw unavailable(t`npm cannot be asked for its registry. ${elsewhere}`, error);
  }
}
