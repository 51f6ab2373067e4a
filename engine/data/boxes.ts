/** Boxes of a COCO or LVIS file, as training on crops needs them. */

import { basename } from "node:path";
import { JsonScanner } from "#engine/manifest/scan/json.ts";
import { fields, type JsonShape } from "#engine/manifest/scan/jsonShape.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { describeProblem } from "./problem.ts";

/** x and y of the corner, width and height, in pixels. */
export type Box = readonly [number, number, number, number];

export interface BoxedImage {
  /** As the file writes it. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly { readonly box: Box; readonly label: number }[];
}

export interface Boxes {
  /** By category id, in the order in which the counts of the file have them. */
  readonly classes: readonly string[];
  readonly images: readonly BoxedImage[];
}

type Id = number | string;

interface Annotation {
  readonly image: Id;
  readonly category: Id;
  readonly box: Box;
}

/**
 * Returns the boxes of every image. Crowds, boxes without area and annotations of unknown images or categories are left
 * out. Throws `data/unreadable` where the file cannot be read or holds no box.
 */
export async function readBoxes(path: string, signal?: AbortSignal): Promise<Boxes> {
  const document = new BoxDocument();
  try {
    const scanner = new JsonScanner(document.shape);
    for await (const chunk of fileSource(path).bytes(signal)) {
      scanner.write(chunk);
      if (scanner.problem) break;
    }
    scanner.end();
  } catch (problem) {
    signal?.throwIfAborted();
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} cannot be read: ${describeProblem(problem)}.`,
    );
  }
  const boxes = document.result();
  if (boxes.images.some((image) => image.boxes.length > 0)) return boxes;
  throw new EquipoiseError(
    "data/unreadable",
    t`${basename(path)} holds no box of a known image and category. Name a COCO file whose annotations have bbox.`,
  );
}

/** Gathers images, categories and annotations in whatever order they come. */
class BoxDocument {
  readonly #categories = new Map<Id, string>();
  readonly #images = new Map<Id, { path: string; width: number; height: number }>();
  readonly #annotations: Annotation[] = [];

  get shape(): JsonShape {
    return {
      fields: fields({
        images: { items: () => this.#image },
        annotations: { items: () => this.#annotation },
        categories: { items: () => this.#category },
      }),
    };
  }

  readonly #image: JsonShape = record(
    ["id", "file_name", "coco_url", "width", "height"],
    ({ id, file_name, coco_url, width, height }) => {
      const path =
        file_name ??
        String(coco_url ?? "")
          .split("/")
          .slice(-2)
          .join("/");
      if (id !== undefined && path !== "")
        this.#images.set(id, { path: String(path), width: Number(width ?? 0), height: Number(height ?? 0) });
    },
  );

  readonly #category: JsonShape = record(["id", "name"], ({ id, name }) => {
    if (id !== undefined && !this.#categories.has(id)) this.#categories.set(id, String(name ?? id));
  });

  readonly #annotation: JsonShape = record(
    ["image_id", "category_id", "iscrowd"],
    ({ image_id: image, category_id: category, iscrowd }, [x, y, width, height]) => {
      if (image === undefined || category === undefined || iscrowd === 1) return;
      if (x === undefined || y === undefined || !width || !height || width <= 0 || height <= 0) return;
      this.#annotations.push({ image, category, box: [x, y, width, height] });
    },
  );

  result(): Boxes {
    const ids = [...this.#categories.keys()];
    if (ids.every((id) => typeof id === "number")) ids.sort((a, b) => Number(a) - Number(b));
    const labelOf = new Map(ids.map((id, label) => [id, label]));
    const boxesOf = new Map<Id, { box: Box; label: number }[]>(
      [...this.#images.keys()].map((id) => [id, []]),
    );
    for (const { image, category, box } of this.#annotations) {
      const label = labelOf.get(category);
      if (label !== undefined) boxesOf.get(image)?.push({ box, label });
    }
    return {
      classes: ids.map((id) => this.#categories.get(id) ?? String(id)),
      images: [...this.#images].map(([id, image]) => ({ ...image, boxes: boxesOf.get(id) ?? [] })),
    };
  }
}

/** The shape of an object with plain values under these names, and a list of numbers under `bbox`. */
function record(
  names: readonly string[],
  tell: (values: Readonly<Record<string, Id | undefined>>, box: readonly number[]) => void,
): JsonShape {
  let values: Record<string, Id | undefined> = {};
  let box: number[] = [];
  const value = (name: string): JsonShape => {
    const note = (found: Id): void => {
      values[name] = found;
    };
    return { number: note, text: note };
  };
  const side: JsonShape = { number: (found) => void box.push(found) };
  return {
    open: () => {
      values = {};
      box = [];
    },
    fields: fields({
      ...Object.fromEntries(names.map((name) => [name, value(name)])),
      bbox: { items: (index) => (index < 4 ? side : undefined) },
    }),
    close: () => tell(values, box),
  };
}
