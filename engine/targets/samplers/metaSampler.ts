/** What the Meta Sampler has in common in all languages. */
import { type Counted, datasetText } from "../code/settings.ts";

/** Name of the class in the code. */
export const metaSamplerName = "MetaSampler";

/** The lines that tell what the file is: title with this dataset, what it does, source. */
export function metaSamplerHeading(data: Counted): readonly string[] {
  return [
    `Meta Sampler for ${datasetText(data)}.`,
    "",
    "Learns a rate for each class so that a head trained one step on the drawn batch does well on a balanced batch.",
    "Ren et al. 2020, arXiv 2007.10740, section 3.3 and algorithm 1, with the gradient in closed form.",
  ];
}

/** The class in Python up to its labels. `rate` is what the framework calls a learning rate, `seed` tells what the seed is. */
export function metaSamplerInPython(rate: string, seed: string): string {
  return `class ${metaSamplerName}:
    """Draws rows with probabilities that it learns.

    Arguments
    ---------
    labels: class of each training row, 0 to classes - 1.
    power: how much the start favours rare classes; 0 draws every row alike.
    temperature: of the Gumbel softmax.
    ${rate}: learning rate of the rates, by Adam.
    unit: "instance" draws among all rows (equation 9), "class" a class first and one of its rows then; the same
        probabilities, at the cost of draws times classes instead of draws times rows.
    seed: ${seed}.
    """

    def __init__(
        self,
        labels: Sequence[int],
        *,
        power: float = 0.0,
        temperature: float = 1.0,
        ${rate}: float = 0.01,
        unit: str = "class",
        seed: int = 0,
    ) -> None:
        if unit not in ("instance", "class"):
            raise ValueError(f'unit must be "instance" or "class", not {unit!r}')
        if temperature <= 0.0:
            raise ValueError(f"temperature must be above 0, not {temperature}")`;
}
