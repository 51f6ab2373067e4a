/** Three charts over time: gradient ratio by step, accuracy and loss by epoch; one of them at a time where it is narrow. */

import { formatAmount } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import type { EpochCurveData } from "../charts/epochCurve.ts";
import { type GradientRatioCourseData, gradientRatioCourse } from "../charts/gradientRatioCourse.ts";
import { type GroupAccuracyData, groupAccuracy } from "../charts/groupAccuracy.ts";
import { lossCurve } from "../charts/lossCurve.ts";
import { type AccuracyOf, type Choices, type CourseTab, type Group, groupNames } from "../choices.ts";
import { accuracyCurve, lossCurve as lossPoints } from "../model/epochs.ts";
import { memo, sameList } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { ratioCourse } from "../model/ratios.ts";
import type { Series } from "../model/series.ts";
import { type Option, select, tabs } from "./controls.ts";
import { el, setText } from "./dom.ts";
import { figure } from "./figure.ts";
import type { Actions, View } from "./view.ts";

/** Of one run: reports within an epoch leave it as it is, so that nothing is drawn again. */
type Epochs = Experiment["runs"][number]["epochs"];
type Experiment = NonNullable<PanelModel["experiment"]>;

export function coursesView(actions: Actions): View {
  const views = tabs<CourseTab>(t`Course`, (courseTab) => actions.choose({ courseTab }));
  const ratio = courseFigure(actions);
  const accuracy = accuracyFigure(actions);
  const loss = figure(lossCurve, actions);
  const lossElement = el(
    "div",
    { class: "chart loss-course" },
    el(
      "header",
      {},
      el("h2", {}, t`Training loss by epoch, % of first`),
      el("div", { class: "right" }, loss.more),
    ),
    loss.cell,
    loss.values,
  );
  const element = el(
    "section",
    { class: "courses", "aria-label": t`Course of training` },
    el("header", { class: "thin" }, views.element),
    el("div", { class: "trio" }, ratio.element, accuracy.element, lossElement),
  );
  const epochs = sameList<Epochs>();
  const lossData = memo((_: readonly Epochs[], series: readonly Series[]) => lossCurveData(newest, series));
  let newest: Experiment;
  return {
    element,
    show(model, theme) {
      const { experiment, series, choices } = model;
      element.hidden = !experiment;
      if (!experiment) return;
      element.dataset["tab"] = choices.courseTab;
      views.show(courseTabs, choices.courseTab);
      ratio.show(model, theme);
      accuracy.show(model, theme);
      newest = experiment;
      loss.show(lossData(epochs(experiment.runs.map((run) => run.epochs)), series), theme, choices);
    },
  };
}

const courseTabs = [
  { id: "ratio", label: t`Ratio by step` },
  { id: "accuracy", label: t`Accuracy` },
  { id: "loss", label: t`Loss` },
] as const;

function courseFigure(actions: Actions): View {
  const chart = figure(gradientRatioCourse, actions);
  const subject = select<string>(t`Classes`, (value) => actions.choose(subjectChoice(value)), true);
  const element = el(
    "div",
    { class: "chart ratio-course" },
    el(
      "header",
      {},
      el("h2", {}, t`Gradient ratio by step`),
      el("div", { class: "right" }, subject.element, chart.more),
    ),
    chart.cell,
    chart.values,
  );
  const data = memo(courseData);
  const points = memo(coursePoints);
  return {
    element,
    show({ experiment, series, choices, step, steps, names, counts }, theme) {
      if (!experiment) return;
      const { selected, group } = choices;
      subject.show(subjects(names, counts, selected), selected === undefined ? group : t`class ${selected}`);
      chart.show(
        data(
          points(experiment, series, subjectOf(choices, names), choices.sums),
          choices.sums,
          step,
          steps.perRun,
        ),
        theme,
        choices,
      );
    },
  };
}

