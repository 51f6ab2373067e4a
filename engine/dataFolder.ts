/** Where Equipoise keeps what is its own on this machine. */
import os from "node:os";
import { join, resolve } from "node:path";

/**
 * Equipoise's own folder for what is set up and kept on this machine: EQUIPOISE_HOME, else where the system keeps the
 * data of programs.
 */
export function dataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["EQUIPOISE_HOME"];
  if (own) return resolve(own);
  const home = os.homedir();
  if (process.platform === "darwin") return join(home, "Library", "Application Support", "equipoise");
  if (process.platform === "win32") {
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "equipoise");
  }
  return join(environment["XDG_DATA_HOME"] || join(home, ".local", "share"), "equipoise");
}
