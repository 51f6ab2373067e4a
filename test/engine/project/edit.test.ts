import fc from "fast-check";
import { expect, test } from "vitest";
import {
  countsText,
  editProject,
  type ProjectEdit,
  parseProject,
  removeSetting,
  setSetting,
} from "#engine/project/project.ts";
import { applyEdits } from "#engine/project/textEdits.ts";
import { type LossId, losses, lossIds, type SamplerId, samplerIds, withDefaults } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";

const classes = [
  { name: "airplane", count: 5000 },
  { name: "truck", count: 50 },
];
const manifest = "data/train_if100.txt";
const provenance = { manifest, classes, date: "2026-11-21" };
const hash = countsText(classes);

function choice(
  loss: LossId,
  parameters: Record<string, number> = {},
  sampler: SamplerId = "instance-balanced",
): LossChoice {
  return { loss, parameters: withDefaults(loss, parameters), sampler };
}

/** The edited text, after checking that the edits lead there and that a second time changes nothing. */
function edited(text: string | undefined, each: LossChoice): string {
  const change = { manifest, choice: each, provenance };
  const result = editProject(text, change);
  expect(applyEdits(text ?? "", result.edits)).toBe(result.text);
  const again = editProject(result.text, { ...change, provenance: { ...provenance, date: "2027-05-05" } });
  expect(again).toEqual({ text: result.text, edits: [] });
  return result.text;
}

const comment = `# Equipoise: counts of data/train_if100.txt ${hash}`;

test("without a file the manifest, one comment and the loss are written", () => {
  expect(edited(undefined, choice("balanced-softmax"))).toBe(
    `manifest: data/train_if100.txt\n${comment}, 2026-11-21\nloss:\n  id: balanced-softmax\n  tau: 1\n`,
  );
});

test("weights say in the comment what they are scaled to, and a sampler stands below", () => {
  expect(edited("", choice("class-balanced-softmax", { beta: 0.999 }, "class-balanced"))).toBe(
    `manifest: data/train_if100.txt\n${comment}, weights scaled to mean 1, 2026-11-21\nloss:\n  id: class-balanced-softmax\n  beta: 0.999\nsampler: class-balanced\n`,
  );
});

test("comments, quotes, indentation, order and CRLF of the rest stay", () => {
  const text =
    "# ours\r\nmanifest: 'old.txt' # the list\r\ntraining:\r\n    epochs: 3\r\n\r\nbasis: images # end\r\n";
  expect(edited(text, choice("class-balanced-focal"))).toBe(
    `# ours\r\nmanifest: 'data/train_if100.txt' # the list\r\ntraining:\r\n    epochs: 3\r\n\r\nbasis: images # end\r\n${comment}, weights scaled to mean 1, 2026-11-21\r\nloss:\r\n    id: class-balanced-focal\r\n    beta: 0.9999\r\n    gamma: 1\r\n`,
  );
});

test("another loss takes the place of the old one: shared parameters are set, others go, its own are added", () => {
  const text = `manifest: ${manifest}\nloss:\n  id: class-balanced-focal # tried first\n  beta: 0.9\n  # focus\n  gamma: 2\n\nbasis: images\n`;
  expect(edited(text, choice("balanced-softmax"))).toBe(
    `manifest: ${manifest}\n${comment}, 2026-11-21\nloss:\n  id: balanced-softmax # tried first\n  tau: 1\n  # focus\n\nbasis: images\n`,
  );
  const { edits } = editProject(edited(text, choice("class-balanced-focal")), {
    manifest,
    choice: choice("class-balanced-focal", { beta: 0.99 }),
    provenance,
  });
  expect(edits.map(({ newText }) => newText)).toEqual([""]);
});

test("the comment is rewritten when the counts change and else keeps its date", () => {
  const text = edited(undefined, choice("balanced-softmax"));
  const later = { ...provenance, classes: [...classes, { name: "boat", count: 7 }], date: "2027-01-02" };
  const result = editProject(text, { manifest, choice: choice("balanced-softmax"), provenance: later });
  expect(result.text).toBe(text.replace(hash, countsText(later.classes)).replace("2026-11-21", "2027-01-02"));
  expect(result.text.match(/Equipoise:/g)).toHaveLength(1);
});

test.each([
  ["a word", "loss: cross-entropy"],
  ["nothing", "loss: # later"],
  ["a flow mapping", "loss: {id: cross-entropy}"],
  ["an alias", "train: &x {labels: a}\nloss: *x"],
  ["a file of one flow mapping", "{basis: images}"],
  ["comments only", "# nothing yet"],
  ["no line ending at the end", "basis: images"],
  ["document marks", "---\nbasis: images\n...\n"],
  ["a mapping without id", "loss:\n  beta: 0.9\n"],
  ["a byte order mark", "\uFEFFbasis: images\n"],
  ["a sampler to take back", "sampler: class-balanced\n"],
  ["a parameter off its default", "loss:\n  id: balanced-softmax\n  tau: 2\n  absent: clamp1\n"],
])("a loss goes in where there was %s", (_, text) => {
  const { project, findings } = parseProject(edited(text, choice("balanced-softmax")));
  expect(findings).toEqual([]);
  expect(project).toMatchObject({ manifest, loss: { id: "balanced-softmax", tau: 1 } });
  expect(project?.sampler ?? "instance-balanced").toBe("instance-balanced");
  expect(project?.loss?.["absent"] ?? "exclude").toBe("exclude");
  if (text.includes("images")) expect(project?.basis).toBe("images");
});

