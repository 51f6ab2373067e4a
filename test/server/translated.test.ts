/** What the server says is said in the language of the editor: every text comes from the translations. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodeAction, type CompletionItem, type Hover, HoverRequest } from "vscode-languageserver";
import { l10n } from "#protocol/l10n.ts";
import type { Started } from "./client.ts";
import { coco, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

beforeAll(async () => {
  // Before the modules are loaded, as texts stand in constants too.
  const marked = (text: string): string => `⟦${text}⟧`;
  const everything = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, key) => (typeof key === "string" ? marked(key) : undefined),
      getOwnPropertyDescriptor: (_, key) => ({
        value: marked(String(key)),
        configurable: true,
        enumerable: true,
      }),
    },
  );
  l10n.use(everything);
  const { inMemory } = await import("./client.ts");
  client = await inMemory({ folders: [folder.path] });
}, 60_000);
afterAll(async () => {
  await client.stop();
  l10n.use({});
});

/** Data, ids, symbols and addresses, which no language changes. */
const same =
  /\[[^\]]*\]\([^)]*\)|\*\*[\w\\.]+\*\*|`[^`]*`|arXiv [\d.]+|\b(?:[A-Z][a-z]+ et al\. \d{4}|baseline|equipoise\.yaml|equipoise-baseline\.json|[\w/]+\.(?:txt|json|yaml)|PyTorch|NaN|cat|dog|cow|[a-z]+(?:-[a-z0-9]+)+|[\w-]+\/[\w-]+|softmax|softplus|exp|ln|log|max|min|arXiv|beta|tau|gamma|true|false)\b/g;

/** The words of a text that no translation has touched; values inside of translated texts are looked at too. */
function untouched(text: string): string[] {
  let rest = text.replace(same, "");
  // From the inside out: a translated text without another one in it.
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(/⟦[^⟦⟧]*⟧/g, "");
  }
  return rest.match(/\p{L}{3,}/gu) ?? [];
}

const nothingUntouched = (texts: readonly (string | undefined)[]): void => {
  const said = texts.filter((text): text is string => text !== undefined);
  expect(said.length).toBeGreaterThan(0);
  expect(said.flatMap((text) => untouched(text).map((word) => `${word} in ${text}`))).toEqual([]);
};

const list = pathList([
  ["cat", 200],
  ["dog", 20],
  ["cow", 2],
]);

describe("a manifest", () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 300, character: 0 } };
  let uri = "";
  beforeAll(async () => {
    uri = folder.write("train.txt", list);
    client.open(uri, list);
    await client.diagnostics(uri, (found) => found.length > 1);
  });

  it("has its findings, lines above, hints, symbols and hover in the language", async () => {
    const found = await client.diagnostics(uri);
    nothingUntouched(
      found.flatMap(({ message, relatedInformation = [] }) => [
        message,
        ...relatedInformation.map((one) => one.message),
      ]),
    );
    nothingUntouched(((await client.lenses(uri)) ?? []).map(({ command }) => command?.title));
    const hints = (await client.hints(uri, range)) as { readonly label: string }[];
    nothingUntouched(hints.map(({ label }) => label));
    nothingUntouched([await client.hover(uri, { line: 201, character: 19 })]);
  });

  it("has its quick fixes in the language", async () => {
    const actions = await client.actions(uri, range, await client.diagnostics(uri));
    expect(actions.length).toBeGreaterThan(8);
    nothingUntouched(actions.map(({ title }: CodeAction) => title));
  });

  it("in COCO too, with findings of its own kind", async () => {
    const text = coco([
      ["cat", 200],
      ["dog", 2],
      ["cow", 0],
    ]);
    const json = folder.write("instances.json", text);
    client.open(json, text);
    const found = await client.diagnostics(json, (all) => all.length > 1);
    nothingUntouched(found.map(({ message }) => message));
  });
});

describe("an equipoise.yaml", () => {
  const text = [
    "manifest: train.txt",
    "sampelr: class-balanced",
    "sampler: class-balanced",
    "loss:",
    "  id: class-balanced-softmax",
    "  beta: 0.5",
    "objective: balanced",
    "schedule: drw",
    "recipe: plain",
    "training:",
    "  epochs: many",
    "  seeds: 3",
    "",
  ].join("\n");
  let uri = "";
  beforeAll(async () => {
    uri = folder.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    await client.diagnostics(uri, (found) => found.length > 2);
  });

  it("has its findings and lines above in the language", async () => {
    nothingUntouched((await client.diagnostics(uri)).map(({ message }) => message));
    const lenses = (await client.lenses(uri)) ?? [];
    const resolved = await Promise.all(
      lenses.map((lens) => client.ask<typeof lens>("codeLens/resolve", lens)),
    );
    nothingUntouched(resolved.map(({ command }) => command?.title));
  });

  it("explains every key in the language", async () => {
    const hovers: string[] = [];
    for (const [line, content] of text.split("\n").entries()) {
      for (const character of [content.search(/\S/) + 1, content.indexOf(":") + 3]) {
        const position = { line, character };
        const hover: Hover | null = await client.connection.sendRequest(HoverRequest.type, {
          textDocument: { uri },
          position,
        });
        if (hover) hovers.push((hover.contents as { readonly value: string }).value);
      }
    }
    expect(hovers.length).toBeGreaterThan(8);
    nothingUntouched(hovers);
  });

  it("documents what can be typed in the language", async () => {
    const items: CompletionItem[] = [];
    for (const position of [
      { line: 4, character: 6 },
      { line: 2, character: 9 },
      { line: 12, character: 0 },
      { line: 5, character: 8 },
    ]) {
      items.push(...((await client.completion(uri, position)) as CompletionItem[]));
    }
    expect(items.length).toBeGreaterThan(25);
    nothingUntouched(
      items.flatMap(({ detail, documentation }) => [
        detail,
        (documentation as { readonly value?: string } | undefined)?.value,
      ]),
    );
  });
});
