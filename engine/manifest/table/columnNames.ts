/** What columns of label tables are called. */

/** A column name without case, blanks and punctuation. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Names that say "label", the clearest first; the value is how clear: 2 alone tells, 1 only beside what is labelled. */
export const labelNames: ReadonlyMap<string, 1 | 2> = new Map([
  ["label", 2],
  ["labels", 2],
  ["class", 2],
  ["classes", 2],
  ["classname", 2],
  ["classlabel", 2],
  ["labelname", 2],
  ["classlabels", 2],
  ["findinglabels", 2],
  ["groundtruth", 2],
  ["classid", 2],
  ["labelid", 2],
  ["intent", 2],
  ["species", 2],
  ["dx", 2],
  ["attack", 2],
  ["attacktype", 2],
  ["target", 1],
  ["category", 1],
  ["categories", 1],
  ["diagnosis", 1],
  ["sentiment", 1],
  ["emotion", 1],
  ["variety", 1],
  ["genus", 1],
  ["family", 1],
  ["genre", 1],
  ["topic", 1],
  ["tags", 1],
  ["quality", 1],
  ["y", 1],
]);

/** Names of columns that say to which split a row belongs. */
export const splitNames: ReadonlySet<string> = new Set([
  "split",
  "subset",
  "set",
  "partition",
  "phase",
  "usage",
  "dataset",
  "datasplit",
]);

/** Names of columns with what is labelled. */
export const textNames: ReadonlySet<string> = new Set([
  "text",
  "sentence",
  "utterance",
  "query",
  "question",
  "review",
  "tweet",
  "document",
  "comment",
  "image",
  "images",
  "imageid",
  "imageindex",
  "imagename",
  "imagepath",
  "img",
  "imgpath",
  "file",
  "filename",
  "filepath",
  "path",
  "audio",
  "imageurl",
  "sourceref",
  "source",
]);

/** Names of columns that number the rows. */
export const idNames: ReadonlySet<string> = new Set([
  "id",
  "index",
  "rowid",
  "rownumber",
  "unnamed0",
  "no",
  "nr",
]);
