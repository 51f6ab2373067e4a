/** The library that speaks with the language server: a bundle of its own, loaded after activation. */
export { LanguageClient, TransportKind } from "vscode-languageclient/node";
