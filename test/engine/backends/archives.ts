/** Archives and a server for tests of set-ups that download. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An entry of a tar archive: a header of 512 bytes, the content, zeros up to a whole block. */
export function tarEntry(name: string, content: Buffer, kind = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(kind, 156, "latin1");
  header.write("ustar\0", 257, "latin1");
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** What ends a tar archive. */
export const tarEnd: Buffer = Buffer.alloc(1024);

/** A server on this machine that answers everything alike, and its address. */
export async function serve(answer: (response: ServerResponse) => void): Promise<[Server, string]> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
}
