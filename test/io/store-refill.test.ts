import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { nodeDisk } from '../../src/io/disk/index.js';
import { createStateMachine } from '../../src/store/index.js';
import { SnapshotFileWriter } from '../../src/store/snapshot-file.js';
import { SnapshotFolder } from '../../src/store/snapshot-folder.js';
import { readSnapshotFile } from '../../src/store/snapshot-reader.js';
import { atRest, differentHashes, reportsThat, storeSystem } from './store-cluster.js';
import { statusOf } from './store-faults.js';
import type { TestSystem } from './system-of.js';

t.setTimeout(120_000);

const USERS = ['client-0'];
const VICTIM = 'store-2';
const MARK = 'zz-mark';
const disk = nodeDisk((sync) => sync());

t.test(
  'a replica with wrong data, and then one without a readable log, are filled anew',
  async (t) => {
    const system = storeSystem(
      { 'client-0': 'mixed' },
      { snapshotEntries: 20, keptEntries: 10, hashCheckMs: 500 },
    );
    t.teardown(() => system.stop());
    await system.ready();
    await reportsThat(system, USERS, ([user]) => (user?.succeeded ?? 0) > 0);
    await system.inject('client-0', { type: 'mark', key: MARK }, 5000);
    await reportsThat(system, USERS, ([user]) => (user?.succeeded ?? 0) > 150);
    await system.inject('client-0', { type: 'end' }, 5000);
    const [user] = await reportsThat(system, USERS, atRest);
    const revision = user?.sawUpTo ?? 0;

    await system.terminateChild('root', VICTIM);
    changeSnapshot(path.join(system.folder, VICTIM, 'snap'));
    await filledAnew(system, 'its data differed from that of the other replicas');
    t.equal(await differentHashes(system, 'client-0', revision), 1);

    await system.terminateChild('root', VICTIM);
    const wal = path.join(system.folder, VICTIM, 'wal');
    for (const name of readdirSync(wal).filter((each) => each.endsWith('.wal'))) {
      const file = path.join(wal, name);
      writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5));
    }
    await filledAnew(system, 'no hard state can be read anywhere');
    t.equal(await differentHashes(system, 'client-0', revision), 1);
    t.match(
      system.actors().filter(({ id }) => id !== VICTIM),
      [{ lastCrash: null }, { lastCrash: null }, { lastCrash: null }],
    );
    await system.stop();
  },
);

/** Starts it, and waits until it has begun anew for that reason and is of one mind with the others. */
async function filledAnew(system: TestSystem, reason: string): Promise<void> {
  await system.restartChild('root', VICTIM);
  for (;;) {
    const crash = system.actors().find(({ id }) => id === VICTIM)?.lastCrash;
    const status = await statusOf(system, VICTIM);
    const begunAnew = /begins anew: /.test(crash?.reason ?? '') && crash?.reason.includes(reason);
    if (begunAnew === true && status?.state === 'running' && status.problem === null) return;
    await sleep(50);
  }
}

/** The snapshots hold another value, and all their checksums are right: as if a bit had flipped in memory before. */
function changeSnapshot(folder: string): void {
  const snapshots = new SnapshotFolder(disk, folder);
  for (const { path: file } of snapshots.list()) {
    const snapshot = readSnapshotFile(disk, file, 1n);
    if (!snapshot.ok) throw new Error(snapshot.error);
    const machine = createStateMachine({ onWatchersBehind: () => undefined });
    machine.install(snapshot.value.state);
    const read = machine.range({ key: MARK });
    const value = read.ok ? read.value.kvs[0]?.value : undefined;
    if (value === undefined) throw new Error('the snapshot lacks the key');
    value[0] = (value[0] ?? 0) ^ 1;
    disk.remove(file);
    const writer = new SnapshotFileWriter(disk, file, 1n, snapshot.value.metadata);
    const image = machine.beginSnapshot();
    for (let next = image.chunks.next(); next.done !== true; next = image.chunks.next())
      writer.write(next.value);
    writer.finish();
  }
}
