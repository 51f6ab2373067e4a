/** TensorFlow label maps. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";

async function told(text: string, sizes?: readonly number[]) {
  const analysis = await analyse(chunkedSource("/d/label_map.pbtxt", text, sizes ? { sizes } : {}));
  return {
    classes: analysis?.views[0]?.classes.map(({ id, name }) => `${id} ${name}`),
    findings: analysis?.findings.map(({ code, line, message }) => `${code} ${line} ${message}`),
  };
}

const map = `# made by hand
item {
  name: "/m/01"
  id: 3
  display_name: "caf\\303\\251 \\"x\\""
}
item: { id: 1, name: 'cat' }
item {
  id: 2
  name: "été"
  keypoints { id: 7 label: "nose" }
}
`;

describe("a label map", () => {
  test("gives names by id and no findings about counts, wherever the chunks break", async () => {
    await fc.assert(
      fc.asyncProperty(chunkSizes, async (sizes) => {
        expect(await told(map, sizes)).toEqual({ classes: ["1 cat", "2 été", '3 café "x"'], findings: [] });
      }),
      { numRuns: 20 },
    );
  });

  test("without a closing brace is told where the next item begins", async () => {
    const { classes, findings } = await told('item {\n id: 1\n name: "a"\n\nitem {\n id: 2\n name: "b"\n}\n');
    expect(classes).toEqual(["1 a", "2 b"]);
    expect(findings).toEqual([
      'manifest/broken 5 The item before line 5, "a", has no closing brace, so that TensorFlow cannot read the file. Add }.',
    ]);
  });

  test("with an id twice or none is told", async () => {
    const { classes, findings } = await told(
      'item {\n id: 1\n name: "a"\n}\nitem {\n id: 1\n name: "b"\n}\nitem {\n name: "c"\n}\n',
    );
    expect(classes).toEqual(["1 a"]);
    expect(findings).toEqual([
      'label/unreadable 10 Item "c" has no id that can be read, and is left out.',
      'class/duplicate-name 7 Item id 1 is declared twice; "b" is left out.',
    ]);
  });

  test("names the label ids of a manifest beside it", async () => {
    const neighbours = { "label_map.pbtxt": 'item { id: 1 name: "cat" }\nitem { id: 2 name: "dog" }\n' };
    const analysis = await analyse(
      chunkedSource("/d/a.txt", "x/1.jpg 1\nx/2.jpg 2\nx/3.jpg 2\n", { neighbours }),
    );
    expect(analysis?.views[0]?.classes.map(({ name, count }) => `${name} ${count}`)).toEqual([
      "cat 1",
      "dog 2",
    ]);
  });
});
