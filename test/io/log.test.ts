import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { openActorLog, redact, RotatingFile } from '../../src/io/log/index.js';

const folderOf = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'kubactor-log-')), 'logs');
const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

t.test('a line is in the file when the call returns, with who wrote it and when', (t) => {
  const folder = folderOf();
  const log = openActorLog({ folder, level: 'info', actor: 'store-0', incarnation: 3 });
  log.debug('not this');
  log.warn('disk is slow', { tookMs: 120, lease: 5n, data: new Uint8Array(3) });
  t.match(linesOf(path.join(folder, 'store-0.log')), [
    {
      level: 'warn',
      msg: 'disk is slow',
      actor: 'store-0',
      incarnation: 3,
      pid: process.pid,
      tookMs: 120,
      lease: '5',
      data: '[3 bytes]',
      time: /^\d{4}-\d\d-\d\dT.*Z$/,
    },
  ]);
  log.close();
  t.equal(statSync(path.join(folder, 'store-0.log')).mode & 0o777, 0o600);
  t.end();
});

t.test('the next life appends to the same file', (t) => {
  const folder = folderOf();
  for (const incarnation of [1, 2])
    openActorLog({ folder, level: 'info', actor: 'a', incarnation }).info('up');
  t.match(linesOf(path.join(folder, 'a.log')), [{ incarnation: 1 }, { incarnation: 2 }]);
  t.end();
});

t.test('files are bounded in size and number, and no line is split or lost between them', (t) => {
  const folder = folderOf();
  const log = openActorLog({
    folder,
    level: 'info',
    actor: 'a',
    incarnation: 1,
    bytesMax: 2000,
    filesMax: 3,
  });
  for (let n = 0; n < 40; n++) log.info('line', { n });
  const files = ['a.2.log', 'a.1.log', 'a.log'].map((name) => path.join(folder, name));
  for (const file of files) t.ok(statSync(file).size <= 2000);
  t.notOk(existsSync(path.join(folder, 'a.3.log')));
  const kept = files.flatMap((file) => linesOf(file).map((line) => Number(line['n'])));
  t.same(
    kept,
    Array.from({ length: kept.length }, (_, i) => 40 - kept.length + i),
    'the newest, in order',
  );
  t.end();
});

t.test('a line that a death tore apart does not swallow the next', (t) => {
  const folder = folderOf();
  openActorLog({ folder, level: 'info', actor: 'a', incarnation: 1 }).close();
  writeFileSync(path.join(folder, 'a.log'), '{"msg":"to');
  openActorLog({ folder, level: 'info', actor: 'a', incarnation: 2 }).info('whole');
  const lines = readFileSync(path.join(folder, 'a.log'), 'utf8').trim().split('\n');
  t.equal(lines[0], '{"msg":"to');
  t.match(JSON.parse(lines[1] ?? ''), { msg: 'whole' });
  t.end();
});

t.test('what the disk refuses is dropped and counted, not thrown', (t) => {
  const file = new RotatingFile({ path: '/dev/full', bytesMax: 1000, filesMax: 1 });
  file.write('lost\n');
  file.write('lost too\n');
  file.close();
  t.pass('a full disk does not crash an actor');
  t.end();
});

t.test('secrets are blotted out at any depth', (t) => {
  const redacted = redact({
    password: 'p',
    request: { headers: { Authorization: 'Bearer x', accept: '*/*' }, 'client-key-data': 'k' },
    object: {
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'YQ==' },
      stringData: { b: 'c' },
    },
    configMap: { kind: 'ConfigMap', data: { a: 'b' } },
    list: [{ token: 't' }],
    nothing: undefined,
  });
  t.same(redacted, {
    password: '[redacted]',
    request: {
      headers: { Authorization: '[redacted]', accept: '*/*' },
      'client-key-data': '[redacted]',
    },
    object: {
      kind: 'Secret',
      metadata: { name: 's' },
      data: '[redacted]',
      stringData: '[redacted]',
    },
    configMap: { kind: 'ConfigMap', data: { a: 'b' } },
    list: [{ token: '[redacted]' }],
    nothing: undefined,
  });
  t.end();
});

t.test('errors become plain data, and depth is bounded', (t) => {
  const deep: Record<string, unknown> = {};
  deep['self'] = deep;
  t.match(redact({ error: new Error('why') }), {
    error: { name: 'Error', message: 'why', stack: /why/ },
  });
  t.match(JSON.stringify(redact(deep)), /\[deep\]/);
  t.end();
});
