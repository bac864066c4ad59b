/** A change of the compiled code: what stands there, just once, and what is put in its place. */
export interface Patch {
  /** Below `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface PlantedBug {
  readonly patches: readonly Patch[];
  /** Within so many seeds, from 1, it must be noticed. */
  readonly seedsMax: number;
}

/**
 * Bugs that a store must not have. Many are of the kinds that etcd lists in the README of its robustness tests: acknowledged
 * writes that are lost, data that differs between members after a crash, stale reads, and watches with gaps, repetitions and
 * bookmarks that promise too much.
 */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'writes are acknowledged before they are synced': {
    seedsMax: 5,
    patches: [
      {
        file: 'store/wal.js',
        from: '    this.#sync(file);\n    this.#position',
        to: '    this.#position',
      },
    ],
  },
  'a vote is forgotten over a restart': {
    seedsMax: 10,
    patches: [
      {
        file: 'store/wal-payload.js',
        from: 'vote: nodeId(getUint53(data, 8))',
        to: 'vote: nodeId(0)',
      },
    ],
  },
  'messages are sent before what they promise is stored': {
    seedsMax: 10,
    patches: [
      {
        file: 'store/replica-core.js',
        from: 'const [before, after] = this.#aroundSync(ready);',
        to: 'const [before, after] = [ready.messages, []];',
      },
    ],
  },
  'votes are given to candidates whose log is behind': {
    seedsMax: 5,
    patches: [
      {
        file: 'raft/vote.js',
        from: 'return upToDate ? VoteReason.granted : VoteReason.logBehind;',
        to: 'return VoteReason.granted;',
      },
    ],
  },
  'a leader that does not notice that it was deposed serves reads': {
    seedsMax: 15,
    patches: [
      { file: 'store/replica-core.js', from: 'checkQuorum: true', to: 'checkQuorum: false' },
      {
        file: 'raft/read-index.js',
        from: 'if (raft.config.readOnlyOption === "lease-based") {',
        to: 'if (true) {',
      },
    ],
  },
  'a leader commits what only it has': {
    seedsMax: 5,
    patches: [
      {
        file: 'raft/quorum.js',
        from: 'return indexes[Math.floor(voters.size / 2)] ?? 0;',
        to: 'return indexes[0] ?? 0;',
      },
    ],
  },
  'a damaged log is cut like a torn one': {
    seedsMax: 20,
    patches: [
      { file: 'store/wal-recovery.js', from: 'if (evidence.durable) {', to: 'if (false) {' },
    ],
  },
  'the name of a new segment is not synced': {
    seedsMax: 20,
    patches: [
      {
        file: 'store/wal.js',
        from: '    disk.rename(temporary, path);\n    disk.syncFolder(folder);',
        to: '    disk.rename(temporary, path);',
      },
    ],
  },
  'the applied index of a snapshot is behind its data': {
    seedsMax: 10,
    patches: [
      {
        file: 'store/state-snapshot.js',
        from: 'formatVersion: STATE_SNAPSHOT_FORMAT_VERSION,\n    appliedIndex,',
        to: 'formatVersion: STATE_SNAPSHOT_FORMAT_VERSION,\n    appliedIndex: appliedIndex - 1,',
      },
    ],
  },
  'a retried write happens twice': {
    seedsMax: 10,
    patches: [
      {
        file: 'store/session-table.js',
        from: 'if (outcome !== void 0) return { type: "repeated", outcome };',
        to: 'if (outcome !== void 0) known.outcomes.delete(sequence);',
      },
    ],
  },
  'a transaction is applied in halves': {
    seedsMax: 3,
    patches: [
      {
        file: 'mvcc/txn.js',
        from: 'responses: branch.map((operation) => runOperation(write, operation, path))',
        to:
          'responses: branch.map((operation, at) => {\n' +
          '      if (at === 1 && write.changed.length > 0) {\n' +
          '        write.state.currentRevision = write.revision;\n' +
          '        write.revision += 1;\n' +
          '      }\n' +
          '      return runOperation(write, operation, path);\n' +
          '    })',
      },
    ],
  },
  'a compare of a mod revision looks at the create revision': {
    seedsMax: 3,
    patches: [{ file: 'mvcc/compare.js', from: '.modRevision', to: '.createRevision' }],
  },
  'compaction takes a version that can still be read': {
    seedsMax: 5,
    patches: [
      {
        file: 'mvcc/compaction.js',
        from: 'return isTombstone(base) && base.modRevision < compactRevision ? at + 1 : at;',
        to: 'return base.modRevision < compactRevision && entry.versions.length > at + 1 ? at + 1 : at;',
      },
    ],
  },
  'a new leader ends leases at once': {
    seedsMax: 10,
    patches: [
      {
        file: 'store/lease-clock.js',
        from: 'this.#set(lease.id, lease.remainingTtlSeconds * 1e3 + this.#settings.extendMs);',
        to: 'this.#set(lease.id, 0);',
      },
    ],
  },
  'a watch that is resumed skips a revision': {
    seedsMax: 5,
    patches: [
      {
        file: 'store/watch-client.js',
        from: 'startRevision: watch.nextRevision }',
        to: 'startRevision: watch.life > 1 ? watch.nextRevision + 1 : watch.nextRevision }',
      },
    ],
  },
  'a watch that is resumed repeats a revision': {
    seedsMax: 5,
    patches: [
      {
        file: 'store/watch-client.js',
        from: 'startRevision: watch.nextRevision }',
        to: 'startRevision: Math.max(0, watch.nextRevision - 1) }',
      },
      {
        file: 'store/watch-client.js',
        from: '(event) => event.kv.modRevision >= watch.nextRevision',
        to: '(event) => event.kv.modRevision >= watch.nextRevision - 1',
      },
    ],
  },
  'a bookmark goes to a watcher that is behind': {
    seedsMax: 10,
    patches: [
      {
        file: 'mvcc/watch-hub.js',
        from: 'const upToDate = watcher.state === "synced" && watcher.nextRevision <= hub.source.currentRevision + 1;',
        to: 'const upToDate = watcher.state !== "ended";',
      },
    ],
  },
  'watchers lose what a snapshot brings': {
    seedsMax: 10,
    patches: [
      {
        file: 'mvcc/watch-hub.js',
        from: 'watcher.nextRevision = Math.max(watcher.nextRevision, reached + 1);',
        to: 'watcher.nextRevision = newSource.currentRevision + 1;',
      },
    ],
  },
  'a watcher gets each event of a revision for itself': {
    seedsMax: 3,
    patches: [
      {
        file: 'mvcc/watch-hub.js',
        from: 'if (watcher.state === "synced") deliver(hub, watcher, events, first.modRevision);',
        to: 'for (const event of events) if (watcher.state === "synced") deliver(hub, watcher, [event], first.modRevision);',
      },
    ],
  },
  'the comparison of the replicas finds nothing': {
    seedsMax: 15,
    patches: [
      {
        file: 'store/hash-check.js',
        from: 'const corrupt = known.filter(({ hash }) => hash !== right.hash).map(({ id }) => id);',
        to: 'const corrupt = [];',
      },
    ],
  },
};
