import { goQuote } from '../../go-quote.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Mapping, Opaque } from '../value.js';
import { EvaluationError, listOf, mapOf } from '../value.js';
import { toUtf8 } from '../utf8.js';

const TYPE = 'kubernetes.URL';

interface Address {
  readonly text: string;
  readonly scheme: string;
  /** With the port, and an IPv6 address in brackets. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const SHAPE = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const HOST = /^(?:\[[0-9A-Fa-f:.]+(?:%25[^\]]*)?\]|[^\s<>"`{}|\\^[\]:#]*)(?::\d*)?$/;

/** Reads what Go's ParseRequestURI does: a whole address, or a path from the root. The error is in its words. */
function parse(text: string): Address | string {
  const wrong = (reason: string): string => `parse ${goQuote(text)}: ${reason}`;
  if (text === '') return wrong('empty url');
  if (/[\u0000-\u001f\u007f]/.test(text)) return wrong('net/url: invalid control character in URL');
  const found = SHAPE.exec(text);
  if (found === null || text.startsWith(':')) return wrong('missing protocol scheme');
  const [, scheme = '', authority = '', path = '', query = ''] = found;
  if (scheme === '' && !text.startsWith('/')) return wrong('invalid URI for request');
  // A fragment is not looked for before the path: `#` in the host, or before it, is wrong.
  const [, user = '', host = ''] = /^(?:(.*)@)?(.*)$/s.exec(authority) ?? [];
  if (!USER.test(user)) return wrong('net/url: invalid userinfo');
  if (!HOST.test(host)) return wrong('invalid character in host name');
  const escape = /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(path);
  if (escape !== null) return wrong(`invalid URL escape ${goQuote(escape[0])}`);
  return { text, scheme: scheme.toLowerCase(), host, path: escapedPath(path), query };
}

function escapedPath(path: string): string {
  const escaped = (letter: string): string =>
    Array.from(
      toUtf8(letter),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('');
  return path.replace(/[^A-Za-z0-9$&+,/:;=@_.~%!'()*-]/gu, escaped);
}

function contentOf({ content }: Opaque): Address {
  return content as Address;
}

function read(text: string): Opaque {
  const content = parse(text);
  if (typeof content === 'string')
    throw new EvaluationError(`URL parse error during conversion from string: ${content}`);
  return {
    kind: 'opaque',
    type: TYPE,
    content,
    equals: (other) => contentOf(other).text === text,
  };
}

function hostname(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  return host.replace(/:\d*$/, '');
}

function port(host: string): string {
  return /:(\d*)$/.exec(host.replace(/^\[.*\]/, ''))?.[1] ?? '';
}

function queryOf(query: string): Mapping {
  const found = new Map<string, string[]>();
  const decoded = (text: string): string | undefined => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return undefined;
    }
  };
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const [name = '', ...rest] = part.split('=');
    const [key, value] = [decoded(name), decoded(rest.join('='))];
    if (key === undefined || value === undefined) continue;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return mapOf([...found].map(([key, values]) => [key, listOf(values)]));
}

export const URLS: readonly Overload[] = [
  define('url', ['string'], TYPE, read),
  define('isURL', ['string'], 'bool', (text: string) => typeof parse(text) !== 'string'),
  method('getScheme', [TYPE], 'string', (value: Opaque) => contentOf(value).scheme),
  method('getHost', [TYPE], 'string', (value: Opaque) => contentOf(value).host),
  method('getHostname', [TYPE], 'string', (value: Opaque) => hostname(contentOf(value).host)),
  method('getPort', [TYPE], 'string', (value: Opaque) => port(contentOf(value).host)),
  method('getEscapedPath', [TYPE], 'string', (value: Opaque) => contentOf(value).path),
  method('getQuery', [TYPE], 'map(string,list(string))', (value: Opaque) =>
    queryOf(contentOf(value).query),
  ),
];
