import { existsSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { applyEdits } from "#engine/project/textEdits.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { targetOf } from "#engine/targets/targets.ts";
import { cases, changeOf, classes, goldenPath, goldenText, targetNamed } from "./cases.ts";

/** `EQUIPOISE_RENEW=1` writes the files anew, to be looked at before they are committed. */
const renew = process.env["EQUIPOISE_RENEW"] === "1";

beforeAll(async () => {
  await loadGrammar("python");
  await loadGrammar("javascript");
});

describe.each(cases)("$target $file", (each) => {
  const before = goldenText(each.target, each.file);
  const after = each.file.replace(/(\.\w+)$/, ".after$1");
  const target = targetNamed(each.target);

  test("is recognised by its target alone", () => {
    expect(targetOf(goldenPath(each.target, each.file), before)?.id).toBe(each.target);
  });

  test("gets the loss where its training reads it, and nothing else changes", () => {
    const answer = target.insert(before, changeOf(each));
    if (answer.kind === "refusal") throw new Error(answer.reason);
    if (renew || !existsSync(goldenPath(each.target, after)))
      writeFileSync(goldenPath(each.target, after), answer.text);
    expect(answer.text).toBe(goldenText(each.target, after));
    expect(applyEdits(before, answer.edits)).toBe(answer.text);
    expect(targetOf(goldenPath(each.target, each.file), answer.text)?.id).toBe(each.target);
  });

  test("stays as it is when the loss is inserted again, and is renewed for other counts", () => {
    const text = goldenText(each.target, after);
    expect(target.insert(text, changeOf(each, "2027-05-05"))).toMatchObject({
      kind: "edit",
      text,
      edits: [],
    });
    const change = changeOf(each);
    const more = classes.map((one) => ({ ...one, count: one.count * 2 }));
    const renewed = target.insert(text, { ...change, provenance: { ...change.provenance, classes: more } });
    if (renewed.kind === "refusal") throw new Error(renewed.reason);
    expect(renewed.text).not.toBe(text);
    expect(renewed.text.match(/Equipoise: counts/g)).toHaveLength(1);
  });

  test("keeps its line endings, and its text without a final one", () => {
    const windows = before.replaceAll("\n", "\r\n");
    const answer = target.insert(windows, changeOf(each));
    if (answer.kind === "refusal") throw new Error(answer.reason);
    expect(answer.text.replaceAll("\r\n", "")).not.toContain("\n");
    const bare = target.insert(before.trimEnd(), changeOf(each));
    if (bare.kind === "refusal") throw new Error(bare.reason);
    expect(target.insert(bare.text, changeOf(each))).toMatchObject({ kind: "edit", edits: [] });
  });
});
