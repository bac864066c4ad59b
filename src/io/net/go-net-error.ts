/** What of an error of Node's sockets tells what went wrong. */
export interface SocketError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  /** Of a certificate that names others. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
  readonly errors?: readonly SocketError[];
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);
const VERIFY = 'tls: failed to verify certificate: x509: ';
const DIALS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'cannot assign requested address',
};

/** An error of a call as Go's net/http tells it, which is what people of Kubernetes know; else Node's own words. */
export function goNetError(error: SocketError): string {
  const { code = '', address = '', port = 0, hostname = '' } = error.errors?.[0] ?? error;
  const dial = DIALS[code];
  if (dial !== undefined) {
    const host = address.includes(':') ? `[${address}]` : address;
    return `dial tcp ${host}:${String(port)}: connect: ${dial}`;
  }
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname}: no such host`;
  if (code === 'EAI_AGAIN')
    return `dial tcp: lookup ${hostname}: Temporary failure in name resolution`;
  if (UNTRUSTED.has(code)) return `${VERIFY}certificate signed by unknown authority`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `${VERIFY}certificate has expired or is not yet valid`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${VERIFY}${otherNames(error)}`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'EOF';
  return error.message;
}

function otherNames({ cert, host = '' }: SocketError): string {
  const names = (cert?.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  return names.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${names.join(', ')}, not ${host}`;
}
