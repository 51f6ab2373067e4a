/** From a class to the place where its manifest first names it, and from a path in an equipoise.yaml to the file. */
import { classAt } from "../classAt.ts";
import { firstPlace } from "../firstPlace.ts";
import { isProjectFile } from "../projects.ts";
import { settingAt } from "../settingAt.ts";
import { fileOfSetting } from "./documentLinks.ts";
import type { Feature } from "./feature.ts";

export const definition: Feature = {
  capabilities: { definitionProvider: true },
  register(connection, house) {
    connection.onDefinition(
      house.answer(null, async ({ textDocument: { uri }, position }, signal) => {
        const file = isProjectFile(uri) ? await house.projects.readUri(uri) : undefined;
        const setting = file && settingAt(file.places, position)?.setting;
        const path = file && setting !== undefined ? fileOfSetting(file, setting) : undefined;
        if (path !== undefined) return { uri: house.uriOf(path), range: start };
        const at = await classAt(uri, position, house, signal);
        return at ? firstPlace(at.manifest.uri, at.found.index, house) : null;
      }),
    );
  },
};

const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
