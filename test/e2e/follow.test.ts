import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { runningKubactor, type RunningCommand } from './running-command.js';

interface LogLine {
  readonly time: string;
  readonly actor: string;
  readonly incarnation: number;
}

t.test('logs and elections, told once and followed', { timeout: 120_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start('--set', 'nodes.count=1');
  const follow = (...args: string[]): RunningCommand => {
    const command = runningKubactor(...args, '-f', '--data-dir', cluster.folder);
    t.teardown(() => command.stop());
    return command;
  };
  const victim = (await cluster.status()).store.leader ?? '';
  const other = victim === 'store-0' ? 'store-1' : 'store-0';

  await t.test('logs are one JSON object a line, by time, of all actors', async (t) => {
    const { code, stdout } = await cluster.kubactor('logs', '-o', 'json');
    t.equal(code, 0);
    const lines = logLines(stdout);
    const times = lines.map(({ time }) => time);
    t.same(times, [...times].sort());
    const actors = (await cluster.status()).actors.map(({ id }) => id);
    const found = new Set(lines.map(({ actor }) => actor));
    for (const actor of ['store-0', 'store-1', 'store-2', 'api-server', 'gateway'])
      t.ok(found.has(actor), actor);
    t.same(
      [...found].filter((actor) => actor !== 'main' && !actors.includes(actor)),
      [],
    );
  });

  await t.test('logs of one actor are of no other', async (t) => {
    const { stdout } = await cluster.kubactor('logs', 'store-1');
    t.same([...new Set(logLines(stdout).map(({ actor }) => actor))], ['store-1']);
    const unknown = await cluster.kubactor('logs', 'store-9');
    t.equal(unknown.code, 1);
    t.match(
      unknown.stderr,
      /no logs of store-9; known: api-server, .*gateway, .*store-0, store-1, store-2/,
    );
  });

  await t.test('actors: the tree in 80 columns, and all of one', async (t) => {
    const { stdout } = await cluster.kubactor('actors');
    const lines = stdout.trimEnd().split('\n');
    t.match(lines[0], /^ACTOR +STATE +RESTARTS +MAILBOX +LOOP P99 +HEAP +UP$/);
    t.ok(lines.every((line) => line.length <= 80));
    const json = await cluster.kubactor('actors', '-o', 'json');
    t.match(JSON.parse(json.stdout), [
      { id: 'store-0', state: 'running', incarnation: 1, restarts: 0, messagesHandled: Number },
    ]);
    const one = await cluster.kubactor('actors', 'store-1');
    t.match(one.stdout, /^actor +store-1 \(store\)\nstate +running, life 1, up /);
    t.match(one.stdout, /\nlast crash +none\n$/);
    t.equal((await cluster.kubactor('actors', 'store-9')).code, 1);
  });

  await t.test('log-level: of one actor, from now on', async (t) => {
    const set = await cluster.kubactor('log-level', 'scheduler', 'debug');
    t.same([set.code, set.stdout], [0, 'scheduler logs at debug\n']);
    t.equal((await cluster.kubactor('log-level', 'scheduler', 'loud')).code, 2);
    const unknown = await cluster.kubactor('log-level', 'store-9', 'debug');
    t.equal(unknown.code, 1);
    t.match(unknown.stderr, /no actor store-9; known: store-0, /);
  });

  await t.test('metrics: every actor answers', async (t) => {
    const { stdout } = await cluster.kubectl('get', '--raw', '/metrics');
    t.match(stdout, /\nkubactor_scrape_success 1\n/);
    for (const { id } of (await cluster.status()).actors) {
      t.match(stdout, new RegExp(`\nkubactor_actor_up\\{actor="${id}",component="[a-z-]+"\\} 1\n`));
      t.match(stdout, new RegExp(`\nkubactor_actor_gc_seconds_total\\{actor="${id}",`));
    }
  });

  const logs = follow('logs', victim);
  const logsOfOther = follow('logs', other);
  const told = follow('elections');
  const objects = follow('elections', '-o', 'json');
  for (const command of [logs, logsOfOther, told, objects])
    await eventually('what is there already', async () => command.lines.length > 0);
  t.equal((await cluster.kubactor('chaos', 'kill', 'store-leader')).code, 0);

  await t.test('logs -f prints the lines of the next life, each once', async (t) => {
    await eventually('the next life', async () =>
      logLines(logs.output).some(({ incarnation }) => incarnation === 2),
    );
    const followed = countOf(logs.lines);
    const { stdout } = await cluster.kubactor('logs', victim);
    const written = countOf(stdout.split('\n'));
    // An actor may write the same line twice in a millisecond.
    t.same(
      [...followed].filter(([line, count]) => count > (written.get(line) ?? 0)),
      [],
      'no line more often than it was written',
    );
    t.ok(logLines(logs.output).every(({ actor }) => actor === victim));
    t.ok(logLines(logsOfOther.output).every(({ actor }) => actor === other));
  });

  await t.test('elections -f tells of the election in a sentence', async (t) => {
    // Others may have asked in vain before, for the same cause.
    const sentence = new RegExp(
      String.raw`Z  term \d+: store-\d leads \(leader-crash: life 1 of ${victim} ended`,
    );
    await eventually('the sentence', async () => sentence.test(told.output));
    t.match(told.lines[0], /^TERM +LEADER +CAUSE/);
  });

  let crashTerm = 0;
  await t.test('elections -o json prints one object a line, with -f too', async (t) => {
    await eventually('the record', async () =>
      /"leader":"store-\d".*"leader-crash"/.test(objects.output),
    );
    const { stdout } = await cluster.kubactor('elections', '-o', 'json');
    for (const text of [objects.output, stdout]) {
      const records = jsonLines(text) as { term: number; cause: string; leader: string | null }[];
      t.match(records[0], { cause: 'cluster-start' });
      const crash = records.find(
        ({ cause, leader }) => cause === 'leader-crash' && leader !== null,
      );
      crashTerm = crash?.term ?? 0;
      t.match(crash, {
        term: Number,
        leader: /^store-/,
        candidate: /^store-/,
        cause: 'leader-crash',
        causeDetail: String,
        votes: [{ voter: /^store-/, granted: Boolean, reason: String }],
        phases: { detectMs: Number, voteMs: Number, commitMs: Number },
        unavailableMs: Number,
        electedAt: /^\d{4}-\d\d-\d\dT/,
      });
    }
  });

  await t.test('elections --explain tells the story of a term', async (t) => {
    const { code, stdout } = await cluster.kubactor('elections', '--explain', String(crashTerm));
    t.equal(code, 0);
    t.match(stdout, /first commit .* after the vote was won/);
    t.match(stdout, /store-\d +voted for store-\d \(self\)/);
    t.match(stdout, new RegExp(String.raw`cause +leader-crash: life 1 of ${victim} ended`));
    t.match(stdout, /[+-]\d+(\.\d)? ms {2}store-\d {2}asks for votes for term/);
    const list = await cluster.kubactor('elections');
    for (const text of [stdout, list.stdout]) {
      t.ok(text.split('\n').every((line) => line.length <= 80));
      t.notMatch(text, /\u001b/);
    }
    const drawn = await cluster.kubactor(
      'elections',
      '--explain',
      String(crashTerm),
      '--export',
      'shiviz',
    );
    t.match(drawn.stdout, /^\(\?<event>.*\n\n/);
    t.match(drawn.stdout, /\nstore-\d \{"store-\d":\d/);
    t.equal((await cluster.kubactor('elections', '--export', 'shiviz')).code, 2);
    t.equal((await cluster.kubactor('elections', '--explain', '77')).code, 1);
    t.equal((await cluster.kubactor('elections', '--explain', 'x')).code, 2);
  });

  await t.test('the same as an event, as metrics and as a line of the log', async (t) => {
    const events = await eventually('the event', async () => {
      const { stdout } = await cluster.kubectl('get', 'events', '-n', 'kube-system');
      return stdout.includes('(leader-crash: ') && stdout;
    });
    t.match(events, /Warning +LeaderElected +storereplica\/store-\d/);
    const metrics = await eventually('the metrics', async () => {
      const { stdout } = await cluster.kubectl('get', '--raw', '/metrics');
      return /\nkubactor_elections_total\{.*cause="leader-crash"\} 1\n/.test(stdout) && stdout;
    });
    for (const family of [
      'etcd_server_is_leader{replica="store-0"}',
      'etcd_disk_wal_fsync_duration_seconds_bucket{replica="store-0",le="0.001"}',
      'kubactor_election_write_gap_seconds_count{replica="store-0"}',
    ])
      t.ok(metrics.includes(`\n${family} `), family);
    const { stdout: lines } = await cluster.kubactor('logs', '-o', 'json');
    const line = jsonLines(lines).find(
      (each) =>
        (each as { event?: string; term?: number }).event === 'leader-elected' &&
        (each as { term?: number }).term === crashTerm,
    );
    t.match(line, {
      event: 'leader-elected',
      term: crashTerm,
      leader: /^store-/,
      previousLeader: victim,
      outcome: 'elected',
      complete: true,
      unavailableMs: Number,
    });
  });

  t.notMatch(cluster.output, /\u001b|leader store/, 'what is no terminal gets no live line');
});

function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function jsonLines(text: string): unknown[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

function logLines(text: string): LogLine[] {
  return jsonLines(text) as LogLine[];
}
