import t from 'tap';
import { revision } from '../../src/base/index.js';
import {
  backupName,
  backupTimes,
  expiredBackups,
  nextBackupMs,
  scheduleProblem,
} from '../../src/daemon/backup/backup-plan.js';
import { Backups, type BackupSettings } from '../../src/daemon/backup/index.js';
import { loadConfig } from '../../src/daemon/index.js';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 27, 12);

t.test('names tell the time, and only names of ours count', async (t) => {
  const names = [NOON_MS, NOON_MS + HOUR_MS].map(backupName);
  t.same(names, ['backup-2026-11-27T120000Z.snapshot', 'backup-2026-11-27T130000Z.snapshot']);
  const others = [
    'notes.txt',
    'backup-of-mine.snapshot',
    `${names[0] ?? ''}.part`,
    'backup-.snapshot',
  ];
  t.same(backupTimes([...others, ...names]), [NOON_MS + HOUR_MS, NOON_MS]);
  t.same(expiredBackups([...names, ...others], 1), names.slice(0, 1));
  t.same(expiredBackups(names, 2), []);
});

t.test('a backup is due by the schedule, at once where one was missed', async (t) => {
  const hourly = '0 * * * *';
  const cases = [
    ['just made', NOON_MS, NOON_MS + 1, NOON_MS + HOUR_MS],
    ['a night asleep', NOON_MS - 9 * HOUR_MS, NOON_MS + 5, NOON_MS + 5],
    ['the clock was set back', NOON_MS + 99 * HOUR_MS, NOON_MS + 5, NOON_MS + HOUR_MS],
  ] as const;
  for (const [name, lastMs, nowMs, dueMs] of cases)
    t.equal(nextBackupMs(hourly, lastMs, nowMs), dueMs, name);
});

t.test('a schedule that cannot be is refused', async (t) => {
  t.equal(scheduleProblem('0 3 * * *'), undefined);
  t.equal(scheduleProblem('0 0 30 2 *'), 'it never comes due');
  const loaded = loadConfig({ set: ['backup.schedule=every day'], environment: {} });
  t.match(loaded, { ok: false, error: [/^backup\.schedule: .*, got "every day"$/] });
  t.ok(loadConfig({ set: ['backup.schedule=0 3 * * *'], environment: {} }).ok);
});

/** A clock that is moved by hand, and a folder in memory. */
function world(): {
  readonly backups: Backups;
  readonly files: string[];
  readonly lines: string[];
  readonly pass: (ms: number) => Promise<void>;
  full: boolean;
} {
  let nowMs = NOON_MS + 1;
  let timer: { readonly dueMs: number; readonly callback: () => void } | undefined;
  const files: string[] = [];
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const state = {
    files,
    lines,
    full: false,
    async pass(ms: number) {
      const endMs = nowMs + ms;
      while (timer !== undefined && timer.dueMs <= endMs) {
        const { dueMs, callback } = timer;
        timer = undefined;
        nowMs = Math.max(nowMs, dueMs);
        callback();
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
      nowMs = endMs;
    },
    backups: new Backups({
      folder: '/backups',
      log: { debug: note, info: note, warn: note, error: note },
      list: () => files,
      remove: (name) => void files.splice(files.indexOf(name), 1),
      save: async (name) => {
        if (state.full) throw new Error('ENOSPC: no space left on device');
        files.push(name);
        return { file: name, revision: revision(1), bytes: 1, replica: 'store-1' as never };
      },
      wallMs: () => nowMs,
      after: (delayMs, callback) => {
        timer = { dueMs: nowMs + delayMs, callback };
        return () => {
          timer = undefined;
        };
      },
    }),
  };
  return state;
}

const HOURLY: BackupSettings = { enabled: true, schedule: '0 * * * *', keep: 3 };

t.test('backups come by the schedule, and the oldest go', async (t) => {
  const { backups, files, pass } = world();
  t.equal(backups.state(), null);
  backups.schedule(HOURLY);
  t.match(backups.state(), { lastAt: null, nextAt: '2026-11-27T13:00:00.000Z', problem: null });
  await pass(HOUR_MS - 2);
  t.same(files, []);
  await pass(5 * HOUR_MS);
  t.same(
    files,
    [16, 17, 18].map((hour) => `backup-2026-11-27T${hour - 1}0000Z.snapshot`),
  );
  t.match(backups.state(), {
    lastAt: '2026-11-27T17:00:00.000Z',
    nextAt: '2026-11-27T18:00:00.000Z',
  });
});

t.test('a failed one is told, costs no older one, and is tried again next time', async (t) => {
  const state = world();
  const { backups, files, lines, pass } = state;
  backups.schedule({ ...HOURLY, keep: 1 });
  await pass(HOUR_MS);
  t.equal(files.length, 1);
  const kept = [...files];
  state.full = true;
  await pass(HOUR_MS);
  t.same(files, kept);
  t.match(backups.state(), { problem: /ENOSPC/, nextAt: '2026-11-27T15:00:00.000Z' });
  t.same(lines, ['backup made', 'backup failed']);
  state.full = false;
  await pass(HOUR_MS);
  t.same(files, ['backup-2026-11-27T150000Z.snapshot']);
  t.match(backups.state(), { problem: null });
});

t.test('other settings hold from now on; closed, nothing comes any more', async (t) => {
  const { backups, files, pass } = world();
  backups.schedule({ ...HOURLY, enabled: false });
  await pass(3 * HOUR_MS);
  t.same(files, []);
  backups.schedule({ ...HOURLY, schedule: '30 * * * *' });
  await pass(HOUR_MS);
  t.same(files, ['backup-2026-11-27T153000Z.snapshot']);
  backups.close();
  t.equal(backups.state(), null);
  await pass(5 * HOUR_MS);
  t.equal(files.length, 1);
});
