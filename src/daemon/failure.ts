/** An operating error of the daemon or a verb: one clear line for people, and the exit code of the contract. */
export class OperatingError extends Error {
  override readonly name = 'OperatingError';
  /** 1: the operation failed. 2: bad usage or configuration. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** sysexits' EX_SOFTWARE: the daemon met a bug of its own. Its heart starts it again. */
export const CRASH_EXIT_CODE = 70;

/** sysexits' EX_TEMPFAIL: the daemon ended in order to be started again. */
export const RESTART_EXIT_CODE = 75;
