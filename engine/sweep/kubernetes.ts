/** A sweep as a Kubernetes Indexed Job, to be read and applied by its user. */
import { stringify } from "yaml";
import { EquipoiseError } from "#protocol/errors.ts";
import { type SweepFile, type SweepJob, sweepExitCodes } from "#protocol/sweep.ts";
import { batchesOf } from "./batches.ts";

/** Kubernetes' own limit for jobs with a back-off per index. */
const mostCompletions = 100_000;

/**
 * Returns the text of a job. Throws `settings/invalid` for a name or an amount that Kubernetes does not take.
 */
export function kubernetesJob(file: SweepFile, job: SweepJob): string {
  const name = job.name ?? file.id;
  requireName("name", name);
  requireName("volume claim", job.volumeClaim);
  const batches = batchesOf(file, job.batch ?? 1);
  if (batches > mostCompletions) {
    throw new EquipoiseError(
      "settings/invalid",
      `${batches} indices are more than Kubernetes takes. Give a larger --batch.`,
    );
  }
  return `${heading(file, job)}${stringify(manifest(file, job, name, batches), { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function heading(file: SweepFile, job: SweepJob): string {
  const { id, threads } = file.backend;
  return [
    `# ${file.id}: written by equipoise sweep kubernetes. Read it, then: kubectl apply -f FILE`,
    `# The volume claim ${job.volumeClaim} holds the data, the sweep file and the program (the dist folder of Equipoise), and takes the`,
    `# results; it is mounted at ${job.folder} and has to be ReadWriteMany where pods run on several nodes.`,
    `# Every trial trains on ${id} with ${threads} ${threads === 1 ? "thread" : "threads"}, and refuses where that is not there.`,
    "",
  ].join("\n");
}

function manifest(file: SweepFile, job: SweepJob, name: string, completions: number): unknown {
  const container = "trial";
  const exit = (action: string, values: readonly number[]): unknown => ({
    action,
    onExitCodes: { containerName: container, operator: "In", values: [...values].sort((a, b) => a - b) },
  });
  const { usage, dataChanged, failed, tryAgain } = sweepExitCodes;
  const labels = { "app.kubernetes.io/name": "equipoise", "equipoise/sweep": file.id };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, ...(job.namespace === undefined ? {} : { namespace: job.namespace }), labels },
    spec: {
      completionMode: "Indexed",
      completions,
      parallelism: Math.min(job.parallel ?? 10, completions),
      // Of each index: a pod that is killed goes on from its checkpoint, one that fails again and again takes no other with it.
      backoffLimitPerIndex: job.retries ?? 3,
      podFailurePolicy: {
        rules: [
          exit("FailJob", [usage, dataChanged]),
          exit("FailIndex", [failed]),
          exit("Ignore", [tryAgain]),
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name: container,
              image: job.image ?? "node:22-bookworm-slim",
              command: trialCommand(job),
              resources: resourcesOf(file, job),
              volumeMounts: [{ name: "sweep", mountPath: job.folder }],
            },
          ],
          volumes: [{ name: "sweep", persistentVolumeClaim: { claimName: job.volumeClaim } }],
        },
      },
    },
  };
}

/** Kubernetes expands `$(NAME)` in commands and takes `$$` for `$`. */
function trialCommand({ program, sweep, results, batch = 1, node = "node" }: SweepJob): string[] {
  const words = [node, program, "train", "--sweep", sweep, "--results", results];
  return [...words, ...(batch > 1 ? ["--batch", String(batch)] : [])].map((word) =>
    word.replaceAll("$(", "$$("),
  );
}

function resourcesOf({ backend }: SweepFile, { cpus, memory = "2Gi", gpus = 0 }: SweepJob): unknown {
  if (!/^\d+(\.\d+)?([kMGTPE]i?)?$/.test(memory)) {
    throw new EquipoiseError(
      "settings/invalid",
      `memory ${memory}: expected an amount such as 2Gi or 500Mi.`,
    );
  }
  const gpu = gpus > 0 ? { "nvidia.com/gpu": gpus } : {};
  const amount = { cpu: String(cpus ?? backend.threads), memory };
  return { requests: { ...amount, ...gpu }, limits: { memory, ...gpu } };
}

/** DNS labels: RFC 1123. */
function requireName(what: string, name: string): void {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new EquipoiseError(
    "settings/invalid",
    `${what} ${name}: Kubernetes takes up to 63 lower-case letters, digits and dashes, with a letter or digit at both ends.`,
  );
}
