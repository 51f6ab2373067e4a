/** Every example in docs/formats.md is read as the page says. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readers } from "#engine/manifest/readers.ts";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource } from "./chunked.ts";

const page = readFileSync(fileURLToPath(new URL("../../../docs/formats.md", import.meta.url)), "utf8");
const examples = [...page.matchAll(/\*\*`([^`]+)`\*\*\n\n```[a-z]*\n([\s\S]*?)\n```\n\n> (.*)\n/g)].map(
  ([, name = "", content = "", verdict = ""]) => ({ name, content, verdict }),
);

describe("examples in docs/formats.md", () => {
  test.each(examples)("$name", async ({ name, content, verdict }) => {
    const reading = await readManifest(chunkedSource(`/data/${name}`, content), { asked: true });
    const counts = reading?.views.map(({ split, bases, classes }) => {
      const [basis] = bases;
      const told = classes.map((each) => `${each.name} ${basis === "images" ? each.images : each.instances}`);
      return `${split ? `${split}: ` : ""}${told.join(", ")}`;
    });
    expect(`${reading?.format}, ${reading?.recognition?.[0]?.evidence}: ${counts?.join("; ")}`).toBe(verdict);
    expect(reading?.observations).toEqual([]);
  });

  test("the page names every format", () => {
    expect(examples.length).toBeGreaterThanOrEqual(12);
    for (const { format } of readers) expect(page).toContain(`\`${format}\``);
  });
});
