/** Shows a manifest with its statistics and its rows, however large it is. */
import * as vscode from "vscode";
import { commands } from "#protocol/language.ts";
import { viewerType } from "../viewer.ts";
import type { Command } from "./command.ts";
import { manifestFor } from "./manifest.ts";

export const openViewer: Command = {
  id: commands.openViewer,
  async run(services, argument) {
    const manifest = await manifestFor(services, argument);
    if (manifest) await vscode.commands.executeCommand("vscode.openWith", manifest, viewerType);
  },
};
