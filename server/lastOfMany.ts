/** Readings of data sets of several files, so that asking for the places of their classes does not read them again. */
import { createHash } from "node:crypto";
import type { ManifestReading, ManifestSource } from "#engine/manifest/manifest.ts";

/** Data sets that are remembered, those read last. */
const most = 4;
/** A longer main file is not taken for one that is unchanged. */
const longest = 8 << 20;

interface Read {
  readonly content: string;
  readonly reading: ManifestReading;
}

const byPath = new Map<string, Read>();

export const lastOfMany = {
  async keep(source: ManifestSource, reading: ManifestReading): Promise<void> {
    const content = await digestOf(source);
    byPath.delete(source.path);
    if (content === undefined) return;
    byPath.set(source.path, { content, reading });
    for (const path of byPath.keys()) if (byPath.size > most) byPath.delete(path);
  },

  /** The last reading that began with the source, if that has the same content still. */
  async of(source: ManifestSource): Promise<ManifestReading | undefined> {
    const last = byPath.get(source.path);
    return last && last.content === (await digestOf(source)) ? last.reading : undefined;
  },
};

/** Undefined for folders, and for what is too long. */
async function digestOf(source: ManifestSource): Promise<string | undefined> {
  try {
    const bytes = await source.head(longest);
    return bytes.length < longest ? createHash("sha256").update(bytes).digest("hex") : undefined;
  } catch {
    return undefined;
  }
}
