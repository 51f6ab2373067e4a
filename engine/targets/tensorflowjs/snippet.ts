/** What each loss contributes to its TensorFlow.js module. */
import type { Settings } from "../code/settings.ts";
import type { HelperId } from "./helpers.ts";

export interface Snippet {
  /** Name of the function, or of the class where it learns while it trains. */
  readonly name: string;
  /** Functions that it calls, in order. */
  readonly helpers: readonly HelperId[];
  /** The code, without a blank line at either end. */
  readonly code: string;
  /** What it takes besides the logits; `labels` where absent. */
  readonly takes?: string;
  /** Whether it learns while it trains. */
  readonly memory?: true;
}

export type SnippetOf = (settings: Settings) => Snippet;

/** An option of a function or constructor with its default. */
export type Option = readonly [name: string, value: string, about: string];

export const counts: Option = ["counts", "COUNTS", "training samples of each class"];

export interface FunctionParts {
  readonly name: string;
  readonly about: string;
  readonly options?: readonly Option[];
  /** Body, indented by 4. */
  readonly body: string;
  /** What the labels may be. */
  readonly labels: string;
  /** Further arguments with type and what they are. */
  readonly more?: readonly (readonly [name: string, type: string, about: string])[];
}

export const labelsOnly = "[rows]: training indices, -100 for rows to leave out";
export const labelsOrTargets =
  "[rows]: training indices, -1 background, -100 left out; or 0 and 1 [rows, classes]";

/** A loss as a function with its documentation. */
export function lossFunction({ name, about, options = [], body, labels, more = [] }: FunctionParts): string {
  const given = ["logits", "labels", ...more.map(([each]) => each)];
  return `/**
${comment(about, "")}
 *
${documented(labels, more, " * ")}
${optionsDocumented(options, " * ")} * @returns {tf.Scalar}
 */
export function ${name}(${[...given, ...destructured(options)].join(", ")}) {
  return tf.tidy(() => {
${body}
  });
}`;
}

export interface ClassParts extends FunctionParts {
  /** Names of what it remembers, made of \`counts.length\` numbers each. */
  readonly sums: readonly string[];
  /** Further methods, indented by 2. */
  readonly methods?: string;
}

/** A loss that learns while it trains as a class with its documentation. */
export function lossClass({
  name,
  about,
  options = [],
  body,
  labels,
  more = [],
  sums,
  methods,
}: ClassParts): string {
  const kept = options.map(([option]) => `    this.${option} = ${option};\n`).join("");
  const given = ["logits", "labels", ...more.map(([each]) => each)].join(", ");
  return `/**
${comment(about, "")}
 *
 * Learns only while \`training\` is true: set it to false to test. Save \`state()\` with the model.
 */
export class ${name} extends Memory {
  /**
${optionsDocumented(options, "   * ")}   */
  constructor(${["classes = COUNTS.length", ...destructured(options)].join(", ")}) {
    super(classes, [${sums.map((each) => `"${each}"`).join(", ")}]);
${kept}  }

  /**
${documented(labels, more, "   * ")}
   * @returns {tf.Scalar}
   */
  loss(${given}) {
    return tf.tidy(() => {
${body}
    });
  }${methods ? `\n\n${methods}` : ""}
}`;
}

function comment(about: string, indent: string): string {
  return about
    .split("\n")
    .map((line) => `${indent} * ${line}`.trimEnd())
    .join("\n");
}

function documented(labels: string, more: NonNullable<FunctionParts["more"]>, start: string): string {
  return [
    `${start}@param {tf.Tensor} logits [rows, classes]`,
    `${start}@param {tf.Tensor} labels ${labels}`,
    ...more.map(([name, type, about]) => `${start}@param {${type}} ${name} ${about}`),
  ].join("\n");
}

function optionsDocumented(options: readonly Option[], start: string): string {
  if (options.length === 0) return "";
  const lines = options.map(([name, , about]) => {
    const type = name === "counts" ? "readonly number[]" : "number";
    return `${start}@param {${type}} [options.${name}] ${about}\n`;
  });
  return `${start}@param {object} [options]\n${lines.join("")}`;
}

const destructured = (options: readonly Option[]): string[] =>
  options.length === 0 ? [] : [`{ ${options.map(([name, value]) => `${name} = ${value}`).join(", ")} } = {}`];
