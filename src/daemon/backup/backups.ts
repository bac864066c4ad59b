import type { Log } from '../../base/index.js';
import type { SavedSnapshot } from '../../store/index.js';
import { backupName, backupTimes, expiredBackups, nextBackupMs } from './backup-plan.js';

/** Timers count no time asleep: who waits for long looks at the clock in between. */
const LOOK_MS_MAX = 60_000;

export interface BackupSettings {
  readonly enabled: boolean;
  /** A cron expression, in local time. */
  readonly schedule: string;
  /** So many of the newest stay. */
  readonly keep: number;
}

/** What there is to see of the backups. */
export interface BackupState {
  readonly folder: string;
  /** RFC 3339, UTC. */
  readonly nextAt: string | null;
  readonly lastAt: string | null;
  /** Why the last try failed; null: it did not. */
  readonly problem: string | null;
}

export interface BackupPorts {
  readonly folder: string;
  readonly log: Log;
  /** The names in the folder; none where there is no such folder. */
  readonly list: () => readonly string[];
  readonly remove: (name: string) => void;
  readonly save: (name: string) => Promise<SavedSnapshot>;
  readonly wallMs: () => number;
  /** Calls back once; returns what calls it off. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** Backups on a schedule. A failure is told, and tried again when the next one is due. */
export class Backups {
  readonly #ports: BackupPorts;
  #settings: BackupSettings | undefined;
  /** Where there is no backup yet, the first one is due by the schedule from here on. */
  #sinceMs = 0;
  #triedMs = 0;
  #problem: string | undefined;
  #cancel: () => void = () => undefined;
  #saving = false;

  constructor(ports: BackupPorts) {
    this.#ports = ports;
  }

  /** From now on. May be called again, with other settings. */
  schedule(settings: BackupSettings): void {
    this.#cancel();
    this.#settings = settings;
    this.#sinceMs = this.#ports.wallMs();
    if (settings.enabled) this.#wait();
  }

  state(): BackupState | null {
    const settings = this.#settings;
    if (settings?.enabled !== true) return null;
    const [lastMs] = backupTimes(this.#ports.list());
    return {
      folder: this.#ports.folder,
      nextAt: timestamp(this.#dueMs(settings)),
      lastAt: lastMs === undefined ? null : timestamp(lastMs),
      problem: this.#problem ?? null,
    };
  }

  close(): void {
    this.#settings = undefined;
    this.#cancel();
  }

  #wait(): void {
    const settings = this.#settings;
    if (settings?.enabled !== true || this.#saving) return;
    const leftMs = this.#dueMs(settings) - this.#ports.wallMs();
    this.#cancel = this.#ports.after(Math.max(1, Math.min(leftMs, LOOK_MS_MAX)), () => {
      if (this.#dueMs(settings) > this.#ports.wallMs()) this.#wait();
      else void this.#run(settings);
    });
  }

  #dueMs({ schedule }: BackupSettings): number {
    const [newestMs = this.#sinceMs] = backupTimes(this.#ports.list());
    // After a failure the next try waits for the next time.
    return nextBackupMs(schedule, Math.max(newestMs, this.#triedMs), this.#ports.wallMs());
  }

  async #run({ keep }: BackupSettings): Promise<void> {
    const { log, list, remove, save, wallMs } = this.#ports;
    this.#triedMs = wallMs();
    this.#saving = true;
    try {
      const { file, revision, bytes } = await save(backupName(this.#triedMs));
      const expired = expiredBackups(list(), keep);
      expired.forEach(remove);
      log.info('backup made', { file, revision, bytes, removed: expired });
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      log.error('backup failed', { problem: this.#problem });
    }
    this.#saving = false;
    this.#wait();
  }
}

function timestamp(wallMs: number): string | null {
  return Number.isFinite(wallMs) ? new Date(wallMs).toISOString() : null;
}
