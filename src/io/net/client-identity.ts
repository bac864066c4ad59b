import type { TLSSocket } from 'node:tls';
import type { ClientIdentity } from '../../protocol/index.js';

/** What is the same for all requests of one connection. */
export interface ConnectionFacts {
  readonly client: ClientIdentity | null;
  readonly remoteAddress: string;
}

export function connectionFacts(socket: TLSSocket): ConnectionFacts {
  return { client: clientIdentity(socket), remoteAddress: socket.remoteAddress ?? '' };
}

/**
 * Who the verified certificate names; null where there is none, or none that our CA signed for clients. As in Kubernetes'
 * x509 authenticator: CN is the user (of several the last, as Go reads them), each O a group, and no CN is nobody.
 */
function clientIdentity(socket: TLSSocket): ClientIdentity | null {
  if (!socket.authorized) return null;
  const { subject } = socket.getPeerCertificate() as {
    subject?: Record<string, string | string[]>;
  };
  const commonName = [subject?.['CN'] ?? []].flat().at(-1);
  if (commonName === undefined || commonName === '') return null;
  return { commonName, organizations: [subject?.['O'] ?? []].flat() };
}
