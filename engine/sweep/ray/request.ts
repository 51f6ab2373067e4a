/** One HTTP request. Not by `fetch`: that marks what it sends as a browser's, and Ray lets browsers only read. */
import http from "node:http";
import https from "node:https";

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds until the whole answer has to be there. */
  readonly limit: number;
}

export interface Answered {
  readonly status: number;
  /** Its content type. */
  readonly type: string;
  readonly text: string;
}

/**
 * Returns the whole answer, whatever its status; follows no redirection, so that nobody else gets the headers. Throws what
 * stood in the way, half an answer included, and the signal's reason.
 */
export async function request(asked: Asked, signal?: AbortSignal): Promise<Answered> {
  const limit = AbortSignal.timeout(asked.limit);
  try {
    return await send(asked, signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (problem) {
    signal?.throwIfAborted();
    if (limit.aborted) throw new Error(`no answer within ${asked.limit / 1000} s`, { cause: problem });
    throw problem;
  }
}

function send({ url, method, headers, body }: Asked, signal: AbortSignal): Promise<Answered> {
  const { request: open } = url.startsWith("https:") ? https : http;
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    // Certificates are checked whatever the environment says.
    const options = { method, headers: { ...headers, ...length }, signal, rejectUnauthorized: true };
    const outgoing = open(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        if (!incoming.complete) reject(new Error("the answer was cut short"));
        else
          resolve({
            status: incoming.statusCode ?? 0,
            type: incoming.headers["content-type"] ?? "",
            text: Buffer.concat(chunks).toString("utf8"),
          });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
