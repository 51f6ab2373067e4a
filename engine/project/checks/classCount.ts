import { formatAmount, formatClass, formatCount, formatList } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { type ProjectCheck, placeOfSetting } from "../check.ts";
import { finding } from "../finding.ts";

/** A prior whose classes are not those of the manifest. */
export const classCount: ProjectCheck = {
  code: "config/class-count",
  run(input) {
    const { objective } = input.project;
    const { classes } = input;
    if (!classes || classes.length === 0 || objective === undefined || typeof objective === "string")
      return [];
    const known = new Set(classes.map(({ name }) => name));
    const named = Object.keys(objective.prior);
    const unknown = named.filter((name) => !known.has(name));
    const place = placeOfSetting(input, "objective.prior", "objective");
    if (unknown.length > 0) {
      const shown = formatList(unknown.slice(0, 3).map((name) => JSON.stringify(formatClass(name))));
      const rest = unknown.length > 3 ? t` and ${formatCount(unknown.length - 3)} more` : "";
      const at = input.parsed.places.get(`objective.prior.${unknown[0]}`)?.key ?? place;
      return [
        finding(
          "config/class-count",
          "error",
          at,
          t`The prior names ${shown}${rest}, which the manifest does not have.`,
        ),
      ];
    }
    const absent = classes.filter(({ name, count }) => count > 0 && !Object.hasOwn(objective.prior, name));
    if (absent.length === 0) return [];
    const first = absent.slice(0, 3).map(({ name }) => formatClass(name));
    const share = absent.length === 1 ? "has" : "have";
    const rest = absent.length > 3 ? t` and ${formatAmount(absent.length - 3, "classes")} more` : "";
    const message = t`The prior leaves out ${rest ? first.join(", ") : formatList(first)}${rest}, which then ${share} share 0.`;
    return [finding("config/class-count", "warning", place, message)];
  },
};
