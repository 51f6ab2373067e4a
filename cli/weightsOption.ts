/** Class weights as written on the command line: `effective:beta=0.999,absent=clamp1,switch=160`. */
import { type WeightChoice, weightSchemes } from "#engine/targets/code/weightsAsCode.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { wholeNumber } from "./command.ts";

/** Reads one `--weights`. Throws `settings/invalid` for a scheme or setting that is not known. */
export function parseWeightsOption(text: string): WeightChoice {
  const [name, settings = ""] = text.split(":", 2);
  const scheme = weightSchemes.find((each) => each === name);
  if (!scheme) throw invalid(`no weights "${name}". Known: ${weightSchemes.join(", ")}.`);
  let choice: WeightChoice = { scheme };
  for (const setting of settings.split(",").filter(Boolean)) {
    const [key = "", value = ""] = setting.split("=", 2);
    if (key === "beta" && scheme === "effective" && value !== "" && Number.isFinite(Number(value))) {
      choice = { ...choice, beta: Number(value) };
    } else if (key === "absent" && (value === "clamp1" || value === "exclude")) {
      choice = { ...choice, absent: value };
    } else if (key === "switch") {
      choice = { ...choice, switchEpoch: wholeNumber("weights switch", value) ?? 0 };
    } else {
      throw invalid(
        `weights take beta=NUMBER (effective alone), absent=exclude or clamp1, and switch=EPOCH, not "${setting}".`,
      );
    }
  }
  return choice;
}

function invalid(reason: string): EquipoiseError {
  return new EquipoiseError("settings/invalid", reason);
}
