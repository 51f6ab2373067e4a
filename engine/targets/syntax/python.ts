/** Finds settings in Python texts: nested `dict(...)` calls and literals, keyword arguments, assignments. */
import { type ParsedText, parseText, type SyntaxNode } from "./treeSitter.ts";

export type { ParsedText, SyntaxNode } from "./treeSitter.ts";

/** A key of a mapping, or a keyword argument, with its value. */
export interface Entry {
  readonly key: string;
  /** Where the entry starts, key included. */
  readonly start: number;
  readonly end: number;
  readonly value: SyntaxNode;
}

/** A Python text as a tree. Needs `loadGrammar("python")` to have ended. */
export function parsePython(text: string): ParsedText {
  return parseText("python", text);
}

/** Statements at the top level, in order; a statement that is one expression is given as that expression. */
export function statements({ root }: ParsedText): SyntaxNode[] {
  return withoutComments(root).map((node) =>
    node.kind === "expression_statement" && node.children.length === 1 ? (node.children[0] ?? node) : node,
  );
}

export function source({ text }: ParsedText, { start, end }: SyntaxNode): string {
  return text.slice(start, end);
}

/** A node and all below it, in the order of the text. */
export function walk(root: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const open: SyntaxNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    found.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i];
      if (child) open.push(child);
    }
  }
  return found;
}

export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((each) => each.field === field);
}

function withoutComments({ children }: SyntaxNode): SyntaxNode[] {
  return children.filter(({ kind }) => kind !== "comment");
}

/** The left side of `name = value` as it is written, and the value; undefined for other statements. */
export function assignment(
  python: ParsedText,
  statement: SyntaxNode,
): { readonly name: string; readonly value: SyntaxNode } | undefined {
  if (statement.kind !== "assignment") return undefined;
  const left = child(statement, "left");
  const value = child(statement, "right");
  return left && value ? { name: source(python, left), value } : undefined;
}

/** A call: what is called as it is written, such as "nn.CrossEntropyLoss", and its arguments. */
export interface Call {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly positional: readonly SyntaxNode[];
  readonly keywords: readonly Entry[];
  /** Whether `*` or `**` adds arguments that are not seen here. */
  readonly open: boolean;
}

/** The node as a call; undefined where it is none. */
export function callOf(python: ParsedText, node: SyntaxNode): Call | undefined {
  if (node.kind !== "call") return undefined;
  const callee = child(node, "function");
  const list = child(node, "arguments");
  if (!callee || list?.kind !== "argument_list") return undefined;
  const given = withoutComments(list);
  const spread = given.filter(({ kind }) => kind === "list_splat" || kind === "dictionary_splat");
  return {
    name: source(python, callee),
    node,
    positional: given.filter((each) => each.kind !== "keyword_argument" && !spread.includes(each)),
    keywords: given.flatMap((each) => keyword(python, each) ?? []),
    open: spread.length > 0,
  };
}

/** Every call in a text, outermost first. */
export function callsIn(python: ParsedText): Call[] {
  return walk(python.root).flatMap((node) => callOf(python, node) ?? []);
}

function keyword(python: ParsedText, node: SyntaxNode): Entry | undefined {
  const name = child(node, "name");
  const value = child(node, "value");
  if (node.kind !== "keyword_argument" || !name || !value) return undefined;
  return { key: source(python, name), start: node.start, end: node.end, value };
}

/** The entries of `dict(key=value)` or `{"key": value}`; undefined for anything else. */
export function entriesOf(python: ParsedText, node: SyntaxNode): Entry[] | undefined {
  if (node.kind === "dictionary") {
    return withoutComments(node).flatMap((pair) => {
      const key = child(pair, "key");
      const value = child(pair, "value");
      const name = key && stringValue(python, key);
      return name !== undefined && value ? [{ key: name, start: pair.start, end: pair.end, value }] : [];
    });
  }
  const call = callOf(python, node);
  return call?.name === "dict" ? [...call.keywords] : undefined;
}

/** The elements of a list, tuple or array literal; undefined for anything else. */
export function elements(node: SyntaxNode): SyntaxNode[] | undefined {
  if (node.kind === "parenthesized_expression") return undefined;
  return node.kind === "list" || node.kind === "tuple" || node.kind === "array"
    ? withoutComments(node)
    : undefined;
}

/** The text of a plain string literal; undefined for anything else. */
export function stringValue(python: ParsedText, node: SyntaxNode): string | undefined {
  if (node.kind !== "string") return undefined;
  const match = /^[rRuU]?(['"])([^'"\\\r\n]*)\1$/.exec(source(python, node));
  return match?.[2];
}

/** The value of a number literal, its sign included; undefined for anything else. */
export function numberValue(python: ParsedText, node: SyntaxNode): number | undefined {
  const text = source(python, node).replaceAll("_", "");
  if (!/^[+-]?\s*[\d.]/.test(text)) return undefined;
  const value = Number(text.replace(/\s+/g, ""));
  return Number.isFinite(value) ? value : undefined;
}

/** The value of `True` or `False`; undefined for anything else. */
export function flagValue(python: ParsedText, node: SyntaxNode): boolean | undefined {
  const text = source(python, node);
  return text === "True" ? true : text === "False" ? false : undefined;
}

/** The strings of a list or tuple of plain strings; undefined for anything else. */
export function stringsOf(python: ParsedText, node: SyntaxNode): string[] | undefined {
  const found = elements(node)?.map((each) => stringValue(python, each));
  return found?.every((each) => each !== undefined) ? found : undefined;
}

/** The numbers of a list or tuple of number literals; undefined for anything else. */
export function numbersOf(python: ParsedText, node: SyntaxNode): number[] | undefined {
  const found = elements(node)?.map((each) => numberValue(python, each));
  return found?.every((each) => each !== undefined) ? found : undefined;
}

/** The value behind a name that the top level assigns exactly once; every other node is its own value. */
export function resolved(python: ParsedText, node: SyntaxNode): SyntaxNode {
  if (node.kind !== "identifier") return node;
  const name = source(python, node);
  const values = statements(python).flatMap((statement) => {
    const given = assignment(python, statement);
    return given?.name === name ? [given.value] : [];
  });
  const [value] = values;
  return values.length === 1 && value && value.kind !== "identifier" ? value : node;
}
