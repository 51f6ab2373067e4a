/** On which cluster a sweep is. */
import { type ClusterAddress, clusterAddress } from "#engine/sweep/ray/address.ts";
import { readNotes } from "#engine/sweep/ray/notes.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { EquipoiseError } from "#protocol/errors.ts";

/** The address given, else that of the notes of an earlier call. */
export async function addressFor(
  { file }: Sweep,
  root: string,
  given: string | undefined,
): Promise<ClusterAddress> {
  const address = given ?? (await readNotes(root, file.id))?.address;
  if (address !== undefined) return clusterAddress(address, process.env);
  throw new EquipoiseError(
    "settings/invalid",
    "On which cluster? Give the address of Ray's dashboard, such as --address http://127.0.0.1:8265.",
  );
}
