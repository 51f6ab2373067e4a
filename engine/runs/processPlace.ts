/** Where a process runs, told so that another process knows whether it can ask for it. */
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import { isAlive } from "./process.ts";

/** A process as others on the same machine can find it. */
export interface ProcessPlace {
  readonly host: string;
  /** The start of the machine and the space of process numbers: containers have their own. */
  readonly machine: string;
  readonly process: number;
  /** When the process started, in ticks since the machine did; absent where the system does not tell. */
  readonly started?: string;
}

/** Returns the place of this process. */
export function ownPlace(): ProcessPlace {
  const started = startOf(process.pid);
  return {
    host: os.hostname(),
    machine: machine(),
    process: process.pid,
    ...(started === undefined ? {} : { started }),
  };
}

/** Whether a process runs, or ran, where this one can look for it: on this machine since its start. */
export function isOfThisMachine({ machine: where }: ProcessPlace): boolean {
  return where === machine();
}

/** Whether a process is known to have ended: only one of this machine can be, and a number may be another's by now. */
export function hasEnded(place: ProcessPlace): boolean {
  const { process: number, started } = place;
  if (!isOfThisMachine(place)) return false;
  if (!isAlive(number)) return true;
  return started !== undefined && startOf(number) !== started;
}

/** Whether a process is known to live: one of this machine whose start is the one that it told. */
export function isKnownAlive(place: ProcessPlace): boolean {
  const { process: number, started } = place;
  return isOfThisMachine(place) && started !== undefined && startOf(number) === started;
}

function machine(): string {
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const processes = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return [os.hostname(), boot, processes].filter((part) => part !== undefined).join(" ");
}

/** Field 22 of `/proc/<pid>/stat`, after the name in brackets, which may hold anything. */
function startOf(number: number): string | undefined {
  const text = attempt(() => readFileSync(`/proc/${number}/stat`, "utf8"));
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
