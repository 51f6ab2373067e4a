import { describe, expect, it } from "vitest";
import { notUtf8From } from "#engine/manifest/encoding.ts";

describe("bytes that are not UTF-8", () => {
  it.each([
    ["nothing at all", Buffer.alloc(0)],
    ["plain words", Buffer.from("cat 1\n")],
    ["a character cut in two at the end", Buffer.from("Käfer").subarray(0, 2)],
  ])("are not found in %s", (_, bytes) => {
    expect(notUtf8From(bytes)).toBeUndefined();
  });

  it("are found near their place", () => {
    const place = notUtf8From(Buffer.from(`${"cat\n".repeat(100)}Käfer\n`, "latin1"));
    expect(place).toBeGreaterThanOrEqual(396);
    expect(place).toBeLessThanOrEqual(401);
  });
});
