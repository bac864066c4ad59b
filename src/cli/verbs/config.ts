import { leafPaths, loadConfig, readPath, type LoadedConfig } from '../../daemon/index.js';
import { print, printJson, table } from '../output.js';

interface ConfigFlags {
  readonly file?: string;
  readonly set: readonly string[];
}

/** `kubactor config show`: each setting, its value, and where that came from. */
export function showConfig(flags: ConfigFlags, { json }: { readonly json: boolean }): number {
  const loaded = load(flags);
  if (loaded === undefined) return 2;
  const rows = leafPaths(loaded.config).map((path) => ({
    path,
    value: readPath(loaded.config, path),
    origin: loaded.origins.get(path) ?? 'default',
  }));
  if (json) printJson(rows);
  else
    print(
      table(
        ['PATH', 'VALUE', 'ORIGIN'],
        rows.map((row) => [row.path, JSON.stringify(row.value), row.origin]),
      ),
    );
  return 0;
}

/** `kubactor config validate`: exit 2 and one line for each mistake. */
export function validateConfig(flags: ConfigFlags, { json }: { readonly json: boolean }): number {
  const loaded = load(flags);
  if (loaded === undefined) return 2;
  if (json) printJson({ valid: true });
  else print('the configuration is valid');
  return 0;
}

function load(flags: ConfigFlags): LoadedConfig | undefined {
  const loaded = loadConfig({ file: flags.file, set: flags.set, environment: process.env });
  if (loaded.ok) return loaded.value;
  for (const line of loaded.error) process.stderr.write(`${line}\n`);
  return undefined;
}
