import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { DataFolder } from '../../daemon/index.js';
import { parseTime } from '../output.js';

/** Flags that nearly every verb has. */
export interface Common {
  readonly dataDir?: string;
  readonly name?: string;
  readonly output?: string;
}

/** Flags of a verb that reads a configuration. */
export interface Configured {
  readonly file?: string;
  readonly set: string[];
}

export function verb(
  parent: Command,
  usage: string,
  description: string,
  formats: readonly string[] = ['text', 'json'],
): Command {
  return parent
    .command(usage)
    .description(description)
    .exitOverride()
    .option(
      '--data-dir <dir>',
      'data folder (default: $KUBACTOR_DATA_DIR, else the state folder of the user)',
    )
    .option('--name <name>', 'the cluster of that name, where there are several')
    .addOption(new Option('-o, --output <format>', 'output format').choices(formats));
}

/** Adds the flags that say which configuration. */
export function configured(command: Command): Command {
  return command
    .option('-f, --file <config.yaml>', 'configuration file')
    .option(
      '--set <path=value>',
      'one setting, may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    );
}

export function isJson({ output }: Common): boolean {
  return output === 'json';
}

export async function folderOf({ dataDir, name }: Common): Promise<DataFolder> {
  const { dataFolder, dataFolderPath } = await import('../../daemon/index.js');
  return dataFolder(dataFolderPath(dataDir, process.env, name));
}

export function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number from 1 on.');
}

export function time(text: string): string {
  const parsed = parseTime(text, Date.now());
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('expected a time, or a duration such as 5m.');
}

export function exit(code: number): void {
  process.exitCode = code;
}
