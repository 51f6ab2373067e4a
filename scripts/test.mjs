// npm test: lint, types, unit tests, the engine package, and the suites in a real VS Code. With --real also the real data
// and a sweep on a real Ray cluster.
import { projectSteps, realSteps, runSteps } from "./steps.mjs";

await runSteps(process.argv.includes("--real") ? [...projectSteps, ...realSteps] : projectSteps);
