import { editProject, parseProject } from "#engine/project/project.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses, lossIds, samplerIds } from "#protocol/losses.ts";
import { basename } from "./fileName.ts";
import type { Target } from "./target.ts";

/** `equipoise.yaml`: takes every loss, and is what Equipoise itself trains from. */
export const projectTarget: Target = {
  id: "equipoise",
  title: "equipoise.yaml",
  accepts: { losses: lossIds, samplers: samplerIds, order: "that of the manifest" },
  recognises: (fileName) => basename(fileName) === "equipoise.yaml",
  presentLoss(text) {
    const { project, places } = parseProject(text);
    const place = places.get("loss.id")?.value;
    if (!project?.loss || !place) return undefined;
    const lines = text.split("\n");
    const before = lines.slice(0, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    return {
      name: losses[project.loss.id].title,
      start: before + place.column - 1,
      end: before + place.endColumn - 1,
    };
  },
  insert(text, change) {
    try {
      return { kind: "edit", ...editProject(text, change), notes: [] };
    } catch (problem) {
      if (!(problem instanceof EquipoiseError)) throw problem;
      return { kind: "refusal", reason: problem.message };
    }
  },
};
