/** What the training process does for sweeps when asked. */
import { dirname, resolve } from "node:path";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { describeError } from "#protocol/dialogue.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepProgress, SweepRanking, TrialResult } from "#protocol/sweep.ts";
import type { SweepLook, SweepNotifications, SweepRequests } from "#protocol/sweepRequests.ts";
import { configurationTitles } from "#protocol/titles.ts";
import { claimOwner } from "./claim.ts";
import { kubernetesJob } from "./kubernetes.ts";
import { planSweep } from "./planSweep.ts";
import { runPool, usualWorkers } from "./pool.ts";
import { type Leaders, rankOn } from "./ranking.ts";
import { rayJobs } from "./ray/notes.ts";
import { claimsFolder, logPath, readResult, readResults } from "./results.ts";
import { slurmScript } from "./slurm.ts";
import { logTail, sweepStatus } from "./status.ts";
import { decidedOn, pathFrom, readSweep, type Sweep, trialCount, writeNewSweep } from "./sweepFile.ts";
import { sweepPathFor, usualChoices } from "./usualChoices.ts";
import { evidenceOf, leaderText, winnerOf } from "./winner.ts";
import { backendText, createSweepWorker, type SweepWorker } from "./worker.ts";

export type SweepService = {
  readonly [M in keyof SweepRequests]: (
    params: SweepRequests[M]["params"],
  ) => Promise<SweepRequests[M]["result"]>;
};

/** What the results folder of a sweep told last. */
interface Known {
  readonly results: ReadonlyMap<number, TrialResult>;
  readonly ranking: SweepRanking;
  readonly leaders: Leaders;
}

/** A pool of this process, and what is known of it. */
interface RunningPool {
  readonly path: string;
  readonly abort: AbortController;
  progress: SweepProgress | undefined;
}

/**
 * Gives the answers.
 * @param script the bundle of this process, of which a pool starts more.
 */
export function createSweepService(
  script: string,
  tellStep: (step: SweepNotifications["sweep/step"]) => void,
): SweepService {
  let current: { readonly key: string; readonly worker: Promise<SweepWorker> } | undefined;
  let training: AbortController | undefined;
  let pool: RunningPool | undefined;
  const problems = new Map<string, string>();
  const known = new Map<string, Known>();

  /** Results only come in addition, so that nothing is ranked again while their number is the same. */
  async function standOf(sweep: Sweep, root: string): Promise<Known> {
    const key = `${root}\n${sweep.file.id}`;
    const before = known.get(key);
    const results = await readResults(root, sweep.file.id, before?.results);
    if (before?.results.size === results.size) return before;
    const now = { results, ...(await rankOn(sweep.file, results.values(), root, before?.leaders)) };
    known.set(key, now);
    return now;
  }

  return {
    async "sweep/trial"({ path, root, index }) {
      if (training) throw new EquipoiseError("run/busy", "This process trains another trial.");
      const abort = new AbortController();
      training = abort;
      try {
        const key = `${path}\n${root}`;
        if (current?.key !== key) {
          const progress = (trial: number, step: number, steps: number): void =>
            tellStep({ index: trial, step, steps });
          const worker = readSweep(path).then((sweep) => createSweepWorker(sweep, { root, progress }));
          current = { key, worker };
        }
        return await (await current.worker).run(index, abort.signal);
      } catch (problem) {
        // A file that could not be read may be there the next time.
        current = undefined;
        throw problem;
      } finally {
        training = undefined;
      }
    },
    async "sweep/stop"() {
      training?.abort();
      pool?.abort.abort();
      return null;
    },
    async "sweep/plan"({ manifest, folder, seeds, backend }) {
      const { plan: proposed } = await proposeExperiment({ manifest, folder });
      const { test: _, ...plan } = { ...proposed, backend };
      const path = sweepPathFor(manifest);
      const configurations = (await usualChoices(plan)).map((choice) => ({ choice }));
      const numbers = Array.from({ length: seeds }, (_seed, i) => i + 1);
      const file = await planSweep({ plan, configurations, seeds: numbers, folder: dirname(path) });
      await writeNewSweep(path, file);
      return { path, trials: trialCount(file) };
    },
    async "sweep/look"({ path, root }) {
      const sweep = await readSweep(path);
      const problem = problems.get(path);
      return {
        ...(await look(sweep, root, await standOf(sweep, root))),
        ...(pool?.path === path && pool.progress ? { pool: pool.progress } : {}),
        ...(problem === undefined ? {} : { problem }),
      };
    },
    async "sweep/run"({ path, root, workers }) {
      if (pool) throw new EquipoiseError("run/busy", "A sweep runs already. Stop it, or wait for its end.");
      const mine: RunningPool = { path, abort: new AbortController(), progress: undefined };
      pool = mine;
      problems.delete(path);
      try {
        const sweep = await readSweep(path);
        mine.progress = {
          sweep: sweep.file.id,
          trials: trialCount(sweep.file),
          finished: 0,
          failed: 0,
          running: [],
        };
        void runPool(sweep, {
          root,
          script,
          workers: workers ?? usualWorkers(sweep.file.backend.threads),
          signal: mine.abort.signal,
          progress: (progress) => {
            mine.progress = progress;
          },
        })
          .then((end) => {
            if (end.kind === "given-up")
              problems.set(path, `${end.indices.length} trials took their process down. ${end.message}`);
          })
          .catch((problem: unknown) => problems.set(path, describeError(problem).message))
          .finally(() => {
            pool = undefined;
          });
      } catch (problem) {
        pool = undefined;
        throw problem;
      }
      return null;
    },
    async "sweep/log"({ path, root, index }) {
      const { file } = await readSweep(path);
      const ended = await readResult(root, file.id, index);
      const attempt = ended?.attempt ?? (await claimOwner(claimsFolder(root, file.id, index)))?.attempt ?? 1;
      return logTail(logPath(root, file.id, index, attempt), 200);
    },
    async "sweep/job"({ path, root, scheduler, program }) {
      const { file, folder } = await readSweep(path);
      if (scheduler === "slurm") {
        return slurmScript(file, {
          sweep: path,
          results: root,
          program,
          folder,
          volumeClaim: "equipoise-sweep",
        });
      }
      return kubernetesJob(file, {
        sweep: `/sweep/${pathFrom(root, path)}`,
        results: "/sweep",
        program: "/sweep/equipoise/cli.cjs",
        folder: "/sweep",
        volumeClaim: "equipoise-sweep",
      });
    },
    async "sweep/winner"({ path, root, configuration }) {
      const sweep = await readSweep(path);
      const { ranking } = await standOf(sweep, root);
      const winner = winnerOf(sweep.file, ranking, configuration);
      return {
        manifest: resolve(sweep.folder, sweep.file.plan.manifest),
        choice: winner.choice,
        evidence: evidenceOf(sweep.file, ranking, winner.configuration),
      };
    },
  };
}

async function look(sweep: Sweep, root: string, { results, ranking }: Known): Promise<SweepLook> {
  const { file } = sweep;
  const ray = await rayJobs(root, file.id);
  return {
    id: file.id,
    titles: configurationTitles(file.configurations),
    seeds: file.seeds.length,
    backend: backendText(file.backend),
    decidedOn: decidedOn(file),
    status: await sweepStatus(sweep, root, results),
    ranking,
    ...(ray ? { ray } : {}),
    ...(ranking.leader ? { verdict: leaderText(file, ranking, ranking.leader) } : {}),
  };
}
