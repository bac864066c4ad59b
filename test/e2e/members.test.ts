import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { askDaemon, dataFolder, readKeptMembers } from '../../src/daemon/index.js';
import type { MemberReply } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

const FLAGS = ['--set', 'nodes.count=0'];

t.test('the members of the store', { timeout: 240_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const folder = dataFolder(cluster.folder);
  const written: string[] = [];
  const write = async (prefix: string): Promise<void> => {
    const names = numbered(prefix, 30);
    await writeConfigMaps(cluster.kubeconfig, names);
    written.push(...names);
  };
  const voters = async (): Promise<string[]> => {
    const { stdout } = await cluster.kubactor('member', 'list', '-o', 'json');
    const { members } = JSON.parse(stdout) as MemberReply;
    return members.map(({ id, name, role }) => `${id} ${name} ${role === null ? 'down' : 'up'}`);
  };
  await cluster.start(...FLAGS);
  await write('first');

  await t.test('a replica that refuses its files is replaced while the rest serves', async (t) => {
    await askDaemon(folder, { verb: 'kill', target: 'store-2', holdMs: 1000 });
    const wal = path.join(cluster.folder, 'store-2', 'wal');
    // Those of another replica are nothing that it could begin anew from.
    rmSync(wal, { recursive: true });
    cpSync(path.join(cluster.folder, 'store-1', 'wal'), wal, { recursive: true });
    const { stdout } = await eventually('the refusal', async () => {
      const status = await cluster.kubactor('member', 'list');
      return /store-2 .* refused /.test(status.stdout) && status;
    });
    t.match(stdout, /^ID +MEMBER +KIND +ROLE +STATE +LAST INDEX$/m);
    t.match(stdout, /^store-2: it refuses to start: .*put the replica's own .* back$/m);
    const [replaced] = await Promise.all([
      cluster.kubactor('member', 'replace', 'store-2'),
      write('meanwhile'),
    ]);
    t.match(replaced, { code: 0, stdout: /^replaced store-2 by store-3$/m });
    t.same(await voters(), ['1 store-0 up', '2 store-1 up', '4 store-3 up']);
    t.ok(existsSync(path.join(cluster.folder, 'store-2')), 'its folder is left to its owner');
    t.equal((await cluster.status()).actors.find(({ id }) => id === 'api-server')?.restarts, 0);
    await write('second');
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
  });

  await t.test('the leader can be removed, and what cannot be is told', async (t) => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await cluster.kubactor('member', ...args);
      t.equal(code, 1);
      return stderr;
    };
    t.match(await refused('remove', 'store-9'), /^kubactor: no member store-9; known: store-0, /);
    t.match(
      await refused('promote', 'store-0'),
      /^kubactor: etcdserver: can only promote a learner member$/m,
    );
    t.match(await refused('move-leader', 'store-9'), /^kubactor: no member store-9; known: /);
    const follower = (await voters()).map((one) => one.split(' ')[1] ?? '');
    const heir = follower.find((name) => name !== 'store-0') ?? '';
    const moved = await cluster.kubactor('member', 'move-leader', heir, '-o', 'json');
    t.match(JSON.parse(moved.stdout), { done: `${heir} leads the store` });
    t.equal((await cluster.status()).store.leader, heir);
    t.match(await cluster.kubactor('member', 'add'), { code: 0, stdout: /^added store-4$/m });
    const { store } = await cluster.status();
    t.match(await cluster.kubactor('member', 'remove', 'store-leader'), {
      code: 0,
      stdout: new RegExp(`^removed ${store.leader ?? ''}$`, 'm'),
    });
    t.equal((await voters()).length, 3);
    t.notOk((await cluster.status()).actors.some(({ id }) => id === store.leader));
    await askDaemon(folder, { verb: 'kill', target: 'store-follower', holdMs: 60_000 });
    await eventually('the loss', async () => (await voters()).some((one) => one.endsWith('down')));
    const up = (await voters()).filter((one) => one.endsWith(' up'));
    const target = up.map((one) => one.split(' ')[1] ?? '').find((name) => name !== store.leader);
    t.match(await refused('remove', target ?? ''), /^kubactor: etcdserver: unhealthy cluster$/m);
    await write('third');
  });

  await t.test('a replacement is finished after a SIGKILL in the middle of it', async (t) => {
    const [, target = ''] = (await voters())[0]?.split(' ') ?? [];
    const asked = cluster.kubactor('member', 'replace', target);
    await eventually(
      'the goal on the disk',
      async () => readKeptMembers(folder).goal !== undefined,
    );
    await cluster.end('SIGKILL');
    await asked;
    await cluster.start(...FLAGS);
    await eventually('its end', async () => readKeptMembers(folder).goal === undefined);
    const now = await voters();
    t.equal(now.length, 3);
    t.notOk(now.some((one) => one.includes(` ${target} `)));
    t.ok(
      now.every((one) => one.endsWith(' up')),
      String(now),
    );
    await write('fourth');
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    t.equal(await cluster.end('SIGTERM'), 0);
  });
});
