import type { ContainerConfig } from '../protocol/index.js';

/** What a simulated container does after its start. */
export interface ContainerPlan {
  /** Undefined: it runs until it is stopped. */
  readonly endsAfterMs: number | undefined;
  readonly exitCode: number;
  readonly reason: string;
}

/** Annotations that steer the simulation: `simulated.kubactor.dev/<container>: exit=1 after=5s reason=OOMKilled`. */
export const ANNOTATION_PREFIX = 'simulated.kubactor.dev/';

/**
 * Reads the container's command as far as it says when it ends: `sleep 5`, `exit 3`, `true`, `false`, `echo …`, also
 * within `sh -c "…"`. All else runs until it is stopped, as a server does. An annotation says it outright.
 */
export function containerPlan(config: ContainerConfig, annotations: Readonly<Record<string, string>>): ContainerPlan {
  const told = annotations[`${ANNOTATION_PREFIX}${config.name}`];
  if (told !== undefined) return annotatedPlan(told);
  return commandPlan([...config.command, ...config.args]);
}

function annotatedPlan(text: string): ContainerPlan {
  const fields = new Map(text.split(/\s+/).map((part) => part.split('=', 2) as [string, string]));
  const exitCode = Number(fields.get('exit') ?? '0');
  const seconds = Number((fields.get('after') ?? '0').replace(/s$/, ''));
  return ends(seconds * 1000, Number.isFinite(exitCode) ? exitCode : 1, fields.get('reason'));
}

function commandPlan(words: readonly string[]): ContainerPlan {
  const script = shellScript(words) ?? words.join(' ');
  let afterMs = 0;
  for (const step of script.split(/;|&&/).map((part) => part.trim()).filter((part) => part !== '')) {
    const [name = '', argument = ''] = step.split(/\s+/);
    switch (name.split('/').at(-1)) {
      case 'sleep': {
        const seconds = Number(argument.replace(/s$/, ''));
        if (!Number.isFinite(seconds)) return FOREVER;
        afterMs += seconds * 1000;
        break;
      }
      case 'exit':
        return ends(afterMs, Number(argument === '' ? '0' : argument));
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
  return script === '' ? FOREVER : ends(afterMs, 0);
}

/** The text behind `sh -c`. */
function shellScript(words: readonly string[]): string | undefined {
  const [shell = '', flag = '', script] = words;
  return /(^|\/)(ba|a)?sh$/.test(shell) && /^-\w*c$/.test(flag) ? script : undefined;
}

const FOREVER: ContainerPlan = { endsAfterMs: undefined, exitCode: 0, reason: 'Completed' };

function ends(endsAfterMs: number, exitCode: number, reason?: string): ContainerPlan {
  return { endsAfterMs, exitCode, reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error') };
}
