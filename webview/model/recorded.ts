/** The run of another program that is on screen. */
import type { PanelSnapshot, RecordedRun } from "#protocol/panel.ts";

/** Undefined where a comparison of our own is shown, or nothing was trained. */
export function recordedRun({ recorded, recording }: PanelSnapshot): RecordedRun | undefined {
  return recording === undefined ? undefined : recorded?.find(({ id }) => id === recording);
}
