/** Where classes stand in a long text that is edited. */
import { afterAll, expect, it } from "vitest";
import { inlineAnalyst } from "../../server/analyst.ts";
import { followTexts, longText } from "../../server/textChanges.ts";

const names = ["cat", "dog", "fox", "élan"];
const forms: Readonly<Record<string, (i: number) => string>> = {
  "train.txt": (i) => `train/${names[i % 4]}/${i}.jpg ${i % 4}`,
  "train.csv": (i) => (i === 0 ? "file,label" : `images/${i}.jpg,${names[i % 4]}`),
  "train.jsonl": (i) => JSON.stringify({ file_name: `${i}.jpg`, label: names[i % 4] }),
};

const pathOf = (name: string): string => `/nowhere/${name}`;
afterAll(() => {
  for (const name of Object.keys(forms)) inlineAnalyst.forget(pathOf(name));
});

for (const [name, line] of Object.entries(forms))
  it(`is told after edits of ${name} as for the text as a whole`, async () => {
    const path = pathOf(name);
    const texts = followTexts();
    const { create, update } = texts.configuration;
    const lines = Array.from({ length: 28_000 }, (_, i) => line(i));
    let document = create(`file://${path}`, "plaintext", 1, `${lines.join("\n")}\n`);
    expect(document.getText().length).toBeGreaterThan(longText);
    const edits = [
      { line: 1, text: "\n\n" },
      { line: 1, text: `${line(10_002)}\n` },
      { line: 3, text: `${line(10_003)}\n`.repeat(9000) },
      { line: 19_000, text: `${line(1)}\n` },
    ];
    for (const [version, { line: at, text: inserted }] of edits.entries()) {
      const place = { line: at, character: 0 };
      document = update(document, [{ range: { start: place, end: place }, text: inserted }], version + 2);
      const text = document.getText();
      const job = { path, asked: true, text };
      const found = await inlineAnalyst.places({ ...job, stamp: texts.stamp(document.uri) });
      expect(found).toHaveLength(4);
      expect(found).toEqual(await inlineAnalyst.places(job));
      for (const { place: of } of found) {
        const written = document.getText({
          start: { line: of.line - 1, character: of.column - 1 },
          end: { line: of.endLine - 1, character: of.endColumn - 1 },
        });
        expect(written).toMatch(/^"?(\d|cat|dog|fox|élan)"?$/);
      }
    }
  });
