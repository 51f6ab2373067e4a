/** Data sets of several files in the editor: read apart, not twice, and anew when one of their files changes. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inlineAnalyst } from "../../server/analyst.ts";
import { threadedAnalyst } from "../../server/scanThread.ts";
import { inMemory, type Started } from "./client.ts";
import { type Folder, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

const config = "train: images\nnames: [cat, dog]\n";
const box = (id: number): string => `${id} 0.5 0.5 0.1 0.1\n`;

function yolo(): { readonly here: Folder; readonly main: string } {
  const here = folder.inside();
  here.write("data.yaml", config);
  here.write("labels/1.txt", box(0) + box(0));
  here.write("labels/2.txt", box(1));
  return { here, main: join(here.path, "data.yaml") };
}

const voc = (name: string): string =>
  `<annotation><filename>1.jpg</filename><object><name>${name}</name></object></annotation>`;

describe("the reading thread", () => {
  const ends = join(folder.path, "ends.cjs");
  writeFileSync(ends, "process.exit(1)");

  it.each([
    ["a data.yaml", () => yolo().main],
    ["a folder", () => yolo().here.path],
    ["a VOC file", () => folder.inside().write("1.xml", voc("cat")).replace("file://", "")],
    ["a class list", () => folder.inside().write("classes.txt", "cat\ndog\n").replace("file://", "")],
  ])("reads %s, however small", async (_, path) => {
    const analyst = threadedAnalyst(ends, () => {});
    await expect(analyst.analyse({ path: path() })).rejects.toThrow("The reading thread ended");
    await expect(analyst.places({ path: path() })).rejects.toThrow("The reading thread ended");
    analyst.dispose();
  });

  it("is not started for ordinary files of such names", async () => {
    const analyst = threadedAnalyst(ends, () => {});
    const here = folder.inside();
    here.write("compose.yaml", "services:\n  web: { image: nginx }\n");
    here.write("pom.xml", "<project><name>x</name></project>\n");
    for (const name of ["compose.yaml", "pom.xml"])
      expect(await analyst.analyse({ path: join(here.path, name) })).toBeUndefined();
    analyst.dispose();
  });
});

it("places of classes are those of the last reading, without another one", async () => {
  const { here, main } = yolo();
  expect((await inlineAnalyst.analyse({ path: main }))?.views[0]?.labels).toBe(3);
  rmSync(join(here.path, "labels"), { recursive: true });
  const places = await inlineAnalyst.places({ path: main, text: config });
  expect(places.map(({ index, place }) => [index, place.line])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  const changed = await inlineAnalyst.places({ path: main, text: `# new\n${config}` });
  expect(changed).toEqual([]);
});

it("files count as progress, as files", async () => {
  const made: unknown[] = [];
  await inlineAnalyst.analyse({ path: yolo().main }, { progress: (...each) => void made.push(each) });
  expect(made.at(-1)).toEqual([2, 2, "files"]);
});

it("a changed label file reads its data set anew, another file does not", async () => {
  const { here } = yolo();
  client = await inMemory({ folders: [here.path] });
  const analysed: string[] = [];
  client.connection.onNotification("equipoise/analysed", ({ uri }) => void analysed.push(uri));
  const uri = here.uri("data.yaml");
  client.open(uri, config, "yaml");
  const title = async (): Promise<string | undefined> => {
    const [lens] = (await client?.lenses(uri)) ?? [];
    return lens?.command?.title;
  };
  expect(await title()).toContain("3 instances");
  expect(analysed).toHaveLength(1);
  client.watched(here.write("labels/3.txt", box(1)), 1);
  client.watched(here.write("labels/2.txt", box(1) + box(1)), 2);
  await vi.waitFor(async () => expect(await title()).toContain("5 instances"));
  // Several changes in a moment are one.
  expect(analysed).toHaveLength(2);
  const other = folder.inside();
  client.watched(other.write("labels/1.txt", box(0)), 1);
  client.watched(here.write(".equipoise/runs/log.txt", "x"), 1);
  expect(await title()).toContain("5 instances");
  expect(analysed).toHaveLength(2);
});

describe("the manifests of a workspace", () => {
  it("are one for each data set, most imbalanced first, and no ordinary files", async () => {
    const here = folder.inside();
    const steep = pathList([
      ["cat", 200],
      ["dog", 2],
    ]);
    const list = here.write("lists/train.txt", steep);
    here.write("notes.txt", "Dear diary 1\nmeeting at 9\n");
    here.write("compose.yaml", "services:\n  web: { image: nginx }\n");
    here.write("node_modules/x/train.txt", steep);
    here.write(".cache/train.txt", steep);
    const yaml = here.write("yolo/data.yaml", config);
    here.write("yolo/labels/1.txt", box(0) + box(0));
    here.write("yolo/labels/2.txt", box(1));
    const first = here.write("voc/Annotations/1.xml", voc("cat"));
    here.write("voc/Annotations/2.xml", voc("dog"));
    const train = here.write("listed/ImageSets/Main/train.txt", "1\n");
    here.write("listed/ImageSets/Main/val.txt", "2\n");
    here.write("listed/Annotations/1.xml", voc("cat"));
    here.write("listed/Annotations/2.xml", voc("dog"));
    client = await inMemory({ folders: [here.path] });
    const found = await client.ask<{ uri: string; imbalanceFactor: number | null }[]>("equipoise/manifests");
    expect(found[0]).toEqual({ uri: list, imbalanceFactor: 100 });
    expect(found[1]).toEqual({ uri: yaml, imbalanceFactor: 2 });
    const uris = found.map(({ uri }) => uri);
    expect(uris).toContain(first);
    expect(uris).toContain(train);
    const inside = uris.filter((uri) => uri.includes("/listed/"));
    expect(inside.length).toBeLessThanOrEqual(2);
    expect(uris.some((uri) => /notes|compose|node_modules|\.cache|val\.txt|2\.xml/.test(uri))).toBe(false);
  });

  it("follow the disk", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    expect(await client.ask("equipoise/manifests")).toEqual([]);
    const uri = here.write("train.txt", "a/1.jpg 0\na/2.jpg 0\nb/1.jpg 1\n");
    expect(await client.ask("equipoise/manifests")).toEqual([{ uri, imbalanceFactor: 2 }]);
    rmSync(join(here.path, "train.txt"));
    expect(await client.ask("equipoise/manifests")).toEqual([]);
  });
});
