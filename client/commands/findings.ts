/** Explains every present finding on one page, and accepts them all in a baseline. */
import * as vscode from "vscode";
import type { Finding } from "#protocol/analysis.ts";
import { commands } from "#protocol/language.ts";
import { nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";

export const explainFindings: Command = {
  id: commands.explainFindings,
  async run(services) {
    const findings = await services.language.findings();
    const page = await explained(services, findings);
    await vscode.commands.executeCommand("markdown.showPreview", services.texts.put("findings.md", page));
    return page;
  },
};

/** Markdown: each code once, with what it means, and below it where it was found. */
async function explained({ context }: Services, findings: readonly Finding[]): Promise<string> {
  if (findings.length === 0)
    return vscode.l10n.t("# Findings\n\nNothing was found in the manifests that are known.");
  const source = vscode.Uri.joinPath(context.extensionUri, "docs", "findings.md");
  const manual = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
  const codes = [...new Set(findings.map(({ code }) => code))];
  const sections = codes.map((code) => {
    const found = findings.filter((one) => one.code === code);
    const places = found.map(
      ({ message, file, line }) => `- ${asText(message)} (${asText(nameOf(vscode.Uri.file(file)))}:${line})`,
    );
    return [`## ${code}`, "", ...places, "", sectionOf(manual, code)].join("\n");
  });
  return [vscode.l10n.t("# Findings"), ...sections].join("\n\n");
}

/** What the manual says below the heading of a code. */
function sectionOf(manual: string, code: string): string {
  const start = manual.indexOf(`\n## ${code}\n`);
  if (start < 0) return "";
  const body = manual.slice(manual.indexOf("\n", start + 1) + 1);
  const end = body.indexOf("\n## ");
  return (end < 0 ? body : body.slice(0, end)).trim();
}

/** Messages name classes and files, which may hold anything. */
function asText(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#|!]/g, "\\$&").replace(/\s+/g, " ");
}

export const acceptFindings: Command = {
  id: commands.acceptFindings,
  async run({ language }) {
    const edit = await language.acceptance();
    if (!edit) {
      void vscode.window.showInformationMessage(vscode.l10n.t("There are no findings to accept."));
      return undefined;
    }
    const files = edit.entries().map(([uri]) => uri);
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new Error(
        vscode.l10n.t("The editor refused to write the baseline. Check that the folder can be written."),
      );
    // The command line reads the file, not the editor.
    for (const file of files) await (await vscode.workspace.openTextDocument(file)).save();
    const names = files.map(nameOf).join(", ");
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Accepted in {0}. New findings are shown.", names),
    );
    return names;
  },
};
