/** File systems that are small, or become read-only, for tests of what happens then. */
import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../tiny.ts";

/** A folder on a file system of its own; undefined where this user may not mount one. */
export function mounted(options: string): string | undefined {
  const place = temporaryFolder();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync("umount", ["-l", place]));
  return place;
}

export const mountable =
  spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && umount $d"]).status === 0;
if (!mountable)
  console.warn(
    "NO FILE SYSTEM CAN BE MOUNTED HERE: full and read-only results folders are tested by a file in their way alone.",
  );
