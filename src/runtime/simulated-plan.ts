import type { ContainerConfig } from '../protocol/index.js';

/** What a simulated container does after its start. */
export interface ContainerPlan {
  /** Undefined: it runs until it is stopped. */
  readonly endsAfterMs: number | undefined;
  readonly exitCode: number;
  readonly reason: string;
  /** Probes of it succeed from then on, */
  readonly healthyAfterMs: number;
  /** and until then. */
  readonly unhealthyAfterMs: number;
  /** What it prints at its start: its `echo`s. */
  readonly output: readonly string[];
}

/** Annotations that steer the simulation, one for each container: `simulated.kubactor.dev/web: exit=1 after=5s`. */
export const ANNOTATION_PREFIX = 'simulated.kubactor.dev/';

/**
 * Reads the container's command as far as it says when it ends: `sleep 5`, `exit 3`, `true`, `false`, `echo …`, also
 * within `sh -c "…"`. All else runs until it is stopped, as a server does.
 *
 * An annotation comes first: `exit=1`, `after=5s`, `reason=OOMKilled` say how it ends; `healthy-after=3s` and
 * `unhealthy-after=10s` when its probes succeed.
 */
export function containerPlan(
  config: ContainerConfig,
  annotations: Readonly<Record<string, string>>,
): ContainerPlan {
  const fields = fieldsOf(annotations[`${ANNOTATION_PREFIX}${config.name}`] ?? '');
  const script = shellScript([...config.command, ...config.args]);
  const end = fields.has('exit') || fields.has('after') ? annotatedEnd(fields) : commandEnd(script);
  return {
    ...end,
    healthyAfterMs: durationMs(fields.get('healthy-after') ?? '') ?? 0,
    unhealthyAfterMs: durationMs(fields.get('unhealthy-after') ?? '') ?? Infinity,
    output: echoed(script),
  };
}

type End = Pick<ContainerPlan, 'endsAfterMs' | 'exitCode' | 'reason'>;

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/\s+/).filter((part) => part.includes('='));
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
}

function annotatedEnd(fields: ReadonlyMap<string, string>): End {
  return ends(
    durationMs(fields.get('after') ?? '') ?? 0,
    exitCodeOf(fields.get('exit') ?? '0'),
    fields.get('reason'),
  );
}

function commandEnd(script: string): End {
  let afterMs = 0;
  const steps = script
    .split(/;|&&/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const step of steps) {
    const [name = '', argument = ''] = step.split(/\s+/);
    switch (name.split('/').at(-1)) {
      case 'sleep': {
        const sleepMs = durationMs(argument);
        if (sleepMs === undefined) return FOREVER;
        afterMs += sleepMs;
        break;
      }
      case 'exit':
        return ends(afterMs, exitCodeOf(argument === '' ? '0' : argument));
      case 'false':
        return ends(afterMs, 1);
      case 'true':
      case 'echo':
      case 'date':
        break;
      default:
        return FOREVER;
    }
  }
  return steps.length === 0 ? FOREVER : ends(afterMs, 0);
}

/** The text behind `sh -c`, or the command itself. */
function shellScript(words: readonly string[]): string {
  const [shell = '', flag = '', script] = words;
  const isShell = /(^|\/)(ba|a)?sh$/.test(shell) && /^-\w*c$/.test(flag);
  return isShell && script !== undefined ? script : words.join(' ');
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** As `sleep` reads it: `5`, `0.5`, `2m`; also `100ms`. */
function durationMs(text: string): number | undefined {
  const [, amount = '', unit = 's'] = /^([0-9]*\.?[0-9]+)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return amount === '' ? undefined : Number(amount) * (UNIT_MS[unit] ?? 1000);
}

/** A shell's: 0 to 255; 2 for what is no number. */
function exitCodeOf(text: string): number {
  const code = Number(text);
  return Number.isInteger(code) && code >= 0 ? code % 256 : 2;
}

/** What `echo` would print. */
function echoed(script: string): string[] {
  return [...script.matchAll(/(?:^|;|&&)\s*echo\s+([^;&]+)/g)].map((match) =>
    (match[1] ?? '').trim().replaceAll(/^["']|["']$/g, ''),
  );
}

const FOREVER: End = { endsAfterMs: undefined, exitCode: 0, reason: 'Completed' };

function ends(endsAfterMs: number, exitCode: number, reason?: string): End {
  return { endsAfterMs, exitCode, reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error') };
}
