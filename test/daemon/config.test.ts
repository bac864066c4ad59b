import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import {
  autoCompaction,
  environmentName,
  loadConfig,
  readPath,
  type ConfigSources,
} from '../../src/daemon/index.js';

function load(change: Partial<ConfigSources>): ReturnType<typeof loadConfig> {
  return loadConfig({ set: [], environment: {}, ...change });
}

function mistakes(change: Partial<ConfigSources>): readonly string[] {
  const loaded = load(change);
  return loaded.ok ? [] : loaded.error;
}

t.test(
  'flags are over environment, over file, over default, and each value knows its origin',
  async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-config-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'c.yaml');
    writeFileSync(
      file,
      'apiVersion: kubactor.dev/v1alpha1\nkind: Cluster\nnodes: {count: 5, podsMax: 50}\nlog: {level: debug}\n',
    );
    const loaded = load({
      file,
      set: ['nodes.count=7'],
      environment: { KUBACTOR_NODES_COUNT: '6', KUBACTOR_NODES_PODS_MAX: '60' },
    });
    t.ok(loaded.ok);
    if (!loaded.ok) return;
    const { config, origins } = loaded.value;
    const seen = ['nodes.count', 'nodes.podsMax', 'log.level', 'apiServer.port'].map((at) => [
      readPath(config, at),
      origins.get(at),
    ]);
    t.same(seen, [
      [7, 'flag'],
      [60, 'environment KUBACTOR_NODES_PODS_MAX'],
      ['debug', `file ${file}`],
      [6443, undefined],
    ]);
    t.throws(() => Object.assign(config.nodes, { count: 1 }), TypeError, 'it is frozen');
  },
);

t.test('environment names follow the paths', async (t) => {
  t.equal(environmentName('apiServer.port'), 'KUBACTOR_API_SERVER_PORT');
  t.equal(environmentName('nodes.podsMax'), 'KUBACTOR_NODES_PODS_MAX');
});

t.test('each mistake is one line with its path', async (t) => {
  const lines = mistakes({
    set: ['apiServer.port=x', 'nodes.cout=3', 'foo=1', 'log.level=loud', 'etcd.ports=[1]', 'oops'],
  });
  t.equal(lines.length, 6);
  t.ok(lines.includes('nodes.cout: unknown setting; did you mean nodes.count?'), lines.join('\n'));
  t.ok(lines.includes('foo: unknown setting'));
  for (const start of ['apiServer.port: ', 'log.level: ', 'etcd.ports: ', '--set oops: ']) {
    t.equal(lines.filter((line) => line.startsWith(start)).length, 1, start);
  }
});

t.test('what is not built yet is refused, its default is not', async (t) => {
  for (const set of [
    'nodes.runtime=containerd',
    'proxy.mode=ipvs',
    'store.backend=etcd',
    'etcd.enabled=true',
    'nodes.simulated=5',
  ]) {
    t.match(mistakes({ set: [set] }), [/not built yet/], set);
  }
  for (const set of [
    'nodes.runtime=simulated',
    'nodes.runtime=auto',
    'etcd.ports=[0,0,0]',
    'dashboard.port=9999',
  ]) {
    t.same(mistakes({ set: [set] }), [], set);
  }
});

t.test('a file that is none, is not YAML, or is of another kind', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'c.yaml');
  t.match(mistakes({ file }), [/cannot be read: ENOENT/]);
  writeFileSync(file, 'a: [1');
  t.match(mistakes({ file }), [/c\.yaml: /]);
  writeFileSync(file, 'apiVersion: v1\nkind: Pod\n');
  t.same(mistakes({ file }), [
    'apiVersion: expected kubactor.dev/v1alpha1, got "v1"',
    'kind: expected Cluster, got "Pod"',
  ]);
});

t.test('settings of the store reach its replicas as they need them', async (t) => {
  const compaction = (set: string[]): unknown => {
    const loaded = load({ set });
    return loaded.ok ? autoCompaction(loaded.value.config.store.autoCompaction) : loaded.error;
  };
  const named = (mode: string, retention: string): string[] => [
    `store.autoCompaction.mode=${mode}`,
    `store.autoCompaction.retention=${retention}`,
  ];
  t.same(compaction([]), { ok: true, value: { mode: 'off' } });
  t.same(compaction(named('periodic', '1h30m')), {
    ok: true,
    value: { mode: 'periodic', periodMs: 5_400_000 },
  });
  t.same(compaction(named('periodic', '2')), {
    ok: true,
    value: { mode: 'periodic', periodMs: 7_200_000 },
  });
  t.same(compaction(named('revision', '1000')), {
    ok: true,
    value: { mode: 'revision', revisionsKept: 1000 },
  });
});

t.test('a retention that does not fit its mode, and a quota too small, are refused', async (t) => {
  t.same(mistakes({ set: ['store.autoCompaction.mode=periodic'] }), [
    'store.autoCompaction.retention: expected how long versions are kept, such as 5m or 1h30m (a bare number is hours), got nothing',
  ]);
  t.match(
    mistakes({
      set: ['store.autoCompaction.mode=revision', 'store.autoCompaction.retention=5m'],
    }),
    [/^store\.autoCompaction\.retention: expected how many revisions are kept.*, got "5m"$/],
  );
  t.match(mistakes({ set: ['store.quotaBytes=10', 'store.hashCheckMs=-1'] }), [
    /^store\.quotaBytes: /,
    /^store\.hashCheckMs: /,
  ]);
  t.match(mistakes({ set: ['store.autoCompaction.mode=hourly'] }), [
    /^store\.autoCompaction\.mode: /,
  ]);
});
