/** What a user meets when setting up what trains: progress, a reason and a next step, or TensorFlow. */
import { spawnSync } from "node:child_process";
import { manifest } from "./editor.ts";
import { closeEditors, command, openFile, pick, type UiTest } from "./workbench.ts";

export const backendTests: readonly UiTest[] = [
  {
    title: "Setting TensorFlow up without a network says what to do instead",
    async run({ page, picture }) {
      // The palette lists what extensions bring once they are there.
      await openFile(page, manifest);
      await page.getByText("Compare losses").first().waitFor();
      await command(page, "Equipoise: Set Up TensorFlow");
      await pick(page, "Download TensorFlow 2.9");
      const message = page.locator(".notification-toast", { hasText: "cannot be reached" });
      await message.getByText("equipoise backend setup tensorflow --private").waitFor({ timeout: 60_000 });
      await picture("50-setup-unreachable");
      await command(page, "Notifications: Clear All Notifications");
      await message.waitFor({ state: "detached" });
    },
  },
  {
    title: "TensorFlow of a Python environment is set up, and trains from then on",
    async run({ page, picture, skip }) {
      if (!hasTensorflow()) return skip("no EQUIPOISE_PYTHON with TensorFlow");
      await command(page, "Equipoise: Set Up TensorFlow");
      await pick(page, "What is on the path");
      const message = page.locator(".notification-toast", { hasText: "Training runs on TensorFlow" });
      await message.waitFor({ timeout: 180_000 });
      await picture("51-setup-tensorflow");
      await command(page, "Notifications: Clear All Notifications");
      await closeEditors(page);
    },
  },
];

function hasTensorflow(): boolean {
  const python = process.env["EQUIPOISE_PYTHON"];
  const question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('tensorflow') is None)";
  return python !== undefined && spawnSync(python, ["-c", question]).status === 0;
}
