/** Looking at the start of a document no farther than is needed. */
import type { JsonScanner } from "./json.ts";

const stepBytes = 8192;

/** Scans the bytes step by step until there is enough. */
export function scanHead(scanner: JsonScanner, bytes: Uint8Array, enough: () => boolean): void {
  for (let at = 0; at < bytes.length && !enough(); at += stepBytes)
    scanner.write(bytes.subarray(at, at + stepBytes));
}
