/** What a new user types: the options of every command, wrong ones, and places that are not there. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { version } from "#engine/version.ts";
import { commands } from "../../cli/commands.ts";
import { equipoise } from "./fakeTerminal.ts";

let folder: string;
let table: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-usage-"));
  table = join(folder, "train.csv");
  const rows = Array.from({ length: 60 }, (_, i) => `${i < 50 ? "a" : "b"},${i % 7}\n`);
  writeFileSync(table, `label,f0\n${rows.join("")}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The complaint of a command line that could not run. */
async function complaint(...args: string[]): Promise<string> {
  const { code, errors } = await equipoise(...args);
  expect(code).toBe(2);
  return errors;
}

describe("help", () => {
  it.each([["--version"], ["-v"], ["version"]])("tells the version: %s", async (word) => {
    expect(await equipoise(word)).toEqual({ code: 0, out: `equipoise ${version}\n`, errors: "" });
  });

  it("fits a terminal of 100 columns", async () => {
    const { out } = await equipoise("--help");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each(commands.map(({ name }) => [name]))("of %s is named where an option is not known", async (name) => {
    const wrong = name === "sweep" ? ["sweep", "plan", "--bogus"] : [name, "--bogus"];
    expect(await complaint(...wrong)).toBe(
      `equipoise: Unknown option '--bogus'. See equipoise ${name} --help.\n`,
    );
  });
});

describe("options", () => {
  it("that take a value and get another option say how one with a dash is written", async () => {
    expect(await complaint("compare", table, "--epochs", "-1")).toBe(
      "equipoise: --epochs needs a value, and one that starts with a dash is written --epochs=-1. See equipoise compare --help.\n",
    );
  });

  it("name a loss only where something is inserted", async () => {
    expect(await complaint("recommend", table, "--loss", "seesaw")).toContain(
      "--loss names what --write inserts.",
    );
  });

  it("name a basis that the manifest has", async () => {
    expect(await complaint("inspect", table, "--basis", "pixels")).toBe(
      "equipoise: --basis pixels: train.csv counts instances.\n",
    );
  });
});

describe("places", () => {
  it("to write to are made", async () => {
    const file = join(folder, "new", "loss.py");
    expect((await equipoise("export", table, "--target", "pytorch", "--out", file)).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  });

  it("that are folders are no files to write", async () => {
    const place = join(folder, "taken");
    mkdirSync(place);
    const reason = `equipoise: ${place} cannot be written: it is a folder. Check the path.\n`;
    expect(await complaint("export", table, "--target", "pytorch", "--out", place)).toBe(reason);
  });

  it("below a file are told", async () => {
    const file = join(table, "loss.py");
    expect(await complaint("export", table, "--target", "pytorch", "--out", file)).toBe(
      `equipoise: ${file} cannot be written: a part of its path is a file. Check the path.\n`,
    );
  });

  it.each([
    ["runs", "--folder"],
    ["sweep", "list"],
  ])("that are missing are named: %s %s", async (...words) => {
    expect(await complaint(...words, join(folder, "nowhere"))).toBe(
      `equipoise: There is no folder ${join(folder, "nowhere")}. Check the path.\n`,
    );
  });
});

it.each([
  ["config.py", "--config"],
  ["equipoise.yaml", ""],
])("changes no %s that is not UTF-8, as its characters would be lost", async (name, option) => {
  const file = join(folder, name);
  const text = Buffer.from("# caf\xe9\nmodel = dict(type='ImageClassifier')\n", "latin1");
  writeFileSync(file, text);
  const more = option === "" ? [] : [option, file];
  expect(await complaint("recommend", table, "--write", ...more)).toBe(
    `equipoise: ${name} is not UTF-8, and what is not would be lost. Save it as UTF-8 first; nothing was changed.\n`,
  );
  expect(readFileSync(file)).toEqual(text);
});

it("says what a table was taken for, which is a guess", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i / 7},${i / 3},${i % 2},${i % 5 > 3 ? 1 : 0}\n`);
  writeFileSync(table, `f0,f1,red,blue\n${rows.join("")}`);
  const { out } = await equipoise("inspect", table);
  expect(out).toMatch(/^ {2}read as csv, as column "\w+" holds labels$/m);
  const list = join(folder, "train.txt");
  writeFileSync(list, "images/1.jpg a\nimages/2.jpg b\n".repeat(9));
  expect((await equipoise("inspect", list)).out).not.toContain("read as");
});

it("counts one class as one", async () => {
  writeFileSync(table, "label,f0\na,1\na,2\n");
  expect((await equipoise("inspect", table)).out).toContain("2 instances, 1 class, ");
});
