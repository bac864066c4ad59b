import type { Command } from 'commander';
import { exit, folderOf, isJson, verb } from './verb.js';
import type { Common } from './verb.js';

/** Copies of its state. */
export function addSnapshotVerbs(cli: Command): void {
  const snapshot = cli
    .command('snapshot')
    .description("copies of the store's whole state")
    .exitOverride();
  verb(snapshot, 'save <file>', 'save it from a running cluster, without a pause').action(
    async (file: string, options: Common) => {
      const { saveSnapshot } = await import('../verbs/snapshot.js');
      exit(await saveSnapshot(await folderOf(options), file, { json: isJson(options) }));
    },
  );
  verb(snapshot, 'restore <file>', 'make a new cluster of it, in a new data folder')
    .option('--bump-revision <n>', 'how far to raise the revision', '1000000000')
    .action(async (file: string, options: Common & { bumpRevision: string }) => {
      const { restoreSnapshotFile } = await import('../verbs/snapshot.js');
      exit(
        await restoreSnapshotFile(await folderOf(options), file, {
          json: isJson(options),
          bumpRevision: options.bumpRevision,
        }),
      );
    });
  verb(
    snapshot,
    'inspect <file>',
    'its hash, revision, keys and size; exit 1 where it is damaged',
  ).action(async (file: string, options: Common) => {
    const { inspectSnapshotFile } = await import('../verbs/snapshot.js');
    exit(await inspectSnapshotFile(file, { json: isJson(options) }));
  });
}
