/** Who says so, as recommendations cite it; papers are named in the vocabulary of losses. */

import { t } from "#protocol/l10n.ts";
/** Linear heads and small networks, 42 settings, 5 seeds: docs/advice.md. */
export const measured: string = t`measured by Equipoise on 32 tasks from 17 public sets`;
