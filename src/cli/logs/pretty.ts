import { prettyFactory } from 'pino-pretty';

/** For people: one record a line, errors with their stacks. Coloured, unless NO_COLOR is set and not empty (no-color.org). */
export function prettyFormat(environment: NodeJS.ProcessEnv): (line: string) => string {
  const pretty = prettyFactory({
    colorize: (environment['NO_COLOR'] ?? '') === '',
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return (line) => pretty(printable(line)).trimEnd();
}

/**
 * A line whose texts hold no control characters but tabs and line ends: what a client sends may end up in a log, and shall
 * not steer the terminal of who reads it.
 */
function printable(line: string): string {
  const visible = (text: string): string =>
    text.replaceAll(
      /(?![\t\n])\p{Cc}/gu,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return visible(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(clean);
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [visible(name), clean(inner)]),
    );
  };
  return JSON.stringify(clean(JSON.parse(line)));
}
