/** The user's settings, read from the client and validated: what is wrong falls back to its default. */
import type { Connection } from "vscode-languageserver";
import { type FindingCode, findingCodes, type Severity } from "#protocol/analysis.ts";
import type { Rules } from "#protocol/project.ts";
import { isInside, uriOf } from "./files.ts";

export interface Settings {
  readonly codeLens: boolean;
  readonly inlayHints: boolean;
  /** What training is for, where equipoise.yaml does not say. */
  readonly objective: "balanced" | "natural";
  /** Severity of a finding, or off; `rules` in equipoise.yaml stands above these. */
  readonly rules: Rules;
  /** Which files are spoken of without being open: those somebody asked for, or every manifest of the workspace. */
  readonly scope: "open" | "workspace";
}

export const defaultSettings: Settings = {
  codeLens: true,
  inlayHints: true,
  objective: "balanced",
  rules: {},
  scope: "workspace",
};

/** Settings from the section `equipoise` as the client sends it. */
export function readSettings(section: unknown): Settings {
  return {
    codeLens: flag(member(section, "codeLens"), defaultSettings.codeLens),
    inlayHints: flag(member(section, "inlayHints"), defaultSettings.inlayHints),
    objective: member(section, "objective") === "natural" ? "natural" : defaultSettings.objective,
    rules: readRules(member(section, "rules")),
    scope: member(member(section, "diagnostics"), "scope") === "open" ? "open" : defaultSettings.scope,
  };
}

/** The settings in force, by workspace folder. */
export interface FolderSettings {
  of(path?: string): Settings;
  /** Reads them anew from a client that answers questions. */
  ask(): Promise<void>;
  /** Takes what a client has sent, for every folder. */
  use(section: unknown): void;
}

export function settingsOf(connection: Connection, folders: () => readonly string[]): FolderSettings {
  let window = defaultSettings;
  let byFolder: ReadonlyMap<string, Settings> = new Map();
  return {
    of(path) {
      if (path === undefined || byFolder.size === 0) return window;
      const around = [...byFolder.keys()].filter((folder) => isInside(path, folder));
      const nearest = around.toSorted((a, b) => b.length - a.length)[0];
      return (nearest === undefined ? undefined : byFolder.get(nearest)) ?? window;
    },
    async ask() {
      const asked = folders();
      const [own, ...others]: unknown[] = await connection.workspace.getConfiguration([
        { section: "equipoise" },
        ...asked.map((folder) => ({ section: "equipoise", scopeUri: uriOf(folder) })),
      ]);
      window = readSettings(own);
      byFolder = new Map(asked.map((folder, i) => [folder, readSettings(others[i])]));
    },
    use(section) {
      window = readSettings(section);
      byFolder = new Map();
    },
  };
}

/** A flag given as itself or as `{ enabled }`. */
function flag(value: unknown, fallback: boolean): boolean {
  const given = typeof value === "object" ? member(value, "enabled") : value;
  return typeof given === "boolean" ? given : fallback;
}

function readRules(value: unknown): Rules {
  const entries = Object.entries(isRecord(value) ? value : {}).filter(
    ([code, level]) => isFindingCode(code) && isLevel(level),
  );
  return Object.fromEntries(entries);
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isFindingCode(code: unknown): code is FindingCode {
  return (findingCodes as readonly unknown[]).includes(code);
}

function isLevel(level: unknown): level is Severity | "off" {
  return ["error", "warning", "information", "hint", "off"].includes(level as string);
}
