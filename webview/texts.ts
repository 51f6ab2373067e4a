/** Takes the texts in the user's language that came with the page; imported before all that has texts. */
import { l10n, type Texts } from "#protocol/l10n.ts";

const bundle = document.getElementById("texts")?.textContent;
if (bundle) l10n.use(JSON.parse(bundle) as Texts);
