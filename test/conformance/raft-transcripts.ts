import { existsSync } from 'node:fs';
import { findTranscripts, runTranscript } from './transcript-runner.js';

/**
 * `raft-transcripts DIR`: runs every transcript below DIR, of the kinds `interaction`, `confchange`
 * and `quorum`.
 */
function main(args: readonly string[]): number {
  const [folder] = args;
  if (folder === undefined || args.length !== 1) {
    process.stderr.write('usage: raft-transcripts DIR\n');
    return 2;
  }
  if (!existsSync(folder)) {
    process.stderr.write(`raft-transcripts: no such folder: ${folder}\n`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const file of findTranscripts(folder)) {
    const { failures } = runTranscript(file);
    if (failures.length === 0) {
      passed++;
    } else {
      failed++;
      process.stdout.write(`FAILED ${file}\n${failures.join('\n')}\n\n`);
    }
  }
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
