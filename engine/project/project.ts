/** `equipoise.yaml`: reading, checking and editing it. The panel, the server and the command line write it through here. */
export { type Baseline, baselineName, baselineText, parseBaseline, withoutAccepted } from "./baseline.ts";
export type { CheckContext } from "./check.ts";
export { checkProject } from "./checks.ts";
export { editProject, type ProjectChange, type ProjectEdit, removeSetting, setSetting } from "./edit.ts";
export { type ProjectFinding, placeOf } from "./finding.ts";
export { insertChoice } from "./insertChoice.ts";
export { type ParsedProject, parseProject } from "./parse.ts";
export { countsHash, countsText, type Provenance } from "./provenance.ts";
export { applyRules, relativeName, rulesFor, withoutIgnored } from "./rules.ts";
