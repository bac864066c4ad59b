import { existsSync } from 'node:fs';
import { findTranscripts, rewriteTranscript, runTranscript } from './transcript-runner.js';

/**
 * `raft-transcripts DIR`: runs every transcript below DIR, of the kinds `interaction`, `confchange`
 * and `quorum`. `--rewrite` writes into them what they print now: only for those of our own.
 */
function main(args: readonly string[]): number {
  const rewrite = args[0] === '--rewrite';
  const [folder, ...rest] = rewrite ? args.slice(1) : args;
  if (folder === undefined || rest.length > 0) {
    process.stderr.write('usage: raft-transcripts [--rewrite] DIR\n');
    return 2;
  }
  if (!existsSync(folder)) {
    process.stderr.write(`raft-transcripts: no such folder: ${folder}\n`);
    return 2;
  }
  if (rewrite) {
    const changed = findTranscripts(folder).filter(rewriteTranscript);
    process.stdout.write(changed.map((file) => `rewritten ${file}\n`).join(''));
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
