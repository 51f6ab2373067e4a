import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
import { cleanUp, extension, measured, sample, until, workspaceFile } from "./helpers.ts";

describe("a comparison of losses", () => {
  let api: ExtensionForTests;
  before(async () => {
    api = await extension();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("equipoise.stopTraining");
    await until("the training to end", () => !isRunning());
    await cleanUp();
  });
  after(() => rmSync(workspaceFile(".equipoise").fsPath, { recursive: true, force: true }));

  /** Milliseconds for what may have to start a process first. */
  const slow = 60_000;
  const isRunning = (): boolean => {
    const kind = api.experiment()?.state.kind;
    return kind === "running" || kind === "preparing";
  };
  const epochsToPanel = (): number =>
    api.toPanel.reduce((sum, one) => sum + (one.kind === "update" ? one.update.epochs.length : 0), 0);

  /** Messages to the panel from now on; only the newest are kept, so that counting them all tells nothing. */
  function fromNow(): () => ExtensionForTests["toPanel"] {
    const known = new Set(api.toPanel);
    return () => api.toPanel.filter((message) => !known.has(message));
  }
  const hasEpochs = (messages: ExtensionForTests["toPanel"]): boolean =>
    messages.some((one) => one.kind === "update" && one.update.epochs.length > 0);

  async function start(): Promise<void> {
    await vscode.commands.executeCommand("equipoise.compareLosses", sample().toString());
    await until("the training to run", isRunning);
  }

  it("runs in a process of its own and reports to the panel as it goes", async () => {
    const before = epochsToPanel();
    await start();
    assert.notEqual(api.enginePid(), process.pid);
    await until("epochs in the panel", () => epochsToPanel() >= before + 3, 60_000);
    const ratios = api.toPanel.flatMap((one) => (one.kind === "update" ? one.update.gradients : []));
    assert.ok(ratios[0]?.accumulated.positive instanceof Float64Array, "typed arrays arrive as typed arrays");
    assert.ok(api.fromPanel.some(({ kind }) => kind === "ready"));
  });

  it("stops when asked, keeping what is done", async () => {
    await start();
    const begun = performance.now();
    assert.equal(await vscode.commands.executeCommand("equipoise.stopTraining"), true);
    await until("the state", () => api.experiment()?.state.kind === "stopped", 5000);
    measured({ stopMs: Math.round(performance.now() - begun) });
  });

  it("is shown whole again after its panel was hidden", async () => {
    await start();
    const ready = (): number => api.fromPanel.filter(({ kind }) => kind === "ready").length;
    await until("the panel", () => ready() > 0);
    const before = ready();
    const group = await until("the panel in front", () =>
      vscode.window.tabGroups.all.find(({ activeTab }) => activeTab?.input instanceof vscode.TabInputWebview),
    );
    await vscode.window.showTextDocument(sample(), { viewColumn: group.viewColumn, preview: false });
    await vscode.commands.executeCommand("equipoise.openLossLab");
    await until("the page to be rebuilt", () => ready() > before);
    const restored = await until("the snapshot", () => {
      const last = api.toPanel.findLast(({ kind }) => kind === "snapshot");
      return last?.kind === "snapshot" && last.snapshot.experiment;
    });
    assert.equal(restored.id, api.experiment()?.id);
  });

  it("goes on by itself in a new process when its own is killed", async function () {
    this.timeout(4 * slow);
    await start();
    const begun = fromNow();
    await until("epochs in the panel", () => hasEpochs(begun()), slow);
    const pid = api.enginePid();
    assert.ok(pid);
    const killed = api.experiment()?.id;
    process.kill(pid, "SIGKILL");
    await until("the new process", () => isRunning() && api.enginePid() !== pid, slow);
    // Updates reach the panel in batches, ten times a second: a quick new process leaves no trace of the failure.
    for (const one of begun())
      if (one.kind === "update" && one.update.state.kind === "failed")
        assert.match(one.update.state.message, /training process ended.*SIGKILL/i);
    assert.equal(api.experiment()?.id, killed, "the same comparison goes on");
    const resumed = fromNow();
    await until("epochs of the new process", () => hasEpochs(resumed()), slow);

    const reloaded = fromNow();
    await vscode.commands.executeCommand("workbench.action.webview.reloadWebviewAction");
    const kept = await until("the panel to be filled anew", () => {
      const last = reloaded().findLast(({ kind }) => kind === "snapshot");
      return last?.kind === "snapshot" && last.snapshot.experiment;
    });
    assert.equal(kept.id, killed);
    assert.ok(
      kept.runs.some(({ epochs }) => epochs.length > 0),
      "what was trained is kept",
    );
  });

  it("is told as silent when its process does not answer, can be ended, and goes on", async function () {
    if (process.platform === "win32") this.skip();
    this.timeout(6 * slow);
    await start();
    const begun = fromNow();
    await until("epochs in the panel", () => hasEpochs(begun()), slow);
    const { enginePid, experiment } = { enginePid: api.enginePid(), experiment: api.experiment()?.id };
    assert.ok(enginePid);
    const silence = (isSilent: boolean): boolean => {
      const last = api.toPanel.findLast((one) => one.kind === "silent");
      return last?.kind === "silent" && last.isSilent === isSilent;
    };
    process.kill(enginePid, "SIGSTOP");
    try {
      await until("the panel to be told", () => silence(true), 60_000);
      process.kill(enginePid, "SIGCONT");
      await until("the panel to hear that it answers again", () => silence(false), 60_000);
      assert.equal(api.enginePid(), enginePid, "nothing was ended meanwhile");

      process.kill(enginePid, "SIGSTOP");
      await until("the panel to be told once more", () => silence(true), 60_000);
    } catch (problem) {
      process.kill(enginePid, "SIGCONT");
      throw problem;
    }
    api.hearPanel({ kind: "kill" });
    await until("the new process", () => isRunning() && api.enginePid() !== enginePid, slow);
    assert.equal(api.experiment()?.id, experiment, "the same comparison goes on");
    await until("it to answer", () => silence(false), slow);
    const resumed = fromNow();
    await until("epochs of the new process", () => hasEpochs(resumed()), slow);
  });

  it("is listed with the earlier ones, which open and stand side by side", async () => {
    const short = async (seeds: number): Promise<string> => {
      const proposal = await until(
        "a proposal",
        () => {
          const last = api.toPanel.findLast((one) => one.kind === "snapshot");
          return last?.kind === "snapshot" && last.snapshot.proposal;
        },
        slow,
      );
      const before = api.experiment()?.id;
      api.hearPanel({ kind: "start", plan: { ...proposal.plan, epochs: 1, seeds } });
      // It may end before it is seen running.
      await until("the start", () => api.experiment()?.id !== before, slow);
      await until("the end", () => api.experiment()?.state.kind === "finished", 60_000);
      return api.experiment()?.id ?? "";
    };
    await vscode.commands.executeCommand("equipoise.openLossLab", sample().toString());
    const first = await short(1);
    const second = await short(2);
    const listed = (): readonly string[] | undefined => {
      const last = api.toPanel.findLast((one) => one.kind === "comparisons" || one.kind === "snapshot");
      const all = last?.kind === "comparisons" ? last.comparisons : undefined;
      return all?.map(({ id }) => id);
    };
    await until("the list", () => listed()?.slice(0, 2).join() === [second, first].join(), slow);

    api.hearPanel({ kind: "show-comparison", id: first });
    const opened = await until(
      "the earlier one",
      () => {
        const last = api.toPanel.findLast((one) => one.kind === "snapshot");
        return last?.kind === "snapshot" && last.snapshot.opened === first && last.snapshot.experiment;
      },
      slow,
    );
    assert.equal(opened.id, first);
    assert.equal(opened.plan.seeds, 1);
    assert.ok(opened.runs.every(({ gradients }) => gradients.length > 0));

    const [run] = opened.runs;
    assert.ok(run?.state.kind === "finished");
    api.hearPanel({ kind: "adjust", experiment: first, choice: run.choice, runs: [run.id], taus: [0, 1] });
    const adjusted = await until(
      "the adjusted logits",
      () => {
        const last = api.toPanel.findLast((one) => one.kind === "adjustment");
        return (
          last?.kind === "adjustment" && last.adjustment.kind === "done" && last.adjustment.adjusted.points
        );
      },
      slow,
    );
    assert.equal(adjusted.length, 2);
    assert.ok(
      Math.abs((adjusted[0]?.balancedAccuracy ?? 0) - run.state.result.balancedAccuracy) < 1e-6,
      "a tau of 0 changes nothing",
    );

    api.hearPanel({ kind: "beside", ids: [second] });
    const beside = await until(
      "the other one beside it",
      () => {
        const last = api.toPanel.findLast((one) => one.kind === "beside");
        return last?.kind === "beside" && last.experiments[0];
      },
      slow,
    );
    assert.equal(beside.id, second);
    assert.ok(beside.comparison, "with its figures");

    api.hearPanel({ kind: "show-comparison" });
    await until(
      "the newest again",
      () => {
        const last = api.toPanel.findLast((one) => one.kind === "snapshot");
        return last?.kind === "snapshot" && !last.snapshot.opened && last.snapshot.experiment?.id === second;
      },
      slow,
    );
  });

  it("is followed by what is added to it where another process trains it", async function () {
    this.timeout(4 * slow);
    const snapshot = () => {
      const last = api.toPanel.findLast((one) => one.kind === "snapshot");
      return last?.kind === "snapshot" ? last.snapshot : undefined;
    };
    await vscode.commands.executeCommand("equipoise.openLossLab", sample().toString());
    const { plan } = await until("a proposal", () => snapshot()?.proposal, slow);
    const before = api.experiment()?.id;
    api.hearPanel({ kind: "start", plan: { ...plan, epochs: 2, seeds: 1 } });
    await until("the start", () => api.experiment()?.id !== before, slow);
    await until("the end", () => api.experiment()?.state.kind === "finished", slow);
    const id = api.experiment()?.id ?? "";
    const last = [...(api.experiment()?.runs.keys() ?? [])].at(-1) ?? "";

    // As if this process trained it: its last run has not ended, and some of its reports are still to come.
    const stored = (...names: string[]): string => workspaceFile(".equipoise", ...names).fsPath;
    const edit = (path: string, changes: object): void =>
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
    const [run, scalars] = [stored("runs", last, "run.json"), stored("runs", last, "scalars.jsonl")];
    const [finished, reports] = [readFileSync(run), readFileSync(scalars, "utf8").trimEnd().split("\n")];
    edit(run, { state: { kind: "running" } });
    writeFileSync(
      scalars,
      reports
        .slice(0, 5)
        .map((line) => `${line}\n`)
        .join(""),
    );
    edit(stored("experiments", `${id}.json`), { state: { kind: "running" }, process: process.pid });
    // The engine that trained it would know better.
    const engine = api.enginePid();
    if (engine) process.kill(engine, "SIGKILL");
    await until("the end of the engine", () => api.enginePid() !== engine);

    const asked = fromNow();
    api.hearPanel({ kind: "show-comparison" });
    await until("the comparison", () => snapshot()?.experiment?.state.kind === "elsewhere", slow);
    const shown = asked().filter(({ kind }) => kind === "snapshot").length;
    writeFileSync(scalars, reports.map((line) => `${line}\n`).join(""));
    // The last of its own training may arrive late.
    const elsewhere = () =>
      asked().flatMap((one) =>
        one.kind === "update" && one.update.state.kind === "elsewhere" ? [one.update] : [],
      );
    const more = await until("the reports", () => elsewhere()[0], slow);
    assert.equal(more.gradients.length, reports.length - 5, "what is known is not sent again");
    assert.equal(asked().filter(({ kind }) => kind === "snapshot").length, shown, "nothing else is");

    writeFileSync(run, finished);
    await until(
      "its end",
      () => snapshot()?.experiment?.runs.every(({ state }) => state.kind === "finished"),
      slow,
    );
    edit(stored("experiments", `${id}.json`), { state: { kind: "finished" } });
    await until("the end of all", () => snapshot()?.experiment?.state.kind === "finished", slow);
  });

  it("gives way to measured advice, which can be stopped and answers with its evidence", async () => {
    await vscode.commands.executeCommand("equipoise.openLossLab", sample().toString());
    const measurement = () => {
      const last = api.toPanel.findLast((one) => one.kind === "measurement");
      return last?.kind === "measurement" ? last.measurement : undefined;
    };
    await until("the dataset", () =>
      api.toPanel.some((one) => one.kind === "snapshot" && one.snapshot.dataset),
    );
    api.hearPanel({ kind: "measure", seconds: 60 });
    await until(
      "progress",
      () => {
        const present = measurement();
        return present?.kind === "running" && present.progress.share > 0;
      },
      slow,
    );
    api.hearPanel({ kind: "stop-measuring" });
    await until("the end", () => measurement() === undefined, slow);

    api.hearPanel({ kind: "measure", seconds: 4 });
    const done = await until(
      "the advice",
      () => {
        const present = measurement();
        return present?.kind === "done" && present.advice;
      },
      60_000,
    );
    assert.match(done.evidence, /^measured \d+\.\d % balanced accuracy/);
    api.hearPanel({ kind: "insert", choice: done.choice, evidence: done.evidence });
    const file = workspaceFile("equipoise.yaml");
    const written = await until(
      "the loss with its evidence",
      async () => {
        const bytes = await vscode.workspace.fs.readFile(file).then(undefined, () => undefined);
        const text = bytes && Buffer.from(bytes).toString("utf8");
        return text?.includes(done.evidence) && text;
      },
      slow,
    );
    assert.match(written, new RegExp(`id: ${done.choice.loss}`));
    await cleanUp(file);
  });

  it("says why there is none for a list without inputs", async () => {
    const list = workspaceFile("imagenet-lt", "ImageNet_LT_train_90.txt");
    await vscode.commands.executeCommand("equipoise.openLossLab", list.toString());
    const reason = await until("the reason", () => {
      const last = api.toPanel.findLast(({ kind }) => kind === "snapshot");
      return (
        last?.kind === "snapshot" &&
        last.snapshot.dataset?.manifest === list.fsPath &&
        last.snapshot.noProposal
      );
    });
    assert.match(reason, /\.npy|inputs|embeddings/i);
  });
});
