/** A lock between test files, which run side by side: one of them sets a backend up, the others wait. */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Returns what gives it back. One that was killed holds it no longer. */
export async function lock(path: string): Promise<() => void> {
  mkdirSync(join(path, ".."), { recursive: true });
  for (;;) {
    try {
      mkdirSync(path);
      return () => rmSync(path, { recursive: true, force: true });
    } catch {
      const taken = statSync(path, { throwIfNoEntry: false });
      if (taken && Date.now() - taken.mtimeMs > 300_000) rmSync(path, { recursive: true, force: true });
      await delay(500);
    }
  }
}
