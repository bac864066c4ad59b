import type { Command } from 'commander';

/** What may follow at one place of the command line. */
export interface Place {
  /** The verbs before it: `snapshot save`; empty at the start. */
  readonly at: string;
  readonly words: readonly { readonly word: string; readonly description: string }[];
}

/** All places of a command line, from its own description. */
export function placesOf(command: Command, at = ''): Place[] {
  const verbs = command.commands.filter((each) => !each.name().startsWith('_'));
  const words = [
    ...verbs.map((each) => ({ word: each.name(), description: each.description() })),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .flatMap(({ long, description }) =>
        long === undefined ? [] : [{ word: long, description }],
      ),
    ...command.registeredArguments.flatMap(({ argChoices, description }) =>
      (argChoices ?? []).map((word) => ({ word, description })),
    ),
  ];
  const inner = verbs.flatMap((each) => placesOf(each, `${at} ${each.name()}`.trim()));
  return [{ at, words }, ...inner];
}
