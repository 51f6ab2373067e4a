/** What can be taken out of the panel: pictures of charts, values as CSV, values as a table below the chart. */
import { t } from "#protocol/l10n.ts";
import type { ChartKind, ChartView, ValueTable } from "../charts/chart.ts";
import type { MenuItem } from "./menu.ts";
import type { Actions } from "./view.ts";

/** Every export that there is at present. */
export type Exports = () => readonly MenuItem[];

/** Exports of one chart. */
export function chartExports<D>(
  { send }: Actions,
  kind: ChartKind<D>,
  view: ChartView<D>,
): readonly MenuItem[] {
  return [
    {
      label: t`Save picture (PNG)`,
      press: () => {
        const content = view.png();
        if (content !== undefined) send({ kind: "export", name: kind.name, format: "png", content });
      },
    },
    {
      label: t`Save drawing (SVG)`,
      press: () => {
        const content = view.svg();
        if (content !== undefined) send({ kind: "export", name: kind.name, format: "svg", content });
      },
    },
    {
      label: t`Save values (CSV)`,
      press: () => {
        const table = view.table();
        if (table) send({ kind: "export", name: kind.name, format: "csv", content: csv(table) });
      },
    },
  ];
}

/** Comma-separated values after RFC 4180, with a line end after each row. */
export function csv({ columns, rows }: ValueTable): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
