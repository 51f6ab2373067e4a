/** Reads tar archives (POSIX ustar, as npm and TensorFlow write them) as a stream. */

const block = 512;

/** A regular file of an archive. */
export interface TarFile {
  readonly name: string;
  /** Its bytes, to be read before the next file is asked for, or not at all. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Yields the files of an archive in its order, without its folders and links. Throws Error where it ends early. */
export async function* tarFiles(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const bytes = new Bytes(chunks);
  for (;;) {
    const header = Buffer.concat(await gathered(bytes.part(block)));
    // Empty blocks end an archive. They are read to the end, too: whoever hashes the stream has it whole.
    if (header.every((byte) => byte === 0)) return bytes.end();
    const [prefix, last] = [text(header, 345, 155), text(header, 0, 100)];
    const name = (prefix ? `${prefix}/${last}` : last).replace(/^\.\//, "");
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`expected the size of ${name}, got none`);
    const content = bytes.part(size);
    const kind = text(header, 156, 1);
    if (kind === "0" || kind === "") yield { name, content };
    // What its reader left, then zeros up to a whole block.
    await drained(content);
    await drained(bytes.part((block - (size % block)) % block));
  }
}

/** All chunks of a file, for one that fits into memory. */
export async function gathered(content: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return chunks;
}

async function drained(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
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

  /** The next `size` bytes; a second reader goes on where the first one stopped. */
  part(size: number): AsyncIterable<Uint8Array> {
    let missing = size;
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      if (missing === 0) return { done: true, value: undefined };
      if (this.rest.length === 0) {
        const { value, done } = await this.chunks.next();
        if (done) throw new Error("the archive ends early");
        this.rest = value;
      }
      const value = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(value.length);
      missing -= value.length;
      return { done: false, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async end(): Promise<void> {
    while (!(await this.chunks.next()).done);
  }
}
