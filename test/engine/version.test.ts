import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { version } from "#engine/version.ts";

it("has one version: of the extension, of the engine package and of what results name", () => {
  for (const path of ["../../package.json", "../../engine/package.json"]) {
    const { version: written } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
    expect(written).toBe(version);
  }
});
