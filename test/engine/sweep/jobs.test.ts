import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Job } from "kubernetes-models/batch/v1/Job";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { trialsOfBatch } from "#engine/sweep/batches.ts";
import { kubernetesJob } from "#engine/sweep/kubernetes.ts";
import { readResults } from "#engine/sweep/results.ts";
import { slurmScript } from "#engine/sweep/slurm.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { SweepFile, SweepJob } from "#protocol/sweep.ts";
import { bundleFolder } from "../../bundles.ts";
import { temporaryFolder } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

const job: SweepJob = {
  sweep: "/sweep/tiny.sweep.json",
  results: "/sweep",
  program: "/sweep/equipoise/cli.cjs",
  folder: "/sweep",
  volumeClaim: "equipoise-sweep",
};

/** So many trials without planning them. */
async function fileOf(trials: number): Promise<SweepFile> {
  const { file } = await tinySweep(temporaryFolder());
  const [first] = file.configurations;
  return {
    ...file,
    seeds: [1],
    configurations: Array.from({ length: trials }, () => first as NonNullable<typeof first>),
  };
}

describe("a Kubernetes job", () => {
  it("fits the published schema of batch/v1, whatever was asked for", async () => {
    const file = await fileOf(40);
    for (const more of [
      {},
      {
        batch: 7,
        parallel: 4,
        cpus: 2,
        gpus: 1,
        memory: "500Mi",
        retries: 1,
        namespace: "team",
        image: "me/it:1",
      },
    ]) {
      const text = kubernetesJob(file, { ...job, ...more });
      const model = new Job(parse(text));
      expect(() => model.validate()).not.toThrow();
    }
    const { spec, ...broken } = parse(kubernetesJob(file, job));
    expect(() => new Job({ ...broken, spec: { ...spec, completions: "40" } }).validate()).toThrow(
      /completions/,
    );
    expect(() => new Job({ ...broken, spec: { completions: 4 } } as never).validate()).toThrow(/template/);
  });

  it("runs each index once, tells exit codes apart, and mounts the volume", async () => {
    const { spec } = parse(kubernetesJob(await fileOf(40), { ...job, batch: 7, parallel: 100 }));
    expect(spec).toMatchObject({
      completionMode: "Indexed",
      completions: 6,
      parallelism: 6,
      backoffLimitPerIndex: 3,
    });
    expect(
      spec.podFailurePolicy.rules.map(
        ({ action, onExitCodes }: { action: string; onExitCodes?: { values: number[] } }) => [
          action,
          onExitCodes?.values,
        ],
      ),
    ).toEqual([
      ["FailJob", [2, 65]],
      ["FailIndex", [1]],
      ["Ignore", [75]],
      ["Ignore", undefined],
    ]);
    const pod = spec.template.spec;
    expect(pod.restartPolicy).toBe("Never");
    expect(pod.containers[0].command).toEqual([
      "node",
      "/sweep/equipoise/cli.cjs",
      "train",
      "--sweep",
      "/sweep/tiny.sweep.json",
      "--results",
      "/sweep",
      "--batch",
      "7",
    ]);
    expect(pod.containers[0].resources).toEqual({
      requests: { cpu: "1", memory: "2Gi" },
      limits: { memory: "2Gi" },
    });
    expect(pod.volumes[0].persistentVolumeClaim.claimName).toBe("equipoise-sweep");
  });

  it("refuses names and amounts that Kubernetes does not take", async () => {
    const file = await fileOf(4);
    expect(() => kubernetesJob(file, { ...job, name: "My Sweep" })).toThrow(
      "name My Sweep: Kubernetes takes",
    );
    expect(() => kubernetesJob(file, { ...job, volumeClaim: "a/b" })).toThrow("volume claim a/b");
    expect(() => kubernetesJob(file, { ...job, memory: "much" })).toThrow("memory much: expected an amount");
  });
});

const root = fileURLToPath(new URL("../../..", import.meta.url));
const own = join(root, ".cache/shellcheck/usr/bin/shellcheck");
const shellcheck = [own, "shellcheck"].find(
  (path) => (path !== own || existsSync(own)) && spawnSync(path, ["--version"]).status === 0,
);
if (!shellcheck)
  console.warn(
    "SHELLCHECK IS NOT HERE: generated Slurm scripts are not checked by it. apt-get install shellcheck",
  );

const hostile = { ...job, sweep: "/data/it's $HOME `x`/a b.sweep.json", results: '/data/"quoted" & more' };

