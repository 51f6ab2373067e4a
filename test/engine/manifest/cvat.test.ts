import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import type { Analysis } from "#protocol/analysis.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";

const meta = (...names: string[]): string =>
  `<meta><task><labels>${names.map((name) => `<label><name>${name}</name><attributes><attribute><name>no</name></attribute></attributes></label>`).join("\n")}</labels></task></meta>\n`;

const document = (...parts: string[]): string =>
  `<?xml version="1.0"?>\n<annotations>\n${parts.join("\n")}\n</annotations>`;

const box = (label: string, corners = 'xtl="1" ytl="1" xbr="5" ybr="5"'): string =>
  `<box label="${label}" ${corners}></box>`;

const image = (id: number, ...shapes: string[]): string =>
  `<image id="${id}" name="${id}.jpg" width="10" height="10">\n${shapes.join("\n")}\n</image>`;

async function read(text: string, sizes: readonly number[] = []): Promise<Analysis | undefined> {
  return analyse(chunkedSource("/data/annotations.xml", text, { sizes }));
}

const counts = (analysis: Analysis | undefined): unknown =>
  analysis?.views[0]?.classes.map(({ name, count, images }) => [name, count, images ?? count]);

describe("images", () => {
  test("count shapes of all kinds, a skeleton once", async () => {
    const skeleton =
      '<skeleton label="cat"><points label="ear" points="1,1"/><points label="nose" points="2,2"/></skeleton>';
    const analysis = await read(
      document(
        meta("cat", "dog", "unused"),
        image(
          0,
          box("cat"),
          '<polygon label="dog" points="1,2;3,4;5,6"/>',
          '<mask label="dog" rle="1, 2" left="0" top="0" width="2" height="2"/>',
        ),
        image(1, skeleton, '<polyline label="cat" points="1,1;2,2"/>'),
        image(2),
      ),
    );
    expect(counts(analysis)).toEqual([
      ["cat", 3, 2],
      ["dog", 2, 1],
      ["unused", 0, 0],
    ]);
    expect(analysis?.views[0]).toMatchObject({ samples: 3, task: "detection" });
  });

  test("with tags alone are classification", async () => {
    const tag = (label: string): string => `<tag label="${label}" source="manual"></tag>`;
    const one = await read(document(meta("a", "b"), image(0, tag("a")), image(1, tag("b"))));
    expect(one?.views[0]).toMatchObject({ task: "single-label", basis: "images", samples: 2 });
    const several = await read(document(meta("a", "b"), image(0, tag("a"), tag("b"))));
    expect(several?.views[0]?.task).toBe("multi-label");
  });

  test("tell undeclared labels, empty boxes and boxes outside at their line", async () => {
    const text = document(
      meta("cat"),
      image(
        0,
        box("cat"),
        box("dgo"),
        box("cat", 'xtl="5" ytl="1" xbr="4" ybr="5"'),
        box("cat", 'xtl="5" ytl="1" xbr="40" ybr="5"'),
        '<box xtl="1" ytl="1" xbr="2" ybr="2"/>',
      ),
    );
    const findings = (await read(text))?.findings.map(
      ({ code, line, column }) => `${code} ${line}:${column}`,
    );
    expect(findings).toEqual(
      expect.arrayContaining([
        "class/unknown 7:13",
        "label/empty-box 8:1",
        "label/outside-image 9:1",
        "label/unreadable 10:1",
      ]),
    );
  });
});

test("a track counts once, in the frames where it is seen", async () => {
  const frame = (n: number, outside: 0 | 1): string =>
    `<box frame="${n}" outside="${outside}" keyframe="1" xtl="1" ytl="1" xbr="5" ybr="5"></box>`;
  const analysis = await read(
    document(
      meta("car", "bus"),
      `<track id="0" label="car">${frame(0, 0)}${frame(1, 0)}${frame(2, 1)}</track>`,
      `<track id="1" label="car">${frame(1, 0)}</track>`,
    ),
  );
  expect(counts(analysis)).toEqual([
    ["car", 2, 2],
    ["bus", 0, 0],
  ]);
  expect(analysis?.views[0]?.samples).toBe(2);
});

test("where chunks break makes no difference", async () => {
  const text = document(meta("größe", "b"), image(0, box("größe"), box("c")), image(1, box("b")));
  const whole = await read(text);
  await fc.assert(
    fc.asyncProperty(chunkSizes, async (sizes) => {
      expect(await read(text, sizes)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test("a file that breaks off is counted so far", async () => {
  const text = document(meta("a"), image(0, box("a")), image(1, box("a")));
  const analysis = await read(text.slice(0, text.lastIndexOf("<box")));
  expect(counts(analysis)).toEqual([["a", 1, 1]]);
  expect(analysis?.findings.map(({ code }) => code)).toContain("manifest/broken");
});

test("other XML with annotations is none", async () => {
  expect(await read("<annotations><note>hello</note></annotations>")).toBeUndefined();
  expect(await read('<root><item name="android.x"><annotation/></item></root>')).toBeUndefined();
});
