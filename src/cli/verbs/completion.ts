import type { Command } from 'commander';
import { OperatingError } from '../../daemon/index.js';
import { completionScript, SHELLS } from '../completion/scripts.js';
import { placesOf } from '../completion/words.js';
import { printJson } from '../output.js';

/** `kubactor completion bash|zsh|fish`. */
export function completion(
  cli: Command,
  name: string,
  { json }: { readonly json: boolean },
): number {
  const shell = SHELLS.find((each) => each === name);
  if (shell === undefined)
    throw new OperatingError(`no completion for ${name}; known: ${SHELLS.join(', ')}`, 2);
  const script = completionScript(shell, placesOf(cli));
  if (json) printJson({ shell, script });
  else process.stdout.write(script);
  return 0;
}
