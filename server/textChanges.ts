/** What was typed in open documents since they were last read, so that not all of a long text has to be read again. */
import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import type { TextChange } from "#engine/manifest/live/liveText.ts";

/** Shorter texts are read whole, in UTF-16 units. */
export const longText: number = 1 << 19;
/** Where more was changed, in changes and in units, the text is read as a new one. */
const mostChanges = 2000;
const mostUnits = 1 << 22;

/** A state of an open document. */
export interface TextStamp {
  /** Different for all states of all texts, later ones greater. */
  readonly state: number;
  /** What changed from an earlier state to this one, in its order; undefined where that is not known. */
  since(state: number): readonly TextChange[] | undefined;
}

/** A state of a text: whole, or as what changed since another one. Data that can cross to another thread. */
export type TextState = { readonly state: number } & (
  | { readonly text: string }
  | { readonly after: number; readonly changes: readonly TextChange[] }
);

/** The state of a text as it follows one that is known, where that is possible. */
export function stateAfter(text: string, { state, since }: TextStamp, known: number | undefined): TextState {
  const changes = known === undefined ? undefined : since(known);
  return known === undefined || !changes ? { state, text } : { state, after: known, changes };
}

/** What a thread answers that does not know the state before. */
export const unknownState = "unknown state";

/** Changes of one document, each with the state that it led to. */
interface Log {
  /** The state before the first change that is kept, and the present one. */
  from: number;
  now: number;
  changes: { readonly state: number; readonly change: TextChange }[];
  units: number;
}

export interface TextChanges {
  /** How documents are made and changed, noting what changes. */
  readonly configuration: typeof TextDocument;
  /** The present state of an open document. */
  stamp(uri: string): TextStamp;
  forget(uri: string): void;
}

export function followTexts(): TextChanges {
  const logs = new Map<string, Log>();
  let states = 0;

  function begin(uri: string): Log {
    const now = ++states;
    const log = { from: now, now, changes: [], units: 0 };
    logs.set(uri, log);
    return log;
  }

  function update(
    document: TextDocument,
    changes: TextDocumentContentChangeEvent[],
    version: number,
  ): TextDocument {
    const { uri } = document;
    const log = logs.get(uri) ?? begin(uri);
    let whole = document.getText().length < longText;
    for (const change of changes) {
      // Offsets count in the text as the changes before have left it.
      const range = "range" in change ? change.range : undefined;
      const span = range && { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
      TextDocument.update(document, [change], version);
      log.now = ++states;
      log.units += change.text.length;
      if (!span) whole = true;
      else if (!whole) log.changes.push({ state: log.now, change: { ...span, text: change.text } });
    }
    if (whole || log.units > mostUnits || log.changes.length > mostChanges) begin(uri);
    return document;
  }

  function since(uri: string, from: number, to: number): readonly TextChange[] | undefined {
    const log = logs.get(uri);
    if (!log || from < log.from || from > to || to > log.now) return undefined;
    // Nobody goes back behind what was read.
    log.changes = log.changes.filter(({ state }) => state > from);
    log.from = from;
    log.units = log.changes.reduce((total, { change }) => total + change.text.length, 0);
    return log.changes.filter(({ state }) => state <= to).map(({ change }) => change);
  }

  return {
    configuration: {
      create(uri, ...rest) {
        begin(uri);
        return TextDocument.create(uri, ...rest);
      },
      update,
      applyEdits: TextDocument.applyEdits,
    },
    stamp(uri) {
      const { now } = logs.get(uri) ?? begin(uri);
      return { state: now, since: (from) => since(uri, from, now) };
    },
    forget: (uri) => void logs.delete(uri),
  };
}