test.each(["loss: [1\n", "- a\n", "[".repeat(5000)])("broken text is refused, not edited: %s", (text) => {
  expect(() => editProject(text, { choice: choice("balanced-softmax"), provenance })).toThrow(
    /othing was changed/,
  );
});

test("a manifest path that YAML would misread is quoted", () => {
  const odd = "data/a: b #1.txt";
  const { text } = editProject(undefined, { manifest: odd, choice: choice("cross-entropy"), provenance });
  expect(parseProject(text).project?.manifest).toBe(odd);
});

test("one setting can be set and removed", () => {
  const text = "loss:\n  id: class-balanced-softmax\n  beta: 0.9 # low\nsampler: class-balanced\n";
  expect(setSetting(text, ["loss", "beta"], 0.9999)).toEqual<ProjectEdit>({
    text: text.replace("0.9 ", "0.9999 "),
    edits: [{ start: text.indexOf("0.9") + 3, end: text.indexOf("0.9") + 3, newText: "999" }],
  });
  expect(removeSetting(text, ["sampler"]).text).toBe(
    "loss:\n  id: class-balanced-softmax\n  beta: 0.9 # low\n",
  );
  expect(removeSetting(text, ["loss", "gamma"])).toEqual({ text, edits: [] });
  const noBeta = "loss:\n  id: class-balanced-softmax";
  expect(setSetting(noBeta, ["loss", "beta"], 0.99).text).toBe(`${noBeta}\n  beta: 0.99\n`);
});

test("a setting comes with its parent where that is missing", () => {
  const rule = ["rules", "imbalance/high"] as const;
  expect(setSetting("", rule, "off").text).toBe("rules:\n  imbalance/high: off\n");
  expect(setSetting("# mine\n", rule, "off").text).toBe("# mine\nrules:\n  imbalance/high: off\n");
  expect(setSetting("basis: images # x\n", rule, "off").text).toBe(
    "basis: images # x\nrules:\n  imbalance/high: off\n",
  );
  expect(setSetting("rules:\n    class/few: off\n", rule, "hint").text).toBe(
    "rules:\n    class/few: off\n    imbalance/high: hint\n",
  );
  for (const odd of ["rules: none", "rules: []", "rules: {}", "rules: # later\nbasis: images"]) {
    expect(parseProject(setSetting(odd, rule, "off").text)).toMatchObject({
      project: { rules: { "imbalance/high": "off" } },
      findings: [],
    });
  }
  expect(parseProject(setSetting("rules:\n", rule, "off").text).project?.rules).toEqual({
    "imbalance/high": "off",
  });
  expect(parseProject(setSetting("{basis: images}", rule, "off").text).project).toEqual({
    basis: "images",
    rules: { "imbalance/high": "off" },
  });
});

test("whatever stands there before, the loss is in the file afterwards and a second time changes nothing", () => {
  const newline = fc.constantFrom("\n", "\r\n");
  const top = fc.constantFrom(
    "# a comment",
    "",
    "basis: images # x",
    "rules:\n   class/few: off",
    "training: {epochs: 3}",
    "objective:\n  prior:\n    a: 1\n    # b\n    b: 2",
  );
  const lossText = fc.constantFrom(
    "",
    "loss:",
    "loss: {id: sigmoid-focal, gamma: 1}",
    "loss:\n    id: 'class-balanced-focal'\n    gamma: 3\n\n    # beta\n    beta: 0.5",
    "loss: # c\n  id: binary-cross-entropy\n  absent: clamp1",
  );
  const choices = fc
    .tuple(fc.constantFrom(...lossIds), fc.constantFrom(...samplerIds))
    .map(([loss, sampler]) => choice(loss, {}, sampler));
  fc.assert(
    fc.property(
      fc.uniqueArray(top),
      lossText,
      fc.uniqueArray(top),
      newline,
      fc.boolean(),
      choices,
      (...drawn) => {
        const [before, loss, after, ending, final, each] = drawn;
        const lines = [...before, loss, ...after.filter((line) => !before.includes(line))].join("\n");
        const text = edited((lines + (final ? "\n" : "")).replaceAll("\n", ending), each);
        const { project, findings } = parseProject(text);
        expect(findings).toEqual([]);
        const { id, ...parameters } = project?.loss ?? { id: "none" };
        expect(id).toBe(each.loss);
        expect(withDefaults(each.loss, parameters)).toEqual(each.parameters);
        for (const { name, kind, advanced } of losses[each.loss].parameters)
          if (kind === "number" && !advanced) expect(parameters).toHaveProperty(name);
        for (const line of [...before, ...after]) expect(text.replaceAll("\r\n", "\n")).toContain(line);
      },
    ),
    { numRuns: 300 },
  );
});
