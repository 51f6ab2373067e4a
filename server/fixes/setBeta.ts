/** Sets beta to a value that acts on these counts. */

import { setSetting } from "#engine/project/edit.ts";
import { t } from "#protocol/l10n.ts";
import { choicesFor } from "./choices.ts";
import type { Fix } from "./fix.ts";
import { settingAction } from "./setting.ts";

export const setBeta: Fix = {
  id: "set-beta",
  codes: ["config/beta-no-effect", "config/out-of-range"],
  actions(question) {
    const { code, project, manifest, diagnostic } = question;
    const place = project?.places.get("loss.beta")?.value;
    const isBeta = place !== undefined && place.line - 1 === diagnostic.range.start.line;
    if (code === "config/out-of-range" && !isBeta) return [];
    const advised = choicesFor(manifest?.analysis).find(({ parameters }) => parameters["beta"] !== undefined);
    const beta = advised?.parameters["beta"];
    if (typeof beta !== "number") return [];
    return settingAction(
      question,
      t`Set beta to ${beta}`,
      (text) => setSetting(text, ["loss", "beta"], beta),
      true,
    );
  },
};
