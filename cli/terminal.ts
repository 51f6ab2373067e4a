/** What the terminal at hand can show, and the few marks that the commands draw with. */

export interface Terminal {
  readonly columns: number;
  readonly interactive: boolean;
  readonly colour: boolean;
  readonly unicode: boolean;
  print(text: string): void;
  /** One line on standard error: what went wrong and the next step. */
  complain(text: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The terminal behind two streams. Colours and blocks only on a terminal; none with NO_COLOR: no-color.org. */
export function openTerminal(out: Output, errors: Output, environment: Environment): Terminal {
  const interactive = out.isTTY === true;
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "";
  return {
    columns: out.columns ?? 100,
    interactive,
    colour: interactive && !environment["NO_COLOR"] && environment["TERM"] !== "dumb",
    unicode: !interactive || /utf-?8/i.test(locale) || process.platform === "win32",
    print: (text) => {
      out.write(`${text}\n`);
    },
    complain: (text) => {
      errors.write(`equipoise: ${text}\n`);
    },
  };
}

const codes = { bold: 1, faint: 2, red: 31, yellow: 33, blue: 34 } as const;
export type Style = keyof typeof codes;

/** The text in a style where the terminal has colours, else as it is. */
export function styled(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}

const blocks = "▁▂▃▄▅▆▇█";
const digits = "12345678";

/** One mark a value on a log scale from `low` to `high`; above 80 values the median of bins. */
export function sparkline(terminal: Terminal, values: readonly number[], low: number, high: number): string {
  const marks = terminal.unicode ? blocks : digits;
  const span = Math.log(high / low) || 1;
  return binned(values, 80)
    .map((value) => {
      if (!(value > 0)) return " ";
      const level = Math.round((Math.log(value / low) / span) * (marks.length - 1));
      return marks[Math.min(marks.length - 1, Math.max(0, level))] ?? " ";
    })
    .join("");
}

/** At most `most` values: the medians of evenly cut bins. */
export function binned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, bin) => {
    const from = Math.floor((bin * values.length) / most);
    const to = Math.floor(((bin + 1) * values.length) / most);
    const sorted = new Float64Array(values.slice(from, to)).sort();
    return sorted[sorted.length >> 1] ?? 0;
  });
}

/** A bar of the given width, filled by `share` (0 to 1). */
export function bar(terminal: Terminal, share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  if (!terminal.unicode) return `[${"#".repeat(full)}${".".repeat(width - full)}]`;
  return styled(terminal, "blue", "━".repeat(full)) + styled(terminal, "faint", "─".repeat(width - full));
}

/** A line that is written over while work goes on; silent where the output is not a terminal. */
export interface StatusLine {
  show(text: string): void;
  clear(): void;
}

export function statusLine(terminal: Terminal, out: Output): StatusLine {
  if (!terminal.interactive) return { show() {}, clear() {} };
  return {
    show: (text) => {
      out.write(`\r\u001b[2K${text}`);
    },
    clear: () => {
      out.write("\r\u001b[2K");
    },
  };
}

/** Rows as columns, the first left-aligned and the rest right-aligned, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, visibleLength(cell))),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat((widths[column] ?? 0) - visibleLength(cell));
        return column === 0 ? cell + padding : padding + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}

function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: styles take no room
  return [...text.replace(/\u001b\[\d+m/g, "")].length;
}

/** A labelled text, broken at words to the terminal's width (at most 118), further lines under the text. */
export function paragraph(terminal: Terminal, label: string, text: string): string {
  const room = Math.max(40, Math.min(terminal.columns, 118) - label.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return label + [...lines, line].join(`\n${" ".repeat(label.length)}`);
}
