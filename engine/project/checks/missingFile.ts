import { t } from "#protocol/l10n.ts";
import { type ProjectCheck, placeOfSetting } from "../check.ts";
import { finding, type ProjectFinding } from "../finding.ts";

/** A file that the settings name and that is not there. */
export const missingFile: ProjectCheck = {
  code: "config/missing-file",
  async run(input) {
    const { project, exists } = input;
    if (!exists) return [];
    const named: readonly (readonly [string, string | undefined])[] = [
      ["manifest", project.manifest],
      ["train.inputs", project.train?.inputs],
      ["train.labels", project.train?.labels],
      ["test.inputs", project.test?.inputs],
      ["test.labels", project.test?.labels],
    ];
    const findings: ProjectFinding[] = [];
    for (const [setting, path] of named) {
      if (path === undefined || (await exists(path))) continue;
      const shown = path.length > 60 ? `…${path.slice(-59)}` : path;
      const message = t`${shown} does not exist. ${setting} is relative to the folder of this file.`;
      findings.push(finding("config/missing-file", "error", placeOfSetting(input, setting), message));
    }
    return findings;
  },
};
