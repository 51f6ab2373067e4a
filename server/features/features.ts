/** Every feature of the server. */
import { codeActions } from "./codeActions.ts";
import { codeLens } from "./codeLens.ts";
import { completion } from "./completion.ts";
import { definition } from "./definition.ts";
import { diagnostics } from "./diagnostics.ts";
import { documentLinks } from "./documentLinks.ts";
import { documentSymbols } from "./documentSymbols.ts";
import type { Feature } from "./feature.ts";
import { hover } from "./hover.ts";
import { inlayHints } from "./inlayHints.ts";
import { reading } from "./reading.ts";
import { rename } from "./rename.ts";
import { requests } from "./requests.ts";
import { rows } from "./rows.ts";
import { scriptEdits } from "./scriptEdits.ts";
import { service } from "./service.ts";

export const features: readonly Feature[] = [
  diagnostics,
  codeLens,
  hover,
  inlayHints,
  completion,
  codeActions,
  documentSymbols,
  documentLinks,
  definition,
  rename,
  requests,
  scriptEdits,
  rows,
  service,
  reading,
];
