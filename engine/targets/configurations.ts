/**
 * Everything about training configurations in one module: server and command line load it, and the parsers behind it,
 * when they first meet such a file. `scripts/build.mjs` makes a bundle of its own of it.
 */
export { dataFiles, namedData } from "./links.ts";
export { substitutes } from "./substitutes.ts";
export { openTarget, targetOf, targets } from "./targets.ts";
export { type ConfigFinding, findTraps, isTrapFile } from "./traps/traps.ts";
export { filesBeside, insertInto } from "./writeInto.ts";