describe("a Slurm script", () => {
  it.skipIf(!shellcheck)("passes shellcheck, with hostile paths too", async () => {
    const folder = temporaryFolder();
    const file = await fileOf(4);
    for (const [i, each] of [
      job,
      hostile,
      { ...job, gpus: 1, partition: "gpu", parallel: 3, batch: 2 },
    ].entries()) {
      const script = join(folder, `${i}.sh`);
      writeFileSync(script, slurmScript(file, each));
      execFileSync(shellcheck as string, [script], { stdio: "inherit" });
    }
  });

  it("keeps the array within Slurm's usual limit, and refuses what no script can have", async () => {
    expect(slurmScript(await fileOf(10_000), job)).toContain("#SBATCH --array=0-999\n");
    expect(slurmScript(await fileOf(10_000), job)).toContain("--batch 10 &");
    const file = await fileOf(40);
    expect(slurmScript(file, { ...job, parallel: 8 })).toContain("#SBATCH --array=0-39%8\n");
    expect(() => slurmScript(file, { ...job, sweep: "/a\nrm -rf /" })).toThrow("expected one line");
    expect(() => slurmScript(file, { ...job, memory: "lots" })).toThrow("memory lots");
    expect(() => slurmScript(file, { ...job, time: "soon" })).toThrow("time soon");
    expect(trialsOfBatch(2, 4, 10)).toEqual([8, 9]);
    expect(trialsOfBatch(3, 4, 10)).toEqual([]);
  });
});

/** What sbatch does with an array, one task after the other, and scontrol requeue: the task once more. */
const sbatch = `#!/bin/bash
set -eu
array=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$1")
for ((task = 0; task <= array; task++)); do
  for ((restart = 0; restart < 3; restart++)); do
    rm -f "$STUB/requeue"
    SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task SLURM_RESTART_COUNT=$restart bash "$1" || echo "task $task: $?" >> "$STUB/failed"
    [ -e "$STUB/requeue" ] || break
  done
done
`;
const scontrol = `#!/bin/bash
echo "$@" >> "$STUB/scontrol.log"
touch "$STUB/requeue"
`;

describe("an array under a stub sbatch", { timeout: 180_000 }, () => {
  const bundles = bundleFolder();
  beforeAll(() => bundles.build({ cli: "cli/main.ts", engine: "engine/main.ts" }), 60_000);
  afterAll(() => bundles.remove());

  it("trains every trial, skips none and repeats none, with the same figures as without Slurm", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 2, backend: "wasm" });
    const stub = join(sweep.folder, "stub");
    mkdirSync(stub);
    for (const [name, text] of Object.entries({ sbatch, scontrol })) {
      writeFileSync(join(stub, name), text);
      chmodSync(join(stub, name), 0o755);
    }
    const results = join(sweep.folder, "it's shared");
    const script = join(stub, "sweep.sh");
    const program = join(bundles.folder, "cli.cjs");
    writeFileSync(
      script,
      slurmScript(sweep.file, {
        ...job,
        sweep: sweep.path,
        results,
        program,
        node: process.execPath,
        batch: 3,
      }),
    );
    const env = { ...process.env, PATH: `${stub}:${process.env["PATH"]}`, STUB: stub };
    const out = execFileSync("sbatch", [script], { env, encoding: "utf8" });
    expect(out.match(/^trial \d+: /gm)).toEqual(["trial 0: ", "trial 1: ", "trial 2: ", "trial 3: "]);
    expect(existsSync(join(stub, "failed"))).toBe(false);
    const trained = await readResults(results, sweep.file.id);
    expect([...trained.keys()]).toEqual([0, 1, 2, 3]);
    const alone = await createSweepWorker(sweep).run(2);
    expect("result" in alone && alone.result).toMatchObject({
      metrics: (trained.get(2) as { metrics?: unknown }).metrics,
    });
    const again = execFileSync("sbatch", [script], { env, encoding: "utf8" });
    expect(again.match(/had ended before/g)).toHaveLength(4);
  });

  it("puts a task back into the queue that was told to stop, and fails the one that cannot be trained", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const stub = join(sweep.folder, "stub");
    mkdirSync(stub);
    const program = join(stub, "stopped.cjs");
    // Ends as an interrupted trial does, until it is begun the second time.
    writeFileSync(program, "process.exit(process.env.SLURM_RESTART_COUNT === '0' ? 75 : 1)");
    for (const [name, text] of Object.entries({ sbatch, scontrol })) {
      writeFileSync(join(stub, name), text);
      chmodSync(join(stub, name), 0o755);
    }
    const script = join(stub, "sweep.sh");
    writeFileSync(script, slurmScript(sweep.file, { ...job, program, node: process.execPath, batch: 4 }));
    execFileSync("sbatch", [script], {
      env: { ...process.env, PATH: `${stub}:${process.env["PATH"]}`, STUB: stub },
    });
    expect(readFileSync(join(stub, "scontrol.log"), "utf8")).toBe("requeue 7_0\n");
    expect(readFileSync(join(stub, "failed"), "utf8")).toBe("task 0: 1\n");
  });
});
