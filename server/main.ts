/** Process entry of the language server, over IPC or `--stdio`. */
import "#engine/translations.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { threadedAnalyst } from "./scanThread.ts";
import { serve } from "./serve.ts";

/** The documentation of the findings, where it was installed beside the bundle. */
function documentation(): string | undefined {
  const page = join(__dirname, "..", "docs", "findings.md");
  return existsSync(page) ? pathToFileURL(page).href : undefined;
}

/** The version of the extension, where its description was installed beside the bundle. */
function versionBeside(): string | undefined {
  try {
    const text = readFileSync(join(__dirname, "..", "package.json"), "utf8");
    return (JSON.parse(text) as { readonly version?: string }).version;
  } catch {
    return undefined;
  }
}

const connection = createConnection(ProposedFeatures.all);
const page = documentation();
const analyst = threadedAnalyst(join(__dirname, "readingThread.cjs"), (problem) =>
  connection.console.error(String(problem)),
);
const version = versionBeside();
serve(connection, {
  analyst,
  ...(version !== undefined && { version }),
  ...(page !== undefined && { documentation: page }),
});
connection.listen();
