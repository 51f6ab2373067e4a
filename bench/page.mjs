// Sections of a Markdown page that a script writes, between comments that name them.

/** Returns the page with the section replaced. Throws where the page has no such section. */
export function withSection(page, name, body) {
  const [start, end] = placeOf(page, name);
  return `${page.slice(0, start)}\n${body.trim()}\n${page.slice(end)}`;
}

/** Returns what stands in a section. Throws where the page has no such section. */
export function section(page, name) {
  return page.slice(...placeOf(page, name));
}

function placeOf(page, name) {
  const [from, to] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const start = page.indexOf(from);
  const end = page.indexOf(to);
  if (start < 0 || end < start) throw new Error(`The page has no section between ${from} and ${to}.`);
  return [start + from.length, end];
}

/** Returns a Markdown table; cells of columns after the first are set to the right. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"---:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

/** Middle of the sorted numbers. */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** Linear between neighbours. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - low);
}
