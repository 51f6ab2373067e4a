import { expect, it, vi } from "vitest";
import { EquipoiseError } from "#protocol/errors.ts";

it("knows an error of another bundle, which has a copy of the class", async () => {
  vi.resetModules();
  const other = await import("#protocol/errors.ts");
  expect(other.EquipoiseError).not.toBe(EquipoiseError);
  expect(new other.EquipoiseError("data/none", "Nothing there.")).toBeInstanceOf(EquipoiseError);
  expect(new Error("a mistake")).not.toBeInstanceOf(EquipoiseError);
});
