/** What the panel asks for, done with the commands that lenses and menus use too. */

import * as vscode from "vscode";
import { describeError } from "#protocol/dialogue.ts";
import { commands } from "#protocol/language.ts";
import { deleteComparison, renameComparison } from "./commands/runs.ts";
import type { Intent } from "./panel.ts";
import { folderOf, nameOf } from "./places.ts";
import type { Services } from "./services.ts";

/** Does what the panel asks until disposed. What goes wrong is shown in the panel. */
export function servePanel(services: Services): vscode.Disposable {
  return services.lab.onIntent((intent) => {
    fulfil(services, intent).catch((problem: unknown) => {
      services.log.error(`panel, ${intent.kind}: ${String(problem)}`);
      services.lab.post({ kind: "problem", message: describeError(problem).message });
    });
  });
}

async function fulfil(services: Services, intent: Intent): Promise<void> {
  const { lab, training, measuring } = services;
  const manifest = lab.manifest();
  const run = vscode.commands.executeCommand;
  switch (intent.kind) {
    case "start":
      await training.start(intent.plan);
      return;
    case "stop":
      await training.stop();
      return;
    case "kill":
      training.kill();
      return;
    case "measure":
      if (manifest) await measuring.start(manifest, intent.seconds);
      return;
    case "adjust":
      if (manifest) await adjust(services, folderOf(manifest), intent);
      return;
    case "sweep":
      await run(commands.planSweep, manifest);
      return;
    case "stop-measuring":
      await measuring.stop();
      return;
    case "insert":
      await run(commands.insertLoss, manifest, intent.choice, intent.evidence);
      return;
    case "rename-comparison":
    case "delete-comparison": {
      const found = manifest && (await training.list(manifest)).find(({ id }) => id === intent.id);
      if (!manifest || !found) return lab.refresh();
      const { id, plan, runs, title = "" } = found;
      const { folder } = plan;
      await (intent.kind === "rename-comparison"
        ? renameComparison(services, { id, folder, title })
        : deleteComparison(services, { id, folder, runs: runs.all, about: nameOf(manifest) }));
      return;
    }
    case "copy-code":
      await run(commands.copyAsPyTorch, manifest, intent.choice);
      return;
    case "show-findings":
      await run("workbench.actions.view.problems");
      return;
    case "open-manifest":
      if (manifest) await run("vscode.open", manifest, vscode.ViewColumn.One);
      return;
    case "export":
      await exportFile(intent);
      return;
    case "manage-trust":
      await run("workbench.trust.manage");
      return;
    case "show-log":
      await run(commands.showLog);
  }
}

/** A run without logits is no mistake: the panel says so where the figures would stand. */
async function adjust(
  { lab, training }: Services,
  folder: string,
  { experiment, choice, runs, taus }: Extract<Intent, { kind: "adjust" }>,
): Promise<void> {
  const adjustment = await training.adjust(folder, runs, taus).then(
    (adjusted) => ({ kind: "done", adjusted }) as const,
    (problem: unknown) => ({ kind: "failed", message: describeError(problem).message }) as const,
  );
  lab.post({ kind: "adjustment", adjustment: { experiment, choice, ...adjustment } });
}

/** Asks for a place and writes there; a PNG comes as a data address. */
async function exportFile(intent: Extract<Intent, { kind: "export" }>): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = intent.name.replace(/[^\w.-]+/g, "-");
  const fileName = name.endsWith(`.${intent.format}`) ? name : `${name}.${intent.format}`;
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, fileName) } : {}),
    filters: { [intent.format.toUpperCase()]: [intent.format] },
  });
  if (!target) return;
  const content =
    intent.format === "png"
      ? Buffer.from(intent.content.replace(/^data:image\/png;base64,/, ""), "base64")
      : Buffer.from(intent.content, "utf8");
  await vscode.workspace.fs.writeFile(target, new Uint8Array(content));
}
