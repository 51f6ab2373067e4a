/** Messages between the viewer of a manifest and the extension. */
import type { Analysis } from "./analysis.ts";
import type { RowsResult } from "./language.ts";

/** What the viewer shows beside the rows. */
export interface ViewedFile {
  /** As shown: relative to the workspace folder. */
  readonly name: string;
  readonly bytes: number;
  /** Null where the file is no manifest; absent while it is read. */
  readonly analysis?: Analysis | null;
}

export type ToViewer =
  | { readonly kind: "file"; readonly file: ViewedFile }
  | { readonly kind: "reading"; readonly bytesRead: number; readonly bytesTotal: number }
  | { readonly kind: "rows"; readonly from: number; readonly result: RowsResult }
  | { readonly kind: "changed" };

export type FromViewer =
  | { readonly kind: "ready" }
  | { readonly kind: "rows"; readonly from: number; readonly count: number }
  | { readonly kind: "command"; readonly command: "lab" | "problems" | "text" };
