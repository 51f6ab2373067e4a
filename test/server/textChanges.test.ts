import fc from "fast-check";
import { expect, it } from "vitest";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { LiveTexts } from "../../server/liveTexts.ts";
import { followTexts, longText, stateAfter } from "../../server/textChanges.ts";

const uri = "file:///data/train.txt";
const path = "/data/train.txt";
const line = "images/0001.jpg 3\n";
const long = line.repeat(Math.ceil(longText / line.length) + 10);

const edit = fc.record({
  from: fc.nat(long.length),
  length: fc.nat(60),
  text: fc.constantFrom("", "x", "a/b 1\n", "é🦊"),
});
/** Edits that one message brings, or a text that replaces the old one. */
const message = fc.oneof(
  { weight: 5, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom("short\n", long) },
);

it("what is kept of a text follows it through edits, replaced texts and a second opening", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.boolean(), fc.boolean()), { maxLength: 6 }), (messages) => {
      const texts = followTexts();
      const { create, update } = texts.configuration;
      const kept = new LiveTexts();
      let document: TextDocument = create(uri, "plaintext", 1, long);
      const same = (): void => {
        const text = document.getText();
        const live = kept.take(path, stateAfter(text, texts.stamp(uri), kept.stateOf(path)));
        expect(Buffer.from(live?.slice(0, live.size) ?? []).toString()).toBe(text);
      };
      same();
      for (const [changes, looks, reopens] of messages) {
        if (reopens) document = create(uri, "plaintext", 1, `${line}${long}`);
        const length = document.getText().length;
        const events =
          typeof changes === "string"
            ? [{ text: changes }]
            : changes.map(({ from, length: removed, text }) => {
                const start = Math.min(from, length - 200);
                const range = {
                  start: document.positionAt(start),
                  end: document.positionAt(start + removed),
                };
                return { range, text };
              });
        document = update(document, events, document.version + 1);
        if (looks) same();
      }
      same();
    }),
    { numRuns: 30 },
  );
});

it("sends what changed, and all of a text that is not known", () => {
  const texts = followTexts();
  const { create, update } = texts.configuration;
  const document = create(uri, "plaintext", 1, long);
  const first = texts.stamp(uri);
  const start = { line: 0, character: 0 };
  update(document, [{ range: { start, end: start }, text: "a" }], 2);
  const second = texts.stamp(uri);
  const change = { start: 0, end: 0, text: "a" };
  expect(stateAfter("all", second, first.state)).toEqual({
    state: second.state,
    after: first.state,
    changes: [change],
  });
  expect(stateAfter("all", second, undefined)).toEqual({ state: second.state, text: "all" });
  create(uri, "plaintext", 1, long);
  expect(stateAfter("all", texts.stamp(uri), second.state)).toMatchObject({ text: "all" });
});
