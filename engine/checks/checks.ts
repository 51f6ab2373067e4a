/** Every check of counted classes; what concerns single lines the readers tell themselves. */
import type { Check, SplitCheck } from "./check.ts";
import { classDeclaredCount } from "./classDeclaredCount.ts";
import { classDuplicateName } from "./classDuplicateName.ts";
import { classEmpty } from "./classEmpty.ts";
import { classFew } from "./classFew.ts";
import { classIdGaps } from "./classIdGaps.ts";
import { classLookAlike } from "./classLookAlike.ts";
import { classSuperclass } from "./classSuperclass.ts";
import { imbalanceHigh } from "./imbalanceHigh.ts";
import { splitClassMissing } from "./splitClassMissing.ts";
import { splitDistanceHigh } from "./splitDistanceHigh.ts";
import { splitOverlap } from "./splitOverlap.ts";

export const checks: readonly Check[] = [
  imbalanceHigh,
  classFew,
  classEmpty,
  classDuplicateName,
  classLookAlike,
  classSuperclass,
  classIdGaps,
  classDeclaredCount,
];

/** Every check of what the splits of a data set are to each other. */
export const splitChecks: readonly SplitCheck[] = [splitClassMissing, splitDistanceHigh, splitOverlap];
