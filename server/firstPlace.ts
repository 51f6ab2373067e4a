/** Where a manifest first names a class. */
import type { Location } from "vscode-languageserver";
import type { House } from "./features/feature.ts";
import { toRange } from "./toLsp.ts";

/** Where a manifest first names a class; null where that is not known. */
export async function firstPlace(manifest: string, index: number, house: House): Promise<Location | null> {
  const places = await house.documents.classPlaces(manifest);
  const found = places.find((one) => one.index === index);
  return found ? { uri: manifest, range: toRange(found.place) } : null;
}
