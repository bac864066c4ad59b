import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findTranscripts, runTranscript } from './transcript-runner.js';

const TRANSCRIPTS = 'test/conformance/raft-testdata';

/**
 * The compiled test stands somewhere below the checkout: the transcripts are found from its root.
 */
function transcriptFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('no package.json above the compiled test');
    folder = parent;
  }
  return path.join(folder, TRANSCRIPTS);
}

const folder = transcriptFolder();
const files = findTranscripts(folder);

t.test('all transcripts of etcd-io/raft are there', (t) => {
  t.equal(files.length, 31);
  t.end();
});

for (const file of files) {
  t.test(`${path.relative(folder, file)} is matched byte for byte`, (t) => {
    t.equal(runTranscript(file).failures.join('\n'), '');
    t.end();
  });
}
