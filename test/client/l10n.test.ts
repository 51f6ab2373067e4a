import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("every text that users read can be translated, and the files for that are up to date", () => {
  // Fails with the file that is not, and the command that writes it.
  expect(() =>
    execFileSync(process.execPath, ["scripts/write-l10n.mjs", "--check"], { cwd: root }),
  ).not.toThrow();
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const texts = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8"));
  const keys = [...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(40);
  for (const key of keys) expect(texts, key).toHaveProperty([String(key)]);
});

it("no message of the client is written past vscode.l10n", () => {
  const shown =
    /(?:(?:show(?:Information|Warning|Error)Message|new Error)\(|placeHolder:|openLabel:|label:|detail:|prompt:)\s*["`][A-Z]?[a-z]+ /;
  const files = readdirSync(join(root, "client"), { recursive: true, encoding: "utf8" });
  const past = files.filter(
    (name) => name.endsWith(".ts") && shown.test(readFileSync(join(root, "client", name), "utf8")),
  );
  expect(past).toEqual([]);
});
