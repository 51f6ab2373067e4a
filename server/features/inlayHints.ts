/** Counts beside the first use of each class; beside beta, what it does to head and tail. */
import type { InlayHint, Range } from "vscode-languageserver";
import type { ParsedProject } from "#engine/project/parse.ts";
import { weightRatio } from "#engine/statistics/classWeights.ts";
import { formatAmount, formatCount, formatRatio } from "#engine/statistics/format.ts";
import type { Place, View } from "#protocol/analysis.ts";
import type { ClassPlace } from "../analyst.ts";
import { pathOf } from "../files.ts";
import { isProjectFile } from "../projects.ts";
import { projectView } from "../projectView.ts";
import { toRange } from "../toLsp.ts";
import { countsOf, groupNames, landmarks, mainView } from "../viewFacts.ts";
import { shortName } from "../words.ts";
import type { Feature } from "./feature.ts";

export const inlayHints: Feature = {
  capabilities: { inlayHintProvider: true },
  register(connection, house) {
    connection.languages.inlayHint.on(
      house.answer(null, async ({ textDocument: { uri }, range }, signal) => {
        if (!house.settings(pathOf(uri)).inlayHints) return null;
        if (isProjectFile(uri)) {
          const file = await house.projects.readUri(uri);
          const view = file && (await projectView(uri, house, signal));
          return view ? projectHints(file, view) : null;
        }
        const known = await house.documents.known(uri, { signal });
        const view = mainView(known?.analysis);
        const document = house.open.get(uri);
        if (!view || !document) return null;
        const lineAt = (line: number): string =>
          document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
        return manifestHints(view, await house.documents.classPlaces(uri), range, lineAt);
      }),
    );
    const refresh = (): void => {
      if (house.client.inlayHintRefresh) void connection.languages.inlayHint.refresh().catch(house.log);
    };
    house.news.project.add(refresh);
    house.news.settings.add(refresh);
  },
};

/** Editors draw no further than this into a line, and a JSON file may be one line. */
const widest = 10_000;

/** Hints after the first place of each class in a range: count and group, and the name where the text has only a number. */
export function manifestHints(
  view: View,
  places: readonly ClassPlace[],
  range: Range,
  lineAt: (line: number) => string,
): InlayHint[] {
  const groups = groupNames(view);
  return places.flatMap((each) => {
    const place = toRange(each.place);
    const found = view.classes[each.index];
    if (!found || place.end.character > widest) return [];
    if (place.start.line < range.start.line || place.start.line > range.end.line) return [];
    const text = lineAt(place.start.line).slice(place.start.character, place.end.character);
    const named = text.includes(found.name);
    const parts = [...(named ? [] : [shortName(found.name, 30)]), formatCount(found.count)];
    const label = [...parts, groups.get(found.index) ?? ""].filter(Boolean).join(", ");
    return [{ position: place.end, label, paddingLeft: true }];
  });
}

/** The hint after `beta`, `truck 79 × airplane`, and the counts of the classes that a prior names. */
export function projectHints({ project, places }: ParsedProject, view: View): InlayHint[] {
  const beta = project?.loss?.["beta"];
  const marks = landmarks(view);
  const hints = priorHints(places, view);
  if (typeof beta === "number" && marks) {
    const ratio = formatRatio(weightRatio(countsOf(view), beta));
    const label = `${shortName(marks.least.name, 20)} ${ratio} × ${shortName(marks.most.name, 20)}`;
    hints.push(...hintAfter(places.get("loss.beta")?.value, label));
  }
  return hints;
}

function priorHints(places: ParsedProject["places"], view: View): InlayHint[] {
  return view.classes.flatMap(({ name, count }) =>
    hintAfter(places.get(`objective.prior.${name}`)?.value, formatAmount(count, view.basis)),
  );
}

function hintAfter(place: Place | undefined, label: string): InlayHint[] {
  return place ? [{ position: toRange(place).end, label, paddingLeft: true }] : [];
}
