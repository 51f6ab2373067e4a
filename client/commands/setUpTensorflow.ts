/** Makes a TensorFlow of this machine train for Equipoise: asks which one, shows progress, can be cancelled. */

import * as vscode from "vscode";
import type { SetupWish } from "#protocol/backends.ts";
import { commands } from "#protocol/language.ts";
import type { Command } from "./command.ts";
import { setUpBackend } from "./setUpBackend.ts";

type Wish = Extract<SetupWish, { readonly backend: "tensorflow" }>;

export const setUpTensorflow: Command = {
  id: commands.setUpTensorflow,
  run: ({ training }) => setUpBackend(training, "TensorFlow", choose),
};

const backend = "tensorflow" as const;

interface Choice extends vscode.QuickPickItem {
  readonly wish?: Wish;
}

async function choose(): Promise<Wish | undefined> {
  const active = await activeInterpreter();
  const choices: Choice[] = [
    ...(active
      ? [
          {
            label: vscode.l10n.t("The selected Python environment"),
            description: active,
            wish: { backend, python: active },
          },
        ]
      : []),
    {
      label: vscode.l10n.t("What is on the path"),
      description: vscode.l10n.t("the active environment, then python3"),
      wish: { backend },
    },
    {
      label: vscode.l10n.t("Another environment..."),
      description: vscode.l10n.t("an interpreter or the folder of an environment"),
    },
    {
      label: vscode.l10n.t("Install TensorFlow for Equipoise alone"),
      description: vscode.l10n.t("with pip, about 300 MB, in Equipoise's own folder"),
      wish: { backend, isPrivate: true },
    },
    {
      label: vscode.l10n.t("Download TensorFlow 2.9, as tfjs-node does"),
      description: vscode.l10n.t("without a Python, for the processor, in Equipoise's own folder"),
      wish: { backend, official: "cpu" },
    },
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t("Which TensorFlow trains?"),
  });
  if (!picked || picked.wish) return picked?.wish;
  const [place] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: true,
      canSelectFolders: true,
      title: picked.label,
    })) ?? [];
  return place && { backend, python: place.fsPath };
}

/** The part of the Python extension's interface that is used: its environments are a documented, stable one. */
interface PythonExtension {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

async function activeInterpreter(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) return undefined;
  try {
    const { environments } = await extension.activate();
    const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
    const environment = await environments.resolveEnvironment(
      environments.getActiveEnvironmentPath(resource),
    );
    return environment?.executable.uri?.fsPath;
  } catch {
    // Another version of that extension, or one that found no Python: the other choices remain.
    return undefined;
  }
}
