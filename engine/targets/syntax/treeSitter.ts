/** Parses Python, JavaScript and TypeScript with tree-sitter's grammars in WebAssembly; they are loaded when first needed. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as TreeSitter from "@vscode/tree-sitter-wasm";
import { EquipoiseError } from "#protocol/errors.ts";

export type Grammar = "python" | "javascript" | "typescript";

/** A named node of a syntax tree: a plain copy, as trees in WebAssembly memory must be freed by hand. */
export interface SyntaxNode {
  /** As the grammar calls it, such as "call". */
  readonly kind: string;
  /** What the node is to its parent, such as "arguments"; absent where the grammar gives no name. */
  readonly field?: string;
  /** UTF-16 units from the start of the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Named children in order, comments too; punctuation is left out. */
  readonly children: readonly SyntaxNode[];
}

/** A text with its tree. */
export interface ParsedText {
  readonly text: string;
  readonly root: SyntaxNode;
  /** Whether the text has no syntax error. */
  readonly sound: boolean;
}

const parsers = new Map<Grammar, TreeSitter.Parser>();
const loading = new Map<Grammar, Promise<void>>();

/** Makes {@link parseText} ready for a grammar; once is enough. Throws `backend/unavailable` where its file is missing. */
export function loadGrammar(grammar: Grammar): Promise<void> {
  const under = loading.get(grammar);
  if (under !== undefined) return under;
  const done = load(grammar);
  loading.set(grammar, done);
  // A later call tries again, as the files may be back then.
  done.catch(() => loading.delete(grammar));
  return done;
}

/** The tree of a text; broken parts are nodes of kind "ERROR" in it. Needs {@link loadGrammar} to have ended. */
export function parseText(grammar: Grammar, text: string): ParsedText {
  const parser = parsers.get(grammar);
  const tree = parser?.parse(text);
  if (!tree) throw new Error(`expected the ${grammar} grammar to be loaded before a text is parsed`);
  try {
    return { text, root: copied(tree), sound: !tree.rootNode.hasError };
  } finally {
    tree.delete();
  }
}

async function load(grammar: Grammar): Promise<void> {
  const { folder, script } = grammarFolder();
  const { Parser, Language } = createRequire(script)(script) as typeof TreeSitter;
  await Parser.init({ locateFile: (name: string) => join(folder, name) });
  const language = await Language.load(await readFile(join(folder, `tree-sitter-${grammar}.wasm`)));
  const parser = new Parser();
  parser.setLanguage(language);
  parsers.set(grammar, parser);
}

/** Beside a bundle, else in the installed package. The script is CommonJS, whatever package.json is above it. */
function grammarFolder(): { readonly folder: string; readonly script: string } {
  // The CommonJS bundles have `__dirname` here: scripts/build.mjs defines it.
  const here = (import.meta as { dirname?: string }).dirname ?? process.cwd();
  const scripts = [join(here, "tree-sitter", "tree-sitter.cjs"), packageScript(here)];
  for (const script of scripts) {
    if (script !== undefined && existsSync(script)) return { folder: dirname(script), script };
  }
  throw new EquipoiseError(
    "backend/unavailable",
    `The grammars are missing: looked for ${scripts.filter(Boolean).join(" and ")}. Install Equipoise again.`,
  );
}

function packageScript(from: string): string | undefined {
  try {
    return createRequire(join(from, "_.js")).resolve("@vscode/tree-sitter-wasm");
  } catch {
    return undefined;
  }
}

interface Growing extends SyntaxNode {
  readonly children: SyntaxNode[];
}

/** Walks with a cursor, not by recursion: files of others may nest deeper than a stack. */
function copied(tree: TreeSitter.Tree): SyntaxNode {
  const cursor = tree.walk();
  const path: Growing[] = [];
  const enter = (): void => {
    const field = cursor.currentFieldName;
    const node: Growing = {
      kind: cursor.nodeType,
      ...(field !== null && { field }),
      start: cursor.startIndex,
      end: cursor.endIndex,
      children: [],
    };
    // Punctuation is walked over but hangs on no parent.
    if (cursor.nodeIsNamed) path.at(-1)?.children.push(node);
    path.push(node);
  };
  enter();
  for (;;) {
    if (cursor.gotoFirstChild()) {
      enter();
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        const [root] = path;
        if (!root) throw new Error("expected a root");
        return root;
      }
      path.pop();
    }
    path.pop();
    enter();
  }
}
