/** Every fix, in the order in which their actions are offered. */
import { compareLosses } from "./compareLosses.ts";
import { correctWord } from "./correctWord.ts";
import { documentation } from "./documentation.ts";
import type { Fix } from "./fix.ts";
import { insertIntoConfig } from "./insertIntoConfig.ts";
import { insertLoss } from "./insertLoss.ts";
import { keepOneCorrection } from "./keepOneCorrection.ts";
import { mendTrap } from "./mendTrap.ts";
import { renewCounts } from "./renewCounts.ts";
import { setBeta } from "./setBeta.ts";
import { turnOffRule } from "./turnOffRule.ts";

export const fixes: readonly Fix[] = [
  insertLoss,
  insertIntoConfig,
  mendTrap,
  correctWord,
  setBeta,
  renewCounts,
  keepOneCorrection,
  compareLosses,
  turnOffRule,
  documentation,
];