// Of very many classes only the chosen one stands beside the groups: it is chosen in the ladder.
function subjects(
  names: readonly string[],
  counts: readonly number[],
  selected: number | undefined,
): readonly Option<string>[] {
  const parts = thirdsOf(counts);
  const groups = groupNames
    .filter((name) => parts[name].length > 0)
    .map((name) => ({ value: name, label: name }));
  const listed =
    names.length <= 40 ? names.map((_, index) => index) : selected === undefined ? [] : [selected];
  return [
    ...groups,
    ...listed.map((index) => ({ value: `class ${index}`, label: (names[index] ?? "").slice(0, 40) })),
  ];
}

function subjectChoice(value: string): { readonly selected: number | undefined; readonly group?: Group } {
  const group = groupNames.find((name) => name === value);
  return group ? { selected: undefined, group } : { selected: Number(value.slice(t`class `.length)) };
}

const subjectOf = memo(
  ({ selected, group }: Pick<Choices, "selected" | "group">, names: readonly string[]): Subject =>
    selected !== undefined && selected < names.length ? { selected, name: names[selected] ?? "" } : { group },
);

type Subject = { readonly selected: number; readonly name: string } | { readonly group: Group };

type Course = Pick<GradientRatioCourseData, "subject" | "series">;

function courseData(
  course: Course,
  sums: Choices["sums"],
  step: number | undefined,
  steps: number,
): GradientRatioCourseData {
  return { ...course, sums, step, steps };
}

function coursePoints(
  experiment: Experiment,
  series: readonly Series[],
  subject: Subject,
  sums: Choices["sums"],
): Course {
  const classes = "group" in subject ? thirdsOf(experiment.counts)[subject.group] : one(subject.selected);
  const words =
    "group" in subject
      ? t`${subject.group}, mean of ${formatAmount(classes.length, "classes")}`
      : subject.name;
  return {
    subject: words,
    series: series
      .filter(({ drawn }) => drawn)
      .map((line) => ({ series: line, points: ratioCourse(experiment, line.choice, classes, sums) })),
  };
}

// The same lists for as long as they say the same: points are kept by them.
const thirdsOf = memo(thirds);
const one = memo((index: number): readonly number[] => [index]);

function accuracyFigure(actions: Actions): View {
  const chart = figure(groupAccuracy, actions);
  const heading = el("h2", {});
  const of = select<AccuracyOf>(t`Accuracy of`, (accuracyOf) => actions.choose({ accuracyOf }), true);
  const element = el(
    "div",
    { class: "chart accuracy-course" },
    el("header", {}, heading, el("div", { class: "right" }, of.element, chart.more)),
    chart.cell,
    chart.values,
  );
  const epochs = sameList<Epochs>();
  const data = memo((_: readonly Epochs[], series: readonly Series[], which: AccuracyOf) =>
    accuracyData(newest, series, which),
  );
  let newest: Experiment;
  return {
    element,
    show({ experiment, series, choices }, theme) {
      if (!experiment) return;
      setText(
        heading,
        experiment.plan.isMultiLabel ? t`Average precision by epoch, %` : t`Accuracy by epoch, %`,
      );
      of.show(accuracies, choices.accuracyOf);
      newest = experiment;
      const reported = epochs(experiment.runs.map((run) => run.epochs));
      chart.show(data(reported, series, choices.accuracyOf), theme, choices);
    },
  };
}

const accuracies = [
  { value: "balanced", label: "balanced" },
  { value: "overall", label: "overall" },
  { value: "head", label: t`head` },
  { value: "middle", label: t`middle` },
  { value: "tail", label: t`tail` },
] as const;

function accuracyData(experiment: Experiment, series: readonly Series[], of: AccuracyOf): GroupAccuracyData {
  return {
    of,
    ...(experiment.plan.isMultiLabel ? { isMultiLabel: true } : {}),
    epochs: experiment.plan.epochs,
    series: curves(series, (choice) => accuracyCurve(experiment, choice, of)),
  };
}

function lossCurveData(experiment: Experiment, series: readonly Series[]): EpochCurveData {
  return {
    epochs: experiment.plan.epochs,
    series: curves(series, (choice) => lossPoints(experiment, choice)),
  };
}

function curves(
  series: readonly Series[],
  points: (choice: number) => EpochCurveData["series"][number]["points"],
): EpochCurveData["series"] {
  return series.filter(({ drawn }) => drawn).map((line) => ({ series: line, points: points(line.choice) }));
}
