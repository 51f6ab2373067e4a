import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { l10n, t } from "#protocol/l10n.ts";
import { taggedTexts, textsOf } from "../../scripts/l10n-texts.mjs";

describe("a text for the user", () => {
  const name = "train.txt";
  const said = (): string => t`${name} has ${3} images`;

  it("is English without translations", () => {
    expect(said()).toBe("train.txt has 3 images");
  });

  it("is in the words of the translations, which may order its values otherwise", () => {
    l10n.use({ "{0} has {1} images": "{1} Bilder in {0}, {9}" });
    expect(said()).toBe("3 Bilder in train.txt, {9}");
    expect(t`No images`).toBe("No images");
    l10n.use({});
    expect(said()).toBe("train.txt has 3 images");
  });
});

describe("the texts that translators get", () => {
  it("are those of the sources, also inside values of others, under the keys that t looks for", () => {
    // # for the sign before a brace, as this must not be a template itself.
    const written = "say(t`#{a ? t`one #{b} of '#{c('}`')}'` : '`'} left\\n`, not`this`)";
    const source = written.replaceAll("#", "$");
    expect(taggedTexts(source)).toEqual(["{0} left\n", "one {0} of '{1}'"]);
  });

  it("are all that there are", () => {
    const texts = textsOf(fileURLToPath(new URL("../..", import.meta.url)));
    expect(texts.length).toBeGreaterThan(1000);
    expect(texts).toContain("Compare losses");
    expect(texts).toContain("Show Log");
  });
});
