import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Opaque } from '../value.js';
import { EvaluationError } from '../value.js';

const TYPE = 'kubernetes.Semver';

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const NUMBER = '(0|[1-9]\\d*)';
const NAMES = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${NAMES}))?(?:\\+${NAMES})?$`);

const LENGTH_MAX = 1_000;

/** Semantic Versioning 2.0.0. Undefined: it is none. */
function parse(text: string): Version | undefined {
  const found = text.length > LENGTH_MAX ? null : VERSION.exec(text);
  if (found === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', pre] = found;
  const names = pre === undefined ? [] : pre.split('.');
  if (names.some((name) => /^0\d+$/.test(name))) return undefined;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: names };
}

/** `v1.2` is 1.2.0, `01.2.3` is 1.2.3. */
function normalized(text: string): string {
  const parts = text.replace(/^v/, '').split('.');
  const numbers = [...parts.slice(0, 2), ...(parts.length > 2 ? [parts.slice(2).join('.')] : [])];
  const trimmed = numbers.map((part) => part.replace(/^0+(?=\d)/, ''));
  if (trimmed.length < 3 && /[-+]/.test(trimmed.at(-1) ?? '')) return text;
  while (trimmed.length < 3) trimmed.push('0');
  return trimmed.join('.');
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (let at = 0; at < Math.min(a.pre.length, b.pre.length); at++) {
    const order = compareNames(a.pre[at] ?? '', b.pre[at] ?? '');
    if (order !== 0) return order;
  }
  return a.pre.length - b.pre.length;
}

function compareNames(a: string, b: string): number {
  const [one, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one !== other) return one ? -1 : 1;
  if (one && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

function contentOf({ content }: Opaque): Version {
  return content as Version;
}

function order(a: Opaque, b: Opaque): number {
  return Math.sign(compareVersions(contentOf(a), contentOf(b)));
}

function read(text: string, normalize = false): Opaque {
  const version = parse(normalize ? normalized(text) : text);
  if (version === undefined) throw new EvaluationError(`invalid semver: ${JSON.stringify(text)}`);
  const value: Opaque = {
    kind: 'opaque',
    type: TYPE,
    content: version,
    equals: (other) => compareVersions(version, contentOf(other)) === 0,
  };
  return value;
}

const isVersion = (text: string, normalize = false): boolean =>
  parse(normalize ? normalized(text) : text) !== undefined;

export const VERSIONS: readonly Overload[] = [
  define('semver', ['string'], TYPE, read),
  define('semver', ['string', 'bool'], TYPE, read),
  define('isSemver', ['string'], 'bool', isVersion),
  define('isSemver', ['string', 'bool'], 'bool', isVersion),
  method('isGreaterThan', [TYPE, TYPE], 'bool', (a: Opaque, b: Opaque) => order(a, b) > 0),
  method('isLessThan', [TYPE, TYPE], 'bool', (a: Opaque, b: Opaque) => order(a, b) < 0),
  method('compareTo', [TYPE, TYPE], 'int', (a: Opaque, b: Opaque) => BigInt(order(a, b))),
  ...(['major', 'minor', 'patch'] as const).map((name, index) =>
    method(name, [TYPE], 'int', (value: Opaque) => contentOf(value).numbers[index] ?? 0n),
  ),
];
