/** The same dataset in every single-file format: one writer each. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { idx } from "./idx.ts";
import { npy } from "./npy.ts";

export interface WrittenSample {
  readonly file: string;
  /** Position in the names. */
  readonly label: number;
}

export interface WrittenDataset {
  readonly names: readonly string[];
  readonly samples: readonly WrittenSample[];
}

export interface Written {
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly neighbours?: Readonly<Record<string, string>>;
}

export interface Writer {
  readonly name: string;
  /** Whether names are written as they are; otherwise class `i` is called by its number or a class list beside. */
  readonly anyName: boolean;
  write(dataset: WrittenDataset): Written;
}

const records = ({ names, samples }: WrittenDataset): { image: string; label: string }[] =>
  samples.map(({ file, label }) => ({ image: file, label: names[label] ?? "" }));

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** One name a line; the writers of plain lists get names without line ends and blanks around them. */
const classList = ({ names }: WrittenDataset): Record<string, string> => ({
  "classes.json": JSON.stringify(names),
});

export const writers: readonly Writer[] = [
  {
    name: "path list",
    anyName: true,
    write: (dataset) => ({
      file: "train.txt",
      content: dataset.samples.map(({ file, label }) => `${file} ${label}`).join("\n"),
      neighbours: classList(dataset),
    }),
  },
  {
    name: "COCO",
    anyName: true,
    write: ({ names, samples }) => ({
      file: "train.json",
      content: JSON.stringify({
        images: samples.map(({ file }, id) => ({ id, file_name: file, width: 9, height: 9 })),
        annotations: samples.map(({ label }, id) => ({ id, image_id: id, category_id: label })),
        categories: names.map((name, id) => ({ id, name, supercategory: "any" })),
      }),
    }),
  },
  {
    name: "CSV",
    anyName: false,
    write: (dataset) => ({
      file: "train.csv",
      content: [
        "filename,label",
        ...records(dataset).map(({ image, label }) => `${image},${quoted(label)}`),
      ].join("\r\n"),
    }),
  },
  {
    name: "JSON Lines",
    anyName: true,
    write: (dataset) => ({
      file: "train.jsonl",
      content: records(dataset)
        .map((record) => JSON.stringify(record))
        .join("\n"),
    }),
  },
  {
    name: "JSON list",
    anyName: true,
    write: (dataset) => ({ file: "train.json", content: JSON.stringify(records(dataset)) }),
  },
  {
    name: "JSON map",
    anyName: true,
    write: (dataset) => ({
      file: "train.json",
      content: JSON.stringify(Object.fromEntries(records(dataset).map(({ image, label }) => [image, label]))),
    }),
  },
  {
    name: "Label Studio",
    anyName: true,
    write: (dataset) => ({
      file: "train.json",
      content: JSON.stringify(
        records(dataset).map(({ image, label }) => ({
          annotations: [
            { result: [{ from_name: "c", to_name: "i", type: "choices", value: { choices: [label] } }] },
          ],
          data: { image },
        })),
      ),
    }),
  },
  {
    name: "parallel text",
    anyName: false,
    write: (dataset) => ({
      file: "label",
      content: records(dataset)
        .map(({ label }) => `${label}\n`)
        .join(""),
      neighbours: { "seq.in": "a text\n".repeat(dataset.samples.length) },
    }),
  },
  {
    name: "NumPy",
    anyName: true,
    write: (dataset) => ({
      file: "train_labels.npy",
      content: npy(
        "<i8",
        [dataset.samples.length],
        dataset.samples.map(({ label }) => label),
      ),
      neighbours: classList(dataset),
    }),
  },
  {
    name: "IDX",
    anyName: true,
    write: (dataset) => ({
      file: "train-labels-idx1-ubyte",
      content: idx(dataset.samples.map(({ label }) => label)),
      neighbours: classList(dataset),
    }),
  },
  {
    name: "Parquet",
    anyName: true,
    write: ({ names, samples }) => ({
      file: "train.parquet",
      content: new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: "image", data: samples.map(({ file }) => file), type: "STRING" },
            { name: "label", data: samples.map(({ label }) => label), type: "INT32" },
          ],
          kvMetadata: [
            {
              key: "huggingface",
              value: JSON.stringify({ info: { features: { label: { _type: "ClassLabel", names } } } }),
            },
          ],
          rowGroupSize: 7,
        }),
      ),
    }),
  },
];
