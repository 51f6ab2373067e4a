/** `.equipoise`, where runs and what was measured lie. */
import { join } from "node:path";
import { exists, replaceFile } from "./files.ts";

export const root = ".equipoise";

/** Keeps the whole folder out of version control on first use. */
export async function keepFromVersionControl(folder: string): Promise<void> {
  const ignore = join(folder, root, ".gitignore");
  if (!(await exists(ignore))) await replaceFile(ignore, "*\n");
}
