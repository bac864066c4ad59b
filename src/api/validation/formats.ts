import { isCidr, parseIpv4, parseIpv6 } from './ip-address.js';

type Check = (text: string) => boolean;

const NUMBER = /^\d+$/;
const UUID =
  /^[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{12}$/i;
const HOST_LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MAC = /^([0-9a-f]{2}([:-])[0-9a-f]{2}(\2[0-9a-f]{2}){4}|[0-9a-f]{4}(\.[0-9a-f]{4}){2})$/i;
const DURATION_UNITS =
  /^(\d+(\.\d*)?\s*(ns|us|µs|ms|s|m|h|d|w|nanoseconds?|microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|weeks?)\s*)+$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isUuid(versions?: string): Check {
  return (text) => {
    const found = UUID.exec(text);
    if (found === null) return false;
    if (versions === undefined) return true;
    const variant = versions === '3' || /[89ab]/i.test(found[2] ?? '');
    return versions === found[1] && variant;
  };
}

function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (found === null) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const found = DATE_TIME.exec(text);
  if (found === null || !isDate(text.slice(0, 10))) return false;
  return Number(found[4]) < 24 && Number(found[5]) < 60 && Number(found[6]) < 60;
}

function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) || /^\/\S*$/.test(text);
}

function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+$/.test(text);
}

function isHostname(text: string): boolean {
  if (text.length > 255) return false;
  return text
    .replace(/\.$/, '')
    .split('.')
    .every((label) => HOST_LABEL.test(label));
}

/** Luhn's sum. */
function isCreditCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^\d{13,16}$/.test(digits)) return false;
  let sum = 0;
  Array.from(digits)
    .reverse()
    .forEach((digit, index) => {
      const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
      sum += doubled > 9 ? doubled - 9 : doubled;
    });
  return sum % 10 === 0;
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^\d{9}[\dXx]$/.test(digits)) return false;
  const value = (digit: string): number => (/[Xx]/.test(digit) ? 10 : Number(digit));
  return (
    Array.from(digits).reduce((sum, digit, at) => sum + value(digit) * (10 - at), 0) % 11 === 0
  );
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (digits.length !== 13 || !NUMBER.test(digits)) return false;
  return (
    Array.from(digits).reduce((sum, digit, at) => sum + Number(digit) * (at % 2 ? 3 : 1), 0) %
      10 ===
    0
  );
}

function isRgb(text: string): boolean {
  const found = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text);
  return found !== null && found.slice(1).every((part) => Number(part) <= 255);
}

/** The formats that Kubernetes checks (apiextensions supportedFormats); any other name is ignored. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['bsonobjectid', (text) => /^[0-9a-f]{24}$/i.test(text)],
  ['uri', isUri],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', (text) => parseIpv4(text) !== undefined],
  ['ipv6', (text) => parseIpv6(text) !== undefined],
  ['cidr', isCidr],
  ['mac', (text) => MAC.test(text)],
  ['uuid', isUuid()],
  ['uuid3', isUuid('3')],
  ['uuid4', isUuid('4')],
  ['uuid5', isUuid('5')],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text)],
  ['hexcolor', (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)],
  ['rgbcolor', isRgb],
  ['byte', (text) => BASE64.test(text)],
  ['date', isDate],
  ['duration', (text) => DURATION_UNITS.test(text)],
  ['datetime', isDateTime],
  ['k8sshortname', (text) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)],
  [
    'k8slongname',
    (text) =>
      text.length <= 253 &&
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text),
  ],
]);

/** Whether a string is of a format; names that are not known allow anything. Dashes in the name do not matter. */
export function hasFormat(format: string, text: string): boolean {
  return CHECKS.get(format.replaceAll('-', ''))?.(text) ?? true;
}
