/** What is said of a large file that is not read to its end yet. */
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import type { CountsSoFar } from "#protocol/analysis.ts";
import { type Analyst, inlineAnalyst } from "../../server/analyst.ts";
import { inMemory, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
const open: Started[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.stop();
});

const steep: CountsSoFar = { labels: 1000, classes: 12, imbalance: 50 };

/** Tells counts of a third of a gigabyte, and reads the file when it may. */
function slow(soFar: CountsSoFar): { readonly analyst: Analyst; go(): void } {
  let go: () => void = () => {};
  const may = new Promise<void>((resolve) => {
    go = resolve;
  });
  return {
    go: () => go(),
    analyst: {
      ...inlineAnalyst,
      async analyse(job, watching) {
        await setImmediate();
        watching?.progress?.(3e8, 1e9, "bytes", soFar);
        const ended = new Promise<void>((_, reject) =>
          watching?.signal?.addEventListener("abort", () => reject(watching.signal?.reason)),
        );
        await Promise.race([may, ended]);
        return inlineAnalyst.analyse(job, watching);
      },
    },
  };
}

async function started(analyst: Analyst): Promise<{ client: Started; uri: string; said(): string[] }> {
  const here = folder.inside();
  const client = await inMemory({ folders: [here.path], analyst });
  open.push(client);
  const uri = here.write("train.txt", pathList());
  const said = (): string[] =>
    (client.published.findLast((each) => each.uri === uri)?.diagnostics ?? []).map(({ message }) =>
      String(message),
    );
  return { client, uri, said };
}

it("is a finding at the file, marked as such, until the exact ones come", async () => {
  const { analyst, go } = slow(steep);
  const { client, uri, said } = await started(analyst);
  const asked = client.ask("equipoise/analyse", { uri });
  await vi.waitUntil(() => said().length > 0);
  expect(said()).toEqual([
    "So far, with 30 % of the file read: imbalance factor 50, 1,000 labels in 12 classes. Exact counts follow.",
  ]);
  go();
  await asked;
  await vi.waitUntil(() => !said()[0]?.startsWith("So far"));
  expect(said()[0]).toMatch(/^Imbalance factor 100/);
});

it("is gone where reading is ended", async () => {
  const { analyst } = slow(steep);
  const { client, uri, said } = await started(analyst);
  const asked = client.ask("equipoise/analyse", { uri });
  await vi.waitUntil(() => said().length > 0 && client.progressTokens.length > 0);
  const [token] = client.progressTokens;
  await client.connection.sendNotification("window/workDoneProgress/cancel", { token });
  expect(await asked).toBeNull();
  await vi.waitUntil(() => said().length === 0);
});

it("is nothing where the counts are about even", async () => {
  const { analyst, go } = slow({ ...steep, imbalance: 2 });
  const { client, uri } = await started(analyst);
  const asked = client.ask("equipoise/analyse", { uri });
  await vi.waitUntil(() => client.progressTokens.length > 0);
  expect(client.published.filter((each) => each.uri === uri)).toEqual([]);
  go();
  await asked;
});
