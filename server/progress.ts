/** Progress of work that somebody waits for, shown once it takes long, with a way to end it. */
import type { Connection } from "vscode-languageserver";
import type { House } from "./features/feature.ts";

/** Milliseconds after which work shows that it runs. */
export const patience = 300;

/** Bytes of a file that takes longer than that on any machine. */
export const longFile: number = 256 << 20;

export interface Reporter {
  /** `share` from 0 to 1. */
  report(share: number, message: string): void;
  /** Aborted by the request or by the person who sees the progress. */
  readonly signal: AbortSignal;
}

/** Does the work and gives its result. */
export async function withProgress<T>(
  title: string,
  { connection, house, signal }: { connection: Connection; house: House; signal: AbortSignal },
  work: (reporter: Reporter) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  let shown: { report(share: number, message: string): void; end(): void } | undefined;
  let ended = false;
  const show = async (): Promise<void> => {
    const progress = await connection.window.createWorkDoneProgress();
    if (ended) return;
    progress.begin(title, 0, undefined, true);
    const cancelling = progress.token.onCancellationRequested(() => controller.abort());
    shown = {
      report: (share, message) => progress.report(Math.min(100, Math.floor(100 * share)), message),
      end() {
        cancelling.dispose();
        progress.done();
      },
    };
  };
  const timer = setTimeout(() => {
    if (house.client.workDoneProgress) show().catch(house.log);
  }, patience);
  try {
    return await work({
      report: (share, message) => shown?.report(share, message),
      signal: controller.signal,
    });
  } finally {
    ended = true;
    clearTimeout(timer);
    shown?.end();
    signal.removeEventListener("abort", abort);
  }
}
