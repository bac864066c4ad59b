import { checksOf } from './health-checks.js';
import type { Check, HealthEndpoint, HealthState } from './health-checks.js';

export type { HealthEndpoint, HealthState } from './health-checks.js';

export interface HealthReport {
  readonly status: 200 | 500;
  readonly text: string;
}

export interface HealthQuestion {
  readonly endpoint: HealthEndpoint;
  /** The one check that is asked for; empty: all. */
  readonly single: string;
  readonly verbose: boolean;
  /** Names of checks that are left out. */
  readonly exclude: readonly string[];
}

/**
 * The answer to `/readyz?verbose`, `/livez/ping`, …, as k8s.io/apiserver's healthz package words it; undefined: there is no such
 * check. Why one failed is told where it is asked for by its name.
 */
export async function checkHealth(
  state: HealthState,
  { endpoint, single, verbose, exclude }: HealthQuestion,
): Promise<HealthReport | undefined> {
  const all = await checksOf(state, endpoint);
  if (single !== '') {
    const check = all.find(({ name }) => name === single);
    if (check === undefined) return undefined;
    const failure = await check.failure();
    return failure === undefined
      ? { status: 200, text: 'ok' }
      : { status: 500, text: `internal server error: ${failure}\n` };
  }
  const { lines, failures } = await linesOf(all, new Set(exclude));
  if (failures > 0)
    return { status: 500, text: [...lines, `${endpoint} check failed`, ''].join('\n') };
  if (!verbose) return { status: 200, text: 'ok' };
  return { status: 200, text: [...lines, `${endpoint} check passed`, ''].join('\n') };
}

async function linesOf(
  checks: readonly Check[],
  exclude: ReadonlySet<string>,
): Promise<{ readonly lines: readonly string[]; readonly failures: number }> {
  const results = await Promise.all(
    checks.map(async ({ name, failure }) => {
      if (exclude.has(name)) return { line: `[+]${name} excluded: ok`, failed: false };
      const failed = (await failure()) !== undefined;
      const line = failed ? `[-]${name} failed: reason withheld` : `[+]${name} ok`;
      return { line, failed };
    }),
  );
  const lines = results.map(({ line }) => line);
  const unknown = [...exclude].filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const quoted = unknown.map((name) => `"${name}"`).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${quoted}`);
  }
  return { lines, failures: results.filter(({ failed }) => failed).length };
}
