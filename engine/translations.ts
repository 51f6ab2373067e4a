/**
 * Takes the translations that the parent process names: a file in the form of VS Code's l10n bundles. Processes import
 * this before anything else, as texts stand in constants too.
 */
import { readFileSync } from "node:fs";
import { l10n } from "#protocol/l10n.ts";

const file = process.env["EQUIPOISE_L10N"];
if (file) {
  try {
    const bundle = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
    const texts = Object.entries(bundle).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    l10n.use(Object.fromEntries(texts));
  } catch (problem) {
    // English is better than no server; standard output may be the protocol's.
    console.error(`EQUIPOISE_L10N names ${file}, which cannot be read: ${String(problem)}`);
  }
}
