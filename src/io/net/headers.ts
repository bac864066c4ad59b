import type { IncomingHttpHeaders } from 'node:http';

/** RFC 9113 §8.2.2: they speak of one connection, are forbidden in HTTP/2, and are not the API server's to say. */
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** A header's name is a token (RFC 9110 §5.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What a response's headers look like on the wire. */
export function sentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (TOKEN.test(name) && !CONNECTION_SPECIFIC.has(name.toLowerCase()))
      sent[name.toLowerCase()] = fieldValue(value);
  }
  return sent;
}

/**
 * Bytes of UTF-8, as Go writes them: node takes a string for Latin-1 and throws at any other character, and a warning may
 * quote whatever a client wrote. Control characters become spaces.
 */
function fieldValue(value: string): string {
  const plain = value.replaceAll(/[\x00-\x08\x0a-\x1f\x7f]/g, ' ');
  return /^[\x00-\x7f]*$/.test(plain) ? plain : Buffer.from(plain, 'utf8').toString('latin1');
}

/** A request's headers: names in lower case, repeated ones joined, values read as UTF-8. */
export function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    const text = Array.isArray(value) ? value.join(', ') : value;
    plain[name] = /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
  }
  return plain;
}
