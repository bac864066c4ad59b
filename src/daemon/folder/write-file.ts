import { renameSync, writeFileSync } from 'node:fs';

/** Written beside, then renamed (0600): a reader sees the old content or the new, never a part. */
export function writeFileAtomic(file: string, content: string): void {
  const draft = `${file}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}
