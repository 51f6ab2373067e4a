/** Reads tar archives (POSIX ustar, as npm writes them) as a stream. */

const block = 512;

/** A file of an archive; its content is read only where it is wanted. */
export interface TarFile {
  readonly name: string;
  readonly content: Buffer;
}

/** Yields the files that `wants` names, in the order of the archive. Throws Error where the archive ends early. */
export async function* tarFiles(
  chunks: AsyncIterable<Uint8Array>,
  wants: (name: string) => boolean,
): AsyncGenerator<TarFile> {
  const bytes = new Bytes(chunks);
  for (;;) {
    const header = await bytes.take(block);
    // Two empty blocks end an archive.
    if (header.every((byte) => byte === 0)) return;
    const [prefix, last] = [text(header, 345, 155), text(header, 0, 100)];
    const name = prefix ? `${prefix}/${last}` : last;
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`expected the size of ${name}, got none`);
    const padding = (block - (size % block)) % block;
    if (wants(name)) {
      yield { name, content: await bytes.take(size) };
      await bytes.skip(padding);
    } else await bytes.skip(size + padding);
  }
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.toString("latin1", start, start + length);
  return field.split("\0", 1)[0]?.trim() ?? "";
}

/** Bytes of a stream, asked for by number. */
class Bytes {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const taken: Uint8Array[] = [];
    await this.pass(size, (part) => taken.push(part));
    return Buffer.concat(taken);
  }

  async skip(size: number): Promise<void> {
    await this.pass(size, () => {});
  }

  private async pass(size: number, use: (part: Uint8Array) => void): Promise<void> {
    for (let missing = size; missing > 0; ) {
      if (this.rest.length === 0) {
        const { value, done } = await this.chunks.next();
        if (done) throw new Error("the archive ends early");
        this.rest = value;
      }
      const part = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(part.length);
      missing -= part.length;
      use(part);
    }
  }
}
