/** Without a manifest: what the panel is for and what could be opened. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { button, el, fill, named } from "./dom.ts";
import type { Actions, View } from "./view.ts";

const mostListed = 20;

export function emptyView({ send }: Actions): View {
  const found = el("p", { class: "ghost" });
  const first = el("div", { class: "acts" });
  const element = el(
    "section",
    { class: "quiet" },
    el("h1", {}, t`No dataset is open`),
    el(
      "p",
      {},
      t`Loss Lab compares losses on your own labels. Open a manifest (COCO, LVIS, CSV, path list or table of counts), or choose one that is here.`,
    ),
    first,
    found,
  );
  const show = memo((manifests: PanelModel["snapshot"]["manifests"]) => {
    const choose = (path: string) => () => send({ kind: "choose", manifest: path });
    const [best] = manifests;
    fill(first, best && button(t`Open ${best.name}`, "primary", choose(best.path)));
    const count = manifests.length === 1 ? t`1 manifest` : t`${formatCount(manifests.length)} manifests`;
    const links = manifests.slice(0, mostListed).flatMap(({ path, name }, index) => {
      const link = button("", "link", choose(path), { "data-focus": `manifest ${path}` });
      link.append(named(name));
      return [index > 0 ? ", " : "", link];
    });
    const more =
      manifests.length > mostListed ? t` and ${formatCount(manifests.length - mostListed)} more.` : "";
    if (best) fill(found, t`${count} in this workspace: `, ...links, more);
    else fill(found, t`No manifest was found in this workspace.`);
  });
  return {
    element,
    show({ snapshot, state }) {
      element.hidden =
        state.snapshot === undefined || snapshot.dataset !== undefined || state.loading !== undefined;
      show(snapshot.manifests);
    },
  };
}
