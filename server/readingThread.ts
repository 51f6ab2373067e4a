/** Entry of the language server's reading thread: a bundle of its own, as loading the server's would take most of its start. */
import "#engine/translations.ts";
import { parentPort } from "node:worker_threads";
import { serveScans } from "./scanThread.ts";

if (parentPort) serveScans(parentPort);
