/** What the client can do, read from its first message. */
import type { InitializeParams } from "vscode-languageserver";
import type { Client } from "./features/feature.ts";

/** The abilities that a client names; whatever it does not name it does not have. */
export function readClient({ capabilities, initializationOptions }: InitializeParams): Client {
  const { textDocument, window, workspace } = capabilities;
  const options: unknown = initializationOptions;
  const documentation = optionOf(options, "documentation");
  return {
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true,
    pullDiagnostics: textDocument?.diagnostic !== undefined,
    diagnosticRefresh: workspace?.diagnostics?.refreshSupport === true,
    workDoneProgress: window?.workDoneProgress === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    createFiles: workspace?.workspaceEdit?.resourceOperations?.includes("create") === true,
    codeLensRefresh: workspace?.codeLens?.refreshSupport === true,
    inlayHintRefresh: workspace?.inlayHint?.refreshSupport === true,
    configuration: workspace?.configuration === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    commands: optionOf(options, "commands") === true,
    ...(typeof documentation === "string" && { documentation }),
  };
}

function optionOf(options: unknown, name: string): unknown {
  if (typeof options !== "object" || options === null) return undefined;
  return (options as Readonly<Record<string, unknown>>)[name];
}
