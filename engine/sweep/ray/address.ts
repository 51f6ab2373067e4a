/** Where a Ray cluster answers, and what is shown to it: checked before anything is sent. */
import { EquipoiseError } from "#protocol/errors.ts";

/** The cluster's address with the secret that opens it; the secret is kept out of everything that is printed. */
export interface ClusterAddress {
  /** Such as "https://ray.example.org:8265", without a slash at the end. */
  readonly url: string;
  /** Of the header `Authorization`; absent: the cluster asks for none. */
  readonly authorization?: string;
  /** The text without the secret, should somebody have sent it back. */
  redact(text: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Name of the environment variable that holds the token. */
export const tokenVariable = "EQUIPOISE_RAY_TOKEN";

/**
 * Returns the cluster at an address. The token is sent as `Bearer`, unless it names a scheme of its own ("Basic ..."). Throws
 * `settings/invalid` for what is no address, and where the token could be read on its way.
 */
export function clusterAddress(text: string, environment: Environment): ClusterAddress {
  const url = parseUrl(text);
  const token = environment[tokenVariable]?.trim();
  if (token && url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new EquipoiseError(
      "settings/invalid",
      `${tokenVariable} would cross the network unencrypted to ${url.host}. Use https, or a tunnel to this machine ` +
        "(ssh -L or kubectl port-forward) and http://127.0.0.1.",
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  return {
    url: `${url.origin}${path}`,
    ...(token ? { authorization: headerOf(token) } : {}),
    redact: (shown) => (token ? shown.replaceAll(token, "[token]") : shown),
  };
}

function parseUrl(text: string): URL {
  // What follows a wrong address may be a secret: of what is no address nothing is repeated but its beginning.
  const wrong = (what: string): EquipoiseError =>
    new EquipoiseError(
      "settings/invalid",
      `--address: ${what}. Expected the address of Ray's dashboard, such as http://127.0.0.1:8265.`,
    );
  if (text.startsWith("ray://")) throw wrong("ray:// is for Ray's Python client; its Jobs API speaks http");
  if (!URL.canParse(text)) throw wrong(`${text.slice(0, 12)}… is no URL`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw wrong(`${url.protocol} is neither http nor https`);
  if (url.username || url.password)
    throw wrong(`a secret does not belong into an address; put it into ${tokenVariable}`);
  if (url.search || url.hash) throw wrong("what follows ? or # does not belong to it");
  return url;
}

function headerOf(token: string): string {
  if (/[^\x20-\x7e]/.test(token)) {
    throw new EquipoiseError(
      "settings/invalid",
      `${tokenVariable} holds characters that no header can carry.`,
    );
  }
  return token.includes(" ") ? token : `Bearer ${token}`;
}

function isLoopback(host: string): boolean {
  return (
    host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host)
  );
}
