// Starts and stops code-server. Everything that a run writes lives in one throw-away folder.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { editorInstallation } from "./editor.mjs";

/** User settings that make runs silent; the tests add those that make them repeatable. */
export const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.settings.enableNaturalLanguageSearch": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "json.schemaDownload.enable": false,
  "npm.fetchOnlinePackageInfo": false,
};

export const testSettings = {
  ...quietSettings,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.enabled": false,
  "editor.lightbulb.enabled": "on",
  "editor.accessibilitySupport": "off",
  "window.menuBarVisibility": "hidden",
  "workbench.editorLargeFileConfirmation": 4096, // a server asks from 10 MB on, and a test cannot answer
};

/**
 * Starts code-server on a loopback address and waits until it answers.
 *
 * `workspace` is the folder to open, `copy` whether to open a copy of it in the throw-away folder, `vsix` packages
 * to install first, `extensionDevelopmentPath` an unpacked extension to load as if it were installed, `env` additions
 * to the environment, `settings` the user settings, `trust` false for Restricted Mode, `smokeTestDriver` for suites
 * inside the extension host, `port` 0 for a free one, `beside` the files of a second folder by name: both folders are
 * then opened as one workspace.
 */
export async function startServer({
  workspace,
  copy = false,
  vsix = [],
  extensionDevelopmentPath,
  env = {},
  settings = testSettings,
  trust = true,
  smokeTestDriver = false,
  port = 0,
  beside,
}) {
  const editor = await editorInstallation();
  const dir = mkdtempSync(join(tmpdir(), "equipoise-editor-"));
  const folder = copy ? join(dir, "workspace") : workspace;
  if (copy) cpSync(workspace, folder, { recursive: true, filter: (path) => !path.includes(".equipoise") });
  writeSettings(dir, settings);
  const file = beside && writeWorkspace(dir, folder, beside);
  if (extensionDevelopmentPath) linkExtension(extensionDevelopmentPath, join(dir, "extensions"));
  const program = {
    node: editor.node,
    common: [editor.entry, ...placesIn(dir)],
    options: {
      env: cleanEnvironment({ EXTENSIONS_GALLERY: "{}", TMPDIR: dir, XDG_RUNTIME_DIR: dir, ...env }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  };
  for (const file of vsix)
    execFileSync(program.node, [...program.common, "--install-extension", file], program.options);
  const chosenPort = port || (await freePort());
  const flags = flagsFor({ port: chosenPort, trust, smokeTestDriver });
  const server = await launch(program, flags, `http://127.0.0.1:${chosenPort}`);
  return {
    dir,
    workspace: folder,
    ...server,
    ...addresses(chosenPort, file ? { workspace: file } : { folder }),
    stop: stopper(server, dir),
  };
}

function writeSettings(dir, settings) {
  mkdirSync(join(dir, "user", "User"), { recursive: true });
  writeFileSync(join(dir, "user", "User", "settings.json"), JSON.stringify(settings, null, 1));
  writeFileSync(join(dir, "config.yaml"), "");
}

/** A workspace of two folders, the second one of these files; gives the path of its description. */
function writeWorkspace(dir, folder, files) {
  const second = join(dir, "second");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(second, name)), { recursive: true });
    writeFileSync(join(second, name), text);
  }
  const file = join(dir, "two.code-workspace");
  writeFileSync(file, JSON.stringify({ folders: [{ path: folder }, { path: second }] }));
  return file;
}

function placesIn(dir) {
  const places = { config: "config.yaml", "user-data-dir": "user", "extensions-dir": "extensions" };
  return Object.entries(places).flatMap(([name, path]) => [`--${name}`, join(dir, path)]);
}

function flagsFor({ port, trust, smokeTestDriver }) {
  const flags = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry"];
  flags.push("--disable-update-check", "--disable-proxy", "--disable-file-downloads", "--ignore-last-opened");
  flags.push("--disable-getting-started-override");
  if (trust) flags.push("--disable-workspace-trust");
  // A built VS Code ignores the test entries of the address unless this is on.
  if (smokeTestDriver) flags.push("--vscode-option", "enable-smoke-test-driver");
  return flags;
}

/** Starts the process and waits until it answers at `base`. */
async function launch({ node, common, options }, flags, base) {
  // Leader of a process group of its own, so that nothing it starts outlives the run.
  const child = spawn(node, [...common, ...flags], { ...options, detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      log += text;
      if (process.env.EQUIPOISE_VERBOSE) process.stderr.write(text);
    });
  const killAtExit = () => signal(-child.pid, "SIGKILL");
  process.once("exit", killAtExit);
  try {
    await waitUntilItAnswers(base, child, () => log);
  } catch (problem) {
    killAtExit();
    throw problem;
  }
  return {
    child,
    killAtExit,
    log: () => log,
    /** Resolves when the server has ended. */
    ended: new Promise((resolve) => child.once("exit", resolve)),
  };
}

function addresses(port, opened) {
  /** The address of the workbench with a payload: the key and value pairs of VS Code's own remote tests. */
  const url = (payload = []) => {
    const query = new URLSearchParams(opened);
    if (payload.length > 0) query.set("payload", JSON.stringify(payload));
    return `http://127.0.0.1:${port}/?${query}`;
  };
  return {
    url,
    /** What to open in a browser. */
    address: url(),
    remoteUri: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
  };
}

/** Ends the server and what it has started, gently first, and removes its folder unless that is to be kept. */
function stopper({ child, killAtExit }, dir) {
  return async ({ keep = false } = {}) => {
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    signal(child.pid, "SIGTERM");
    await until(ended, 5000);
    await until(() => !signal(-child.pid, 0), 3000); // the rest ends by itself ...
    signal(-child.pid, "SIGKILL"); // ... or is ended
    process.removeListener("exit", killAtExit);
    if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}

/** Puts an unpacked extension where installed ones are. */
function linkExtension(folder, extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  mkdirSync(extensions, { recursive: true });
  symlinkSync(folder, join(extensions, `${publisher}.${name}-${version}`), "junction");
}

/** The environment without what a shell of an outer VS Code would redirect the command line with. */
function cleanEnvironment(additions) {
  const env = { ...process.env, ...additions };
  for (const name of Object.keys(env))
    if (/^(VSCODE_|CODE_SERVER|NODE_OPTIONS$|ELECTRON_|PORT$|PASSWORD$)/.test(name)) delete env[name];
  return env;
}

async function waitUntilItAnswers(base, child, log) {
  for (const limit = Date.now() + 60_000; ; ) {
    if (child.exitCode !== null) throw new Error(`The editor ended with code ${child.exitCode}:\n${log()}`);
    if (
      await fetch(`${base}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    if (Date.now() > limit) throw new Error(`The editor does not answer at ${base} after 60 s:\n${log()}`);
    await pause(50);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

async function until(done, milliseconds) {
  for (const end = Date.now() + milliseconds; !done() && Date.now() < end; ) await pause(50);
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Ends the script on a signal by way of its exit handlers, so that no server or browser outlives it. */
export function exitOnSignals() {
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
  for (const [name, code] of Object.entries(codes)) process.once(name, () => process.exit(code));
}
