import { expect, it } from "vitest";
import type { RayJob } from "#engine/sweep/ray/api.ts";
import { judge } from "#engine/sweep/ray/endings.ts";

function kindOf(
  job: Partial<RayJob> | undefined,
  missing: readonly number[] = [4, 5],
  hasLog = true,
): string {
  const whole: RayJob | undefined = job && { status: "FAILED", message: "", ...job };
  return judge("job", whole, missing, hasLog).kind;
}

it("tells what a job's end means for the trials that have no result", () => {
  expect(kindOf({ status: "FAILED" }, [])).toBe("done");
  expect(kindOf(undefined)).toBe("lost");
  expect(kindOf({ status: "STOPPED" })).toBe("stopped");
  expect(kindOf({ exitCode: 75 })).toBe("held");
  for (const exitCode of [2, 65, 69, 73, 126, 127]) expect(kindOf({ exitCode })).toBe("refused");
  for (const exitCode of [1, 70, 137]) expect(kindOf({ exitCode })).toBe("lost");
  expect(kindOf({ error: "JOB_SUPERVISOR_ACTOR_START_TIMEOUT" })).toBe("no-room");
  expect(kindOf({ error: "RUNTIME_ENV_SETUP_FAILURE" })).toBe("not-begun");
  expect(kindOf({ status: "SUCCEEDED" }, [4], false)).toBe("not-begun");
  expect(kindOf({ error: "JOB_SUPERVISOR_ACTOR_DIED" })).toBe("lost");
});

it("names the first trial without a result, and what the worker complained about last", () => {
  const message = "Job failed, last lines:\nequipoise: one\nequipoise: the node burns.\nbye";
  expect(judge("job", { status: "FAILED", message, exitCode: 1 }, [4, 5], true)).toEqual({
    kind: "lost",
    index: 4,
    message: "job ended with trial 4 under way (the node burns)",
  });
});
