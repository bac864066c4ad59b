import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { loadConfig, OperatingError, type DataFolder } from '../../daemon/index.js';
import { print, printJson } from '../output.js';
import { DAEMON } from '../places.js';
import { unitPlace, unitText, type UnitPlace } from '../service/unit.js';

export interface ServiceOptions {
  readonly json: boolean;
  readonly name: string | undefined;
  readonly file: string | undefined;
  readonly set: readonly string[];
  /** Only show the unit. */
  readonly printOnly: boolean;
}

/** `kubactor service install`: writes the unit, then enables and starts it. */
export function installService(folder: DataFolder, options: ServiceOptions): number {
  const place = placeOf(options);
  const text = unitText(daemonCommand(folder, options), place);
  if (options.printOnly) {
    if (options.json) printJson({ file: place.file, unit: place.unit, text });
    else print(text.trimEnd());
    return 0;
  }
  const { file, set } = options;
  const loaded = loadConfig({ file, set, environment: {} });
  if (!loaded.ok) throw new OperatingError(loaded.error.join('\n'), 2);
  needed('systemd-notify', 'the daemon tells systemd through it that it is ready');
  const notes = [`writing ${place.file}`];
  mkdirSync(path.dirname(place.file), { recursive: true });
  writeFileSync(place.file, text, { mode: 0o644 });
  try {
    notes.push(systemctl(place, 'daemon-reload'), systemctl(place, 'enable', '--now', place.unit));
  } catch (error) {
    rmSync(place.file, { force: true });
    throw error;
  }
  if (place.systemctlFlags.length > 0)
    notes.push('it runs while you are logged in; `loginctl enable-linger` makes it outlast that');
  return done({ file: place.file, unit: place.unit }, notes, options);
}

/** `kubactor service uninstall`: stops it and removes the unit; the data folder stays. */
export function uninstallService(_folder: DataFolder, options: ServiceOptions): number {
  const place = placeOf(options);
  if (!existsSync(place.file)) throw new OperatingError(`no unit ${place.file}`);
  const notes = [systemctl(place, 'disable', '--now', place.unit), `removing ${place.file}`];
  rmSync(place.file);
  notes.push(systemctl(place, 'daemon-reload'), 'the data folder stays as it is');
  return done({ file: place.file, unit: place.unit }, notes, options);
}

const SHOWN = ['ActiveState', 'SubState', 'MainPID', 'NRestarts', 'StatusText'] as const;

/** `kubactor service status`. Exit 1 where it is not active. */
export function serviceStatus(_folder: DataFolder, options: ServiceOptions): number {
  const place = placeOf(options);
  const installed = existsSync(place.file);
  if (!installed && !options.json) {
    print(`not installed: no unit ${place.file}`);
    return 1;
  }
  const shown = installed ? show(place) : {};
  const found = {
    installed,
    file: place.file,
    unit: place.unit,
    active: shown['ActiveState'] ?? null,
    sub: shown['SubState'] ?? null,
    pid: Number(shown['MainPID'] ?? 0) || null,
    restarts: Number(shown['NRestarts'] ?? 0),
    statusText: shown['StatusText'] ?? null,
  };
  if (options.json) printJson(found);
  else
    print(
      `${place.unit}: ${found.active ?? '?'} (${found.sub ?? '?'}), pid ${found.pid ?? '-'}, ${found.restarts} restarts\n${found.statusText ?? ''}`.trimEnd(),
    );
  return found.active === 'active' ? 0 : 1;
}

function placeOf({ name }: ServiceOptions): UnitPlace {
  const configHome = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config');
  return unitPlace({ name, uid: process.getuid?.() ?? -1, configHome });
}

function daemonCommand(folder: DataFolder, { name, file, set }: ServiceOptions): string[] {
  return [
    process.execPath,
    DAEMON,
    '--data-dir',
    folder.root,
    ...(name === undefined ? [] : ['--name', name]),
    ...(file === undefined ? [] : ['-f', path.resolve(file)]),
    ...set.flatMap((assignment) => ['--set', assignment]),
  ];
}

function show(place: UnitPlace): Record<string, string> {
  const { stdout } = run([
    ...place.systemctlFlags,
    'show',
    place.unit,
    ...SHOWN.flatMap((name) => ['-p', name]),
  ]);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Returns what was done, for people. */
function systemctl({ systemctlFlags }: UnitPlace, ...args: string[]): string {
  const whole = [...systemctlFlags, ...args];
  const { status, stderr } = run(whole);
  if (status !== 0)
    throw new OperatingError(`systemctl ${whole.join(' ')} failed: ${stderr.trim()}`);
  return `systemctl ${whole.join(' ')}`;
}

function run(args: readonly string[]): { status: number; stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync('systemctl', args, { encoding: 'utf8' });
  if (error !== undefined)
    throw new OperatingError(
      `no systemctl on the PATH (${error.message}): there is no systemd here`,
    );
  return { status: status ?? 1, stdout, stderr };
}

function needed(command: string, why: string): void {
  if (spawnSync(command, ['--version']).error !== undefined)
    throw new OperatingError(`no ${command} on the PATH: ${why}`);
}

function done(
  found: { readonly file: string; readonly unit: string },
  notes: readonly string[],
  { json }: ServiceOptions,
): number {
  if (json) printJson({ ...found, notes });
  else print(notes.join('\n'));
  return 0;
}
