import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findTranscripts, runTranscript } from './transcript-runner.js';

const ENGINES_OWN = 'test/conformance/raft-testdata';
/** What those do not cover: reads, size limits, forwarding, failed snapshots, crashes and restarts. */
const OURS = 'test/conformance/transcripts';

/** The compiled test stands somewhere below the checkout: its folders are found from its root. */
function fromRoot(name: string): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('no package.json above the compiled test');
    folder = parent;
  }
  return path.join(folder, name);
}

t.test('all transcripts of etcd-io/raft are there', (t) => {
  t.equal(findTranscripts(fromRoot(ENGINES_OWN)).length, 31);
  t.end();
});

for (const folder of [ENGINES_OWN, OURS].map(fromRoot)) {
  for (const file of findTranscripts(folder)) {
    t.test(`${path.relative(folder, file)} is matched byte for byte`, (t) => {
      t.equal(runTranscript(file).failures.join('\n'), '');
      t.end();
    });
  }
}
