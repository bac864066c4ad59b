import type { Daemon } from './daemon.js';
import { CRASH_EXIT_CODE, RESTART_EXIT_CODE } from './failure.js';
import { complain, say } from './say.js';
import type { SystemdFace } from './systemd/index.js';

/** How long a crashing daemon waits for its actors. */
const CRASH_PATIENCE_MS = 10_000;

/** A daemon's life, seen from the signals that end it. */
export class Run {
  #daemon: Daemon | undefined;
  #systemd: SystemdFace | undefined;
  #stopping = false;
  #exitCode = 0;
  /** Takes the live line off the terminal. */
  endLine: () => void = () => undefined;

  /** A signal may have come before there was anything to stop. */
  started(daemon: Daemon, systemd: SystemdFace | undefined): void {
    this.#daemon = daemon;
    this.#systemd = systemd;
    if (this.#stopping) void daemon.stop();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Of an orderly end. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Stops; the heart then starts a new process with the same flags. */
  restart(): void {
    if (!this.#stopping) this.#exitCode = RESTART_EXIT_CODE;
    this.stop();
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.endLine();
    say('stopping …');
    void this.#systemd?.stopping();
    void this.#daemon?.stop();
  }

  /** A bug of main's own: the edges die tidy first, then the heart starts a new process. */
  async crash(error: Error): Promise<void> {
    this.endLine();
    complain(error.stack ?? error.message);
    const patience = new Promise((resolve) => setTimeout(resolve, CRASH_PATIENCE_MS));
    await Promise.race([this.#daemon?.stop(), patience]);
    process.exit(CRASH_EXIT_CODE);
  }
}
