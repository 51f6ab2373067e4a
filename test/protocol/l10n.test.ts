import { afterEach, expect, it } from "vitest";
import { l10n } from "#protocol/l10n.ts";

afterEach(() => l10n.use({}));

it("gives the English text where there is no translation, its places filled", () => {
  expect(l10n.t("{0} of {1} runs", 3, "1,203")).toBe("3 of 1,203 runs");
  expect(l10n.t("toString")).toBe("toString");
});

it("fills the places of a translation, in whatever order they stand", () => {
  l10n.use({ "{0} of {1} runs": "{1} Läufe, {0} fertig" });
  expect(l10n.t("{0} of {1} runs", 3, 20)).toBe("20 Läufe, 3 fertig");
});

it("leaves a place that has no value, and takes values as they are", () => {
  expect(l10n.t("{0} and {1}", "{1} $&")).toBe("{1} $& and {1}");
});
