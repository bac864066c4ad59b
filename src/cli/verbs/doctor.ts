import { loadConfig, OperatingError, type DataFolder } from '../../daemon/index.js';
import { checksOf } from '../doctor/checks.js';
import { lookAround } from '../doctor/look.js';
import { print, printJson, table } from '../output.js';

export interface DoctorOptions {
  readonly json: boolean;
  readonly file: string | undefined;
  readonly set: readonly string[];
}

/** `kubactor doctor`: whether a cluster can run here. Exit 1 where something that is needed is missing. */
export async function doctor(folder: DataFolder, options: DoctorOptions): Promise<number> {
  const { file, set } = options;
  const loaded = loadConfig({ file, set, environment: process.env });
  if (!loaded.ok) throw new OperatingError(loaded.error.join('\n'), 2);
  const checks = checksOf(await lookAround(folder, loaded.value.config));
  const ok = checks.every(({ level }) => level !== 'fail');
  if (options.json) printJson({ ok, checks });
  else {
    const rows = checks.map(({ level, name, found, advice }) => [
      level,
      name,
      advice === null ? found : `${found}: ${advice}`,
    ]);
    print(table(['', 'CHECK', 'FOUND'], rows));
    print(ok ? '\na cluster can run here' : '\na cluster cannot run here as it is');
  }
  return ok ? 0 : 1;
}
