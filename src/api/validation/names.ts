/*
 * The formats of names, after apimachinery's api/validate/content and util/validation. Each function returns what is
 * wrong with a text, in Kubernetes' words; nothing where it is right. An absent text is an empty one, as in Go.
 */

const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const DNS_1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const PERCENT = '[0-9]+%';
const HTTP_HEADER = '[-A-Za-z0-9]+';
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';

const DNS_LABEL_PATTERN = whole(DNS_LABEL);
const DNS_SUBDOMAIN_PATTERN = whole(DNS_SUBDOMAIN);
const DNS_1035_LABEL_PATTERN = whole(DNS_1035_LABEL);
const LABEL_KEY_PATTERN = whole(LABEL_KEY);
const LABEL_VALUE_PATTERN = whole(`(${LABEL_KEY})?`);
const CONFIG_KEY_PATTERN = whole(CONFIG_KEY);
const PERCENT_PATTERN = whole(PERCENT);
const HTTP_HEADER_PATTERN = whole(HTTP_HEADER);
const C_IDENTIFIER_PATTERN = whole(C_IDENTIFIER);

const LABEL_KEY_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', " +
  'and must start and end with an alphanumeric character';

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

/** How Kubernetes says that a pattern is not matched. */
function patternText(text: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${text} (regex used for validation is '${pattern}')`;
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${text} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

function charactersMax(count: number): string {
  return `must be no more than ${String(count)} characters`;
}

function bytesMax(count: number): string {
  return `must be no more than ${String(count)} bytes`;
}

/** A label of DNS (RFC 1123): namespaces, container and port-less names. */
export function dnsLabelProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 63) problems.push(charactersMax(63));
  if (DNS_LABEL_PATTERN.test(text)) return problems;
  if (DNS_SUBDOMAIN_PATTERN.test(text)) return [...problems, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
    'and must start and end with an alphanumeric character';
  return [...problems, patternText(rule, DNS_LABEL, 'my-name', '123-abc')];
}

/** A subdomain of DNS (RFC 1123): the names of most resources. */
export function dnsSubdomainProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 253) problems.push(charactersMax(253));
  if (!DNS_SUBDOMAIN_PATTERN.test(text)) {
    const rule =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
      'and must start and end with an alphanumeric character';
    problems.push(patternText(rule, DNS_SUBDOMAIN, 'example.com'));
  }
  return problems;
}

/** `*.example.com`. */
export function wildcardSubdomainProblems(text = ''): string[] {
  if (new RegExp(`^\\*\\.${DNS_SUBDOMAIN}$`).test(text)) return [];
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, " +
    "which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [patternText(rule, `\\*\\.${DNS_SUBDOMAIN}`, '*.example.com')];
}

/** A label of DNS as RFC 1035 has it: Services. */
export function dns1035LabelProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 63) problems.push(charactersMax(63));
  if (!DNS_1035_LABEL_PATTERN.test(text)) {
    const rule =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
      'start with an alphabetic character, and end with an alphanumeric character';
    problems.push(patternText(rule, DNS_1035_LABEL, 'my-name', 'abc-123'));
  }
  return problems;
}

/** A name within a path of the API: rbac, and what may hold colons. */
export function pathSegmentProblems(text = ''): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%']
    .filter((each) => text.includes(each))
    .map((each) => `may not contain '${each}'`);
}

/** `[PREFIX/]NAME`: the keys of labels and annotations, finalizers, taints. */
export function labelKeyProblems(text = ''): string[] {
  if (text.length <= 63 && LABEL_KEY_PATTERN.test(text)) return [];
  const parts = text.split('/');
  if (parts.length > 2) {
    const rule = patternText(LABEL_KEY_TEXT, LABEL_KEY, 'MyName', 'my.name', '123-abc');
    return [
      `a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...dnsSubdomainProblems(prefix).map((each) => `prefix part ${each}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${bytesMax(63)}`);
  if (!LABEL_KEY_PATTERN.test(name)) {
    const rule = patternText(LABEL_KEY_TEXT, LABEL_KEY, 'MyName', 'my.name', '123-abc');
    problems.push(`name part ${rule}`);
  }
  return problems;
}

export function labelValueProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 63) problems.push(bytesMax(63));
  if (!LABEL_VALUE_PATTERN.test(text)) {
    const rule = `a valid label must be an empty string or ${LABEL_KEY_TEXT.replace('must consist', 'consist')}`;
    problems.push(patternText(rule, `(${LABEL_KEY})?`, 'MyValue', 'my_value', '12345'));
  }
  return problems;
}

/** The keys of ConfigMaps and Secrets. */
export function configKeyProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 253) problems.push(charactersMax(253));
  if (!CONFIG_KEY_PATTERN.test(text)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(patternText(rule, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  return [...problems, ...parentFolderProblems(text)];
}

function parentFolderProblems(text: string): string[] {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Printable ASCII without `=` (RelaxedEnvironmentVariableValidation). */
export function envNameProblems(text = ''): string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[\x20-\x3c\x3e-\x7e]*$/.test(text)) return [];
  return [
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
  ];
}

export function percentProblems(text = ''): string[] {
  if (PERCENT_PATTERN.test(text)) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [patternText(rule, PERCENT, '1%', '93%')];
}

export function httpHeaderProblems(text = ''): string[] {
  if (HTTP_HEADER_PATTERN.test(text)) return [];
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [patternText(rule, HTTP_HEADER, 'X-Header-Name')];
}

/** A name within a programming language: attributes of devices. */
export function cIdentifierProblems(text = ''): string[] {
  if (C_IDENTIFIER_PATTERN.test(text)) return [];
  const rule =
    "a valid C identifier must start with alphabetic character or '_', " +
    "followed by a string of alphanumeric characters or '_'";
  return [patternText(rule, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];
}

/** A name of a port (RFC 6335, lower case only). */
export function portNameProblems(text = ''): string[] {
  const problems: string[] = [];
  if (text.length > 15) problems.push(charactersMax(15));
  if (!/^[-a-z0-9]+$/.test(text)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-'))
    problems.push('must not begin or end with a hyphen');
  return problems;
}

export function portNumberProblems(port: number): string[] {
  return rangeProblems(port, 1, 65535);
}

export function rangeProblems(value: number, min: number, max: number): string[] {
  if (value >= min && value <= max) return [];
  return [`must be between ${String(min)} and ${String(max)}, inclusive`];
}

/** A base for a generated name may end with a dash, since something follows. */
export function withoutTrailingDash(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text;
}
