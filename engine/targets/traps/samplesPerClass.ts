import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { elements, resolved } from "../syntax/python.ts";
import { classesOf, entry, type WrittenLoss, writtenLosses } from "./mmLosses.ts";
import { added, at, instead, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** MMAction2's class-balanced focal loss without the counts that it needs. */
export const samplesPerClass: Trap = {
  code: "trap/samples-per-class",
  targets: ["mmaction"],
  run(input) {
    const { python, classes } = input;
    return writtenLosses(input).flatMap((loss) => {
      if (!python || loss.type !== "CBFocalLoss") return [];
      const written = entry(loss, "samples_per_cls");
      const given = written && elements(resolved(python, written.value));
      if (written && !given) return [];
      const wanted = classesOf(input, loss.head);
      const count = given?.length ?? 0;
      if (count > 0 && (wanted === undefined || count === wanted)) return [];
      const message =
        count === 0
          ? t`CBFocalLoss has no counts (samples_per_cls is empty by default) and fails at the first batch.`
          : t`samples_per_cls has ${formatCount(count)} entries, its head has ${formatCount(wanted ?? 0)} classes.`;
      const fix = countsFix(loss, classes, wanted);
      return [at(written ?? loss.value, "error", message, fix)];
    });
  },
};

/** The counts of the manifest as `samples_per_cls`, where they fit the head. */
function countsFix(
  loss: WrittenLoss,
  classes: TrapInput["classes"],
  wanted: number | undefined,
): TrapFinding["fix"] {
  if (!classes || wanted !== classes.length || classes.some(({ count }) => count <= 0)) return undefined;
  const counts = `[${classes.map(({ count }) => count).join(", ")}]`;
  const title = t`Fill in the counts of the manifest`;
  const written = entry(loss, "samples_per_cls");
  if (written) return instead(title, written.value, counts);
  const last = loss.entries.at(-1);
  return loss.value.kind === "call" && last
    ? added(title, last.end, `, samples_per_cls=${counts}`)
    : undefined;
}
