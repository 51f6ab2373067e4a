/** Label Studio's JSON export: tasks with the annotations of one or several people. */
import { t } from "#protocol/l10n.ts";
import { LabelCounts, type LabelReading } from "./labelCounts.ts";
import { isListedFile } from "./listedFile.ts";
import type { ManifestReading, Span } from "./manifest.ts";
import { type FileHead, type ManifestReader, type ReadingInput, type Recognised, sure } from "./reader.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { JsonScanner } from "./scan/json.ts";
import { jsonObservations } from "./scan/jsonObservations.ts";
import { fields, type JsonShape } from "./scan/jsonShape.ts";

export const labelStudio: ManifestReader = { format: "label-studio", recognises, read, samples };

/** Keys of a result's value that hold class names. */
export const labelKey: RegExp = /^([a-z]*labels|choices)$/;

function recognises(head: FileHead): Recognised | undefined {
  const { keys } = probe(head);
  return ["from_name", "to_name", "type"].every((key) => keys.has(key))
    ? sure(t`its tasks have annotations with from_name, to_name and type`)
    : undefined;
}

/** Keys of the results of annotations at the start of the file, and of the values in them. */
function probe(head: FileHead): { readonly keys: ReadonlySet<string>; readonly values: ReadonlySet<string> } {
  const keys = new Set<string>();
  const values = new Set<string>();
  if (!/^\s*[[{]/.test(head.text) || !head.text.includes('"result"')) return { keys, values };
  const value: JsonShape = { others: (key) => void values.add(key) };
  const result: JsonShape = {
    others: (key) => {
      keys.add(key);
      return key === "value" ? value : undefined;
    },
  };
  const annotation: JsonShape = { fields: fields({ result: { items: () => result } }) };
  new JsonScanner(documentShape({ fields: fields(annotationFields(annotation)) })).write(head.bytes);
  return { keys, values };
}

/** A list of tasks, or one task. */
function documentShape(task: JsonShape): JsonShape {
  return { ...task, items: () => task };
}

function annotationFields(annotation: JsonShape): Record<string, JsonShape> {
  const list: JsonShape = { items: () => annotation };
  return { annotations: list, completions: list };
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const found = await scan(input, false);
  return found && { format: labelStudio.format, views: found.views, observations: found.observations };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await scan(input, true))?.samples;
}

async function scan(
  { source, head, chunks }: ReadingInput,
  collect: boolean,
): Promise<LabelReading | undefined> {
  // Labels of regions count as often as they stand there, choices once a task.
  const objects = [...probe(head).values].some((key) => key !== "choices" && labelKey.test(key));
  const tasks = new Tasks(new LabelCounts({ unit: "task", objects, images: true, collect }), objects);
  const scanner = new JsonScanner(documentShape(tasks.shape()));
  for await (const chunk of chunks()) {
    scanner.write(chunk);
    if (scanner.problem) break;
  }
  scanner.end();
  if (tasks.counts.isEmpty) return undefined;
  const reading = await tasks.counts.result(source);
  return { ...reading, observations: [...jsonObservations(scanner), ...reading.observations] };
}

interface FoundLabel {
  readonly label: string;
  readonly span: Span;
}

class Tasks {
  readonly counts: LabelCounts;
  readonly #objects: boolean;
  #labelled = false;
  #hasPath = false;
  #cancelled = false;
  #found: FoundLabel[] = [];

  constructor(counts: LabelCounts, objects: boolean) {
    this.counts = counts;
    this.#objects = objects;
  }

  shape(): JsonShape {
    const annotation: JsonShape = {
      open: () => {
        this.#cancelled = false;
        this.#found = [];
      },
      fields: fields({
        was_cancelled: {
          word: (value) => {
            this.#cancelled = value === "true";
          },
        },
        result: { items: () => this.#result },
      }),
      close: () => this.#takeAnnotation(),
    };
    return {
      open: (_, array) => {
        if (array) return;
        this.#labelled = false;
        this.#hasPath = false;
        this.counts.begin();
      },
      fields: fields({
        ...annotationFields(annotation),
        data: { others: () => ({ text: (text) => this.#takeData(text) }) },
      }),
      close: (start, end) => {
        // A task that nobody has labelled yet says nothing about classes.
        if (this.#labelled) this.counts.end({ start, end });
        this.#labelled = false;
      },
    };
  }

  /** Results of one region repeat its labels only under their own keys. */
  get #result(): JsonShape {
    const take = (label: string, start: number, end: number): void => {
      this.#found.push({ label, span: { start, end } });
    };
    const label: JsonShape = { text: take };
    const value: JsonShape = {
      others: (key) => (labelKey.test(key) ? { text: take, items: () => label } : undefined),
    };
    return { fields: fields({ value }) };
  }

  #takeAnnotation(): void {
    if (this.#cancelled) return;
    for (const { label, span } of this.#found) this.counts.add(label, span);
    if (this.#found.length === 0 && !this.#objects) return;
    this.#labelled = true;
    this.counts.seeList();
  }

  #takeData(text: string): void {
    if (this.#hasPath || !isListedFile(text)) return;
    this.#hasPath = true;
    this.counts.setPath(text);
  }
}
