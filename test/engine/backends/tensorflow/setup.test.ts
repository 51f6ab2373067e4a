import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { writeDescription } from "#engine/backends/setupFolder.ts";
import { libraryMark, libraryNames, readSetup, tensorflowFolder } from "#engine/backends/tensorflow/place.ts";
import { removeTensorflow, setUpTensorflow } from "#engine/backends/tensorflow/setup.ts";
import { dataFolder } from "#engine/dataFolder.ts";

const before = { ...process.env };
let folder: string;
let wheel: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-setup-"));
  wheel = join(folder, "site-packages", "tensorflow");
  process.env["EQUIPOISE_HOME"] = join(folder, "home");
  process.env["EQUIPOISE_TENSORFLOW"] = "";
  makeWheel();
});

afterEach(async () => {
  await stopBackend();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true });
});

/** A package with libraries and headers of its names, which nothing could load. */
function makeWheel(): void {
  const headers = join(wheel, "include", "tensorflow", "c", "eager");
  mkdirSync(headers, { recursive: true });
  writeFileSync(join(headers, "c_api.h"), "");
  for (const name of libraryNames()) writeFileSync(join(wheel, name), "no library");
}

function script(name: string, body: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A compiler that writes the file named after `-o`. */
const compiles = 'while [ "$1" != -o ]; do shift; done; echo binding > "$2"';
const python = (answer: object): string => script("python3", `echo '${JSON.stringify(answer)}'`);
const setUp = async (path: string, signal?: AbortSignal) =>
  setUpTensorflow({ python: path }, () => {}, signal);

describe.skipIf(process.platform === "win32")("setting TensorFlow up", () => {
  test("makes one folder in our data, and leaves the environment as it was", async () => {
    process.env["CXX"] = script("cxx", compiles);
    const listing = readdirSync(wheel).sort();
    const setup = await setUp(python({ folder: wheel, version: "2.99.0" }));
    expect(setup).toMatchObject({ folder: wheel, version: "2.99.0", binding: "compiled", check: "new" });
    expect(tensorflowFolder()).toBe(join(dataFolder(), "tensorflow"));
    expect(readSetup(tensorflowFolder())).toEqual(setup);
    expect(readdirSync(wheel).sort()).toEqual(listing);
    expect(readdirSync(dataFolder())).toEqual(["tensorflow"]);
    expect([removeTensorflow(), removeTensorflow()]).toEqual([true, false]);
    expect(readdirSync(dataFolder())).toEqual([]);
    expect(existsSync(join(wheel, libraryNames()[0]))).toBe(true);
  });

  test("takes an environment's folder or the package's own for what they are", async () => {
    process.env["CXX"] = script("cxx", compiles);
    expect((await setUp(wheel)).folder).toBe(wheel);
    script("venv/bin/python3", `echo '${JSON.stringify({ folder: wheel, version: "2.99.0" })}'`);
    expect((await setUp(join(folder, "venv"))).folder).toBe(wheel);
  });

  test("says what is missing: the place, Python, TensorFlow, its library, its headers", async () => {
    await expect(setUp(join(folder, "nothing"))).rejects.toThrow(/^There is nothing at .*nothing\.$/);
    await expect(setUp(folder)).rejects.toThrow(/neither a Python environment nor a TensorFlow package/);
    await expect(setUp(script("broken", "exit 3"))).rejects.toThrow(/broken does not answer/);
    await expect(setUp(python({ folder: null, version: null }))).rejects.toThrow(/has no TensorFlow\.$/);
    rmSync(join(wheel, "include"), { recursive: true });
    await expect(setUp(wheel)).rejects.toThrow(/has no headers in .*include/);
    rmSync(join(wheel, libraryNames()[0]));
    await expect(setUp(python({ folder: wheel, version: "2.1.0" }))).rejects.toThrow(
      /TensorFlow 2\.1\.0 of .*python3 has no libtensorflow_cc/,
    );
    process.env["PATH"] = join(folder, "empty");
    process.env["VIRTUAL_ENV"] = "";
    process.env["CONDA_PREFIX"] = "";
    await expect(setUpTensorflow({}, () => {})).rejects.toThrow(
      /^There is no Python here\. Name one that has TensorFlow: .*--python PATH; or .*--private, or without a Python: --official cpu\.$/,
    );
    expect(existsSync(tensorflowFolder())).toBe(false);
  });

  test("says that there is no compiler, or what it did not like", async () => {
    process.env["CXX"] = join(folder, "no-compiler");
    await expect(setUp(wheel)).rejects.toThrow(/^No C\+\+ compiler is here .*Install one/);
    process.env["CXX"] = script("cxx", "echo 'tfjs.cc:1: error: no such header' >&2; exit 1");
    await expect(setUp(wheel)).rejects.toThrow(
      /cannot compile the binding: tfjs.cc:1: error: no such header$/,
    );
    expect(readdirSync(dataFolder())).toEqual([]);
  });

  test("leaves what was there when it is cancelled half-way, and can be repeated", async () => {
    process.env["CXX"] = script("cxx", compiles);
    const first = await setUp(wheel);
    // A process that was killed could not clean up.
    mkdirSync(join(dataFolder(), "tensorflow.4194305"));
    process.env["CXX"] = script("slow", "exec sleep 30");
    const abort = new AbortController();
    const second = setUpTensorflow(
      { python: wheel },
      (message) => {
        if (message.startsWith("Compiling")) setTimeout(() => abort.abort(), 50);
      },
      abort.signal,
    );
    await expect(second).rejects.toThrow(/abort/i);
    expect(readdirSync(dataFolder())).toEqual(["tensorflow"]);
    expect(readSetup(tensorflowFolder())).toEqual(first);
    process.env["CXX"] = script("cxx", compiles);
    expect(await setUp(wheel)).toEqual(first);
  });

  test("installs with pip in a folder of ours, and takes it away again where pip has no network", async () => {
    const inner = "echo 'ERROR: No matching distribution found for tensorflow-cpu' >&2; exit 1";
    script(
      "bin/python3",
      `mkdir -p "$3/bin"; printf '#!/bin/sh\\n%s\\n' "${inner}" > "$3/bin/python3"; chmod +x "$3/bin/python3"`,
    );
    process.env["VIRTUAL_ENV"] = folder;
    const told: string[] = [];
    await expect(setUpTensorflow({ isPrivate: true }, (message) => told.push(message))).rejects.toThrow(
      /pip install failed: ERROR: No matching distribution found/,
    );
    expect(told).toEqual(["Making a Python environment.", "Installing TensorFlow, about 300 MB."]);
    expect(existsSync(join(dataFolder(), "python"))).toBe(false);
  });
});

describe.skipIf(process.platform === "win32")("a start with a set-up that does not work", () => {
  const reasonOf = async (): Promise<string> => {
    const { id, reason } = await startBackend("auto", 1);
    expect(id).toBe("wasm");
    await stopBackend();
    return reason;
  };

  test("trains on wasm and says why: library, upgrade, crash, damage", async () => {
    process.env["CXX"] = script("cxx", compiles);
    const setup = await setUp(wheel);
    expect(await reasonOf()).toMatch(/tensorflow does not run: its libraries in .* cannot be loaded/);
    expect(readSetup(tensorflowFolder())?.check).toBe("new");

    writeDescription(tensorflowFolder(), { ...setup, check: { checking: 2 ** 22 + 1 } });
    expect(await reasonOf()).toMatch(/its first start ended the process that tried it/);

    writeDescription(tensorflowFolder(), { ...setup, check: "passed" });
    writeFileSync(join(wheel, libraryNames()[0]), "another library");
    expect(libraryMark(wheel)).not.toEqual(setup.library);
    expect(await reasonOf()).toMatch(
      /was changed since it was set up; run `equipoise backend setup tensorflow`/,
    );

    rmSync(wheel, { recursive: true });
    expect(await reasonOf()).toMatch(/TensorFlow unknown is gone from .*tensorflow; run/);

    writeFileSync(join(tensorflowFolder(), "description.json"), "{");
    expect(await reasonOf()).toMatch(/description\.json is damaged; set TensorFlow up again/);
    await expect(startBackend("tensorflow")).rejects.toThrow(/No training backend runs here: tensorflow/);
    removeTensorflow();
    await expect(startBackend("tensorflow")).rejects.toThrow(/it is not set up; run/);
  });
});
