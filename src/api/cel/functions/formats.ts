import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
  withoutTrailingDash,
} from '../../validation/names.js';
import { hasFormat } from '../../validation/formats.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Opaque, Optional } from '../value.js';
import { NONE, listOf, optionalOf } from '../value.js';

const TYPE = 'kubernetes.NamedFormat';

type Check = (text: string) => readonly string[];

function formatted(name: string, problem: string): Check {
  return (text) => (hasFormat(name, text) ? [] : [problem]);
}

/** A name may be generated from a prefix that ends in what no name ends in. */
function prefix(check: Check): Check {
  return (text) => check(withoutTrailingDash(text));
}

const CHECKS: Readonly<Record<string, Check>> = {
  dns1123Label: dnsLabelProblems,
  dns1123Subdomain: dnsSubdomainProblems,
  dns1035Label: dns1035LabelProblems,
  qualifiedName: labelKeyProblems,
  dns1123LabelPrefix: prefix(dnsLabelProblems),
  dns1123SubdomainPrefix: prefix(dnsSubdomainProblems),
  dns1035LabelPrefix: prefix(dns1035LabelProblems),
  labelValue: labelValueProblems,
  uri: formatted('uri', 'invalid URI for request'),
  uuid: formatted('uuid', 'does not match the UUID format'),
  byte: formatted('byte', 'invalid base64'),
  date: formatted('date', 'invalid date'),
  datetime: formatted('datetime', 'invalid datetime'),
};

function wrap(name: string, check: Check): Opaque {
  return {
    kind: 'opaque',
    type: TYPE,
    content: check,
    equals: ({ content }) => content === check,
    size: name.length,
  };
}

function named(name: string): Optional {
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  return check === undefined ? NONE : optionalOf(wrap(name, check));
}

/** What is wrong with a text, or nothing. */
function validate({ content }: Opaque, text: string): Optional {
  const problems = (content as Check)(text);
  return problems.length === 0 ? NONE : optionalOf(listOf(problems));
}

export const FORMATS: readonly Overload[] = [
  define('format.named', ['string'], `optional(${TYPE})`, named),
  method('validate', [TYPE, 'string'], 'optional(list(string))', validate),
  ...Object.entries(CHECKS).map(([name, check]) =>
    define(`format.${name}`, [], TYPE, () => wrap(name, check)),
  ),
];
