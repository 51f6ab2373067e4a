import fc from "fast-check";
import { expect, test } from "vitest";
import { XmlScanner } from "#engine/manifest/scan/xml.ts";
import { chunkSizes, chunksOf } from "../chunked.ts";

/** Tags and texts as one line each, with what the offsets cut out. */
function events(
  text: string,
  sizes: readonly number[] = [],
): { lines: string[]; problem: string | undefined } {
  const bytes = new TextEncoder().encode(text);
  const cut = (start: number, end: number): string => new TextDecoder().decode(bytes.slice(start, end));
  const lines: string[] = [];
  const scanner = new XmlScanner({
    open(tag) {
      const label = tag.attribute("label");
      lines.push(
        `<${tag.name}${label ? ` ${label.text}=${cut(label.start, label.end)}` : ""}> ${cut(tag.start, tag.end)}`,
      );
      return true;
    },
    close: (name, wanted, start, end) =>
      void lines.push(`</${name}> ${wanted ?? ""}|${cut(start, end).trim()}`),
  });
  for (const chunk of chunksOf(bytes, sizes)) scanner.write(chunk);
  scanner.end();
  return { lines, problem: scanner.problem?.message };
}

const document = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY big "bang>">]><!-- <no> -->
<größe label='1 > 0 &amp; "so" &#x263A;'><b/> <name> cat &lt; &big; <![CDATA[<raw>]]></name></größe>`;

test("tags, attributes and texts come with their places", () => {
  expect(events(document)).toEqual({
    lines: [
      `<größe 1 > 0 & "so" ☺=1 > 0 &amp; "so" &#x263A;> <größe label='1 > 0 &amp; "so" &#x263A;'>`,
      "<b> <b/>",
      "</b> |",
      "<name> <name>",
      "</name> cat < &big; <raw>|cat &lt; &big; <![CDATA[<raw>]]>",
      expect.stringMatching(/^<\/größe> \|/),
    ],
    problem: undefined,
  });
});

test("where chunks break makes no difference", () => {
  const whole = events(document);
  fc.assert(
    fc.property(chunkSizes, (sizes) => {
      expect(events(document, sizes)).toEqual(whole);
    }),
  );
});

test.each([
  ["<a><b></a>", "</a> closes nothing."],
  ["<a><b>", "The XML ends too early: <b> is not closed."],
  ["<a", "The XML ends too early."],
  ["<a>< b></a>", "Here is no XML tag."],
  ["<a>".repeat(300), "Tags are nested more than 256 deep."],
])("%s is told", (text, problem) => {
  expect(events(text).problem).toBe(problem);
});

test("any bytes are read to an end", () => {
  const pieces = fc.constantFrom(
    "<a>",
    "</a>",
    "<a b='",
    "'",
    '"',
    ">",
    "<!",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "é",
    "&#1;",
    "<!DOCTYPE [",
  );
  fc.assert(
    fc.property(fc.array(pieces), chunkSizes, (parts, sizes) => {
      expect(events(parts.join(""), sizes)).toEqual(events(parts.join("")));
    }),
  );
});
