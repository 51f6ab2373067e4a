import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { callRay, noteIn, progressIn } from "../../client/rayProcess.ts";

const folder = mkdtempSync(join(tmpdir(), "equipoise-client-"));
afterAll(() => rmSync(folder, { recursive: true }));

function stub(text: string): { program: string; script: string; args: string[] } {
  const script = join(folder, "cli.cjs");
  writeFileSync(script, text);
  return { program: process.execPath, script, args: ["a.sweep.json", "--json"] };
}

it("brings the token in the environment of the process, and not in its arguments", async () => {
  const call = stub(
    "console.log(JSON.stringify({ args: process.argv, token: process.env.EQUIPOISE_RAY_TOKEN }));",
  );
  const lines: string[] = [];
  const end = await callRay({ ...call, token: "s3cret" }, (line) => lines.push(line));
  expect(end).toEqual({ code: 0, message: "" });
  const { args, token } = JSON.parse(lines.join(""));
  expect(token).toBe("s3cret");
  expect(args.slice(2)).toEqual(["sweep", "ray", "a.sweep.json", "--json"]);
});

it("tells what was complained about last, and closes in order when it is asked to", async () => {
  const failing = stub(
    `console.error("equipoise: one"); console.error("equipoise: no cluster"); process.exitCode = 2;`,
  );
  expect(await callRay({ ...failing, token: undefined }, () => {})).toEqual({
    code: 2,
    message: "no cluster",
  });
  const waiting = stub(
    `process.on("SIGINT", () => process.exit(75)); console.log("up"); setInterval(() => {}, 1000);`,
  );
  const close = new AbortController();
  const end = await callRay({ ...waiting, token: undefined }, () => close.abort(), close.signal);
  expect(end.code).toBe(75);
});

it("reads progress and notes out of the lines of --json", () => {
  expect(progressIn(`{"kind":"progress","ended":3,"trials":24,"running":2,"waiting":1}`)).toEqual({
    ended: 3,
    trials: 24,
    running: 2,
    waiting: 1,
  });
  expect(noteIn(`{"kind":"note","message":"sending"}`)).toBe("sending");
  for (const line of ["", "{", `{"kind":"result"}`, "null"]) {
    expect(progressIn(line)).toBeUndefined();
    expect(noteIn(line)).toBeUndefined();
  }
});
