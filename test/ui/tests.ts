/** The user interface tests in the order in which they run. */
import { backendTests } from "./backends.ts";
import { editorTests } from "./editor.ts";
import { languageTests } from "./language.ts";
import { panelTests } from "./panel.ts";
import { rayTests } from "./ray.ts";
import { reloadTests } from "./reload.ts";
import { surroundingsTests } from "./surroundings.ts";
import { sweepTests } from "./sweep.ts";
import { viewerTests } from "./viewer.ts";
import type { UiTest } from "./workbench.ts";

export const tests: readonly UiTest[] = [
  ...editorTests,
  ...viewerTests,
  ...surroundingsTests,
  ...languageTests,
  ...panelTests,
  ...reloadTests,
  ...sweepTests,
  ...rayTests,
  ...backendTests,
];
