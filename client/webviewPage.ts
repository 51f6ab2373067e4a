/** The HTML of a page in a webview: one script, one style sheet, and a policy that allows nothing else. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export interface Page {
  /** Of the script and style sheet in `dist`, without extension. */
  readonly name: string;
  readonly title: string;
}

/** Sets options and content of a webview; `extension` is the folder of the extension. */
export function showPage(webview: vscode.Webview, extension: vscode.Uri, { name, title }: Page): void {
  const dist = vscode.Uri.joinPath(extension, "dist");
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const nonce = randomBytes(16).toString("base64url");
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  webview.html = `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address(`${name}.css`)}">
<title>${title}</title>
</head>
<body>
<main id="app"></main>
<script type="application/json" id="texts">${texts()}</script>
<script nonce="${nonce}" src="${address(`${name}.js`)}"></script>
</body>
</html>`;
}

/** Translations for the page; data in a script element ends at its end mark, wherever that stands. */
function texts(): string {
  return JSON.stringify(vscode.l10n.bundle ?? {}).replaceAll("<", "\\u003c");
}
