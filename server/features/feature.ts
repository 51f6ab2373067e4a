/** A capability together with its handler, and what handlers work with. */
import type { Connection, ServerCapabilities, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analyst } from "../analyst.ts";
import type { Answer } from "../answer.ts";
import type { Documents } from "../documents.ts";
import type { News } from "../news.ts";
import type { Projects } from "../projects.ts";
import type { Settings } from "../settings.ts";

export interface Feature {
  readonly capabilities: ServerCapabilities | ((client: Client) => ServerCapabilities);
  register(connection: Connection, house: House): void;
}

/** What the client on the other end can do. */
export interface Client {
  readonly relatedInformation: boolean;
  /** Asks for the diagnostics of what it has open, instead of being sent them. */
  readonly pullDiagnostics: boolean;
  readonly diagnosticRefresh: boolean;
  readonly workDoneProgress: boolean;
  /** Edits as document changes, with versions. */
  readonly documentChanges: boolean;
  /** Edits that create files. */
  readonly createFiles: boolean;
  readonly codeLensRefresh: boolean;
  readonly inlayHintRefresh: boolean;
  readonly configuration: boolean;
  readonly watchedFiles: boolean;
  readonly workspaceFolders: boolean;
  /** Whether it registers the commands of `protocol/language.ts`; other editors get no lens or link that calls them. */
  readonly commands: boolean;
  /** Address of docs/findings.md, where it can be opened. */
  readonly documentation?: string;
}

/** What every handler may use. */
export interface House {
  readonly open: TextDocuments<TextDocument>;
  readonly documents: Documents;
  readonly analyst: Analyst;
  readonly projects: Projects;
  readonly client: Client;
  /** Of the extension. */
  readonly version: string;
  /** The settings for a file: those of its workspace folder; without a path those of the window. */
  settings(path?: string): Settings;
  /** Absolute paths of the workspace folders. */
  folders(): readonly string[];
  /** The Python environment that the user selected: its folder or interpreter; undefined where none is known. */
  environment(): string | undefined;
  /** The URI by which the client knows a path. */
  uriOf(path: string): string;
  /** Resolves when a document was not typed in for a moment. Rejects with the reason of the signal. */
  settled(uri: string, signal: AbortSignal): Promise<void>;
  /** What the parts of the server tell each other. */
  readonly news: News;
  /** Makes a handler for one request: what it throws is logged and answered with `empty`. */
  readonly answer: Answer;
  log(problem: unknown): void;
}
