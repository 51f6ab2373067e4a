/** Accessibility of the page in front. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { panelFrame } from "./workbench.ts";

/** Rules of WCAG 2.2 level AA, each with the places that break it. */
export async function violations(page: Page, axe: string): Promise<string[]> {
  const frame = await panelFrame(page);
  // evaluate is not subject to the page's content security policy.
  await frame.evaluate(readFileSync(axe, "utf8"));
  return frame.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          context: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }>;
      };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
