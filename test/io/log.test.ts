import fs, {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import {
  DEFAULT_LOG_KEEPING,
  openActorLog,
  redact,
  redactText,
  RotatingFile,
  type RotatingFileOptions,
  sweepLogs,
} from '../../src/io/log/index.js';

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
    keeping: { ...DEFAULT_LOG_KEEPING, bytesMax: 2000, filesMax: 3 },
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
  const file = rotating('/dev/full', { bytesMax: 1000, filesMax: 1 });
  file.write('lost\n');
  file.write('lost too\n');
  file.close();
  t.pass('a full disk does not crash an actor');
  t.end();
});

t.test('a folder that cannot be made is no death, and is told once when it can', (t) => {
  const folder = folderOf();
  writeFileSync(folder, 'a file stands in the way');
  const log = openActorLog({ folder, level: 'info', actor: 'a', incarnation: 4 });
  log.info('lost');
  log.info('lost too');
  fs.rmSync(folder);
  log.info('told');
  log.info('told too');
  t.match(linesOf(path.join(folder, 'a.log')), [
    { level: 'error', actor: 'a', incarnation: 4, msg: 'log lines were lost', lines: 2 },
    { msg: 'told' },
    { msg: 'told too' },
  ]);
  t.end();
});

t.test('a log whose folder was removed begins anew within a second', (t) => {
  const folder = folderOf();
  let nowMs = 5000;
  const file = new RotatingFile({
    ...DEFAULT_LOG_KEEPING,
    path: path.join(folder, 'a.log'),
    wallMs: () => nowMs,
    lostNotice: (lines) => `lost ${String(lines)}`,
  });
  file.write('first\n');
  rmSync(folder, { recursive: true });
  nowMs += 1000;
  file.write('second\n');
  // A file stands where the folder was: nothing can be written there.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  nowMs += 1000;
  file.write('third\n');
  rmSync(folder);
  file.write('fourth\n');
  t.equal(readFileSync(path.join(folder, 'a.log'), 'utf8'), 'lost 1\nfourth\n');
  file.close();
  t.end();
});

t.test('a line that a full disk cut short does not swallow the next', (t) => {
  const file = path.join(folderOf(), 'a.log');
  const log = rotating(file, {});
  log.write('first\n');
  const { writeSync } = fs;
  let room = 5;
  fs.writeSync = ((fd: number, bytes: Buffer, offset: number) => {
    if (room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const written = writeSync(fd, bytes, offset, Math.min(room, bytes.length - offset));
    room -= written;
    return written;
  }) as typeof fs.writeSync;
  log.write('second\n');
  fs.writeSync = writeSync;
  log.write('third\n');
  log.close();
  t.same(readFileSync(file, 'utf8').trimEnd().split('\n'), ['first', 'secon', 'lost 1', 'third']);
  t.end();
});

t.test('a file is set aside by the age of its first line, also one of an earlier life', (t) => {
  const file = path.join(folderOf(), 'a.log');
  const hour = 3_600_000;
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const line = (): string => `{"time":"${new Date(nowMs).toISOString()}"}\n`;
  const open = (): RotatingFile => rotating(file, { ageMsMax: 2 * hour, wallMs: () => nowMs });
  const first = open();
  first.write(line());
  nowMs += hour;
  first.write(line());
  first.close();
  const second = open();
  nowMs += hour;
  second.write(line());
  t.equal(linesOf(file).length, 3, 'not older than the limit');
  nowMs += 1;
  second.write(line());
  t.equal(linesOf(file).length, 1);
  t.equal(linesOf(file.replace('.log', '.1.log')).length, 3);
  nowMs -= 24 * hour;
  second.write(line());
  t.equal(linesOf(file).length, 2, 'a clock that goes back rotates nothing');
  second.close();
  t.end();
});

t.test('files that no rotation comes to are swept away by age and number', (t) => {
  const folder = folderOf();
  fs.mkdirSync(folder);
  const nowMs = Date.parse('2026-02-01T00:00:00Z');
  const day = 86_400_000;
  const ages: [string, number][] = [
    ['store-0.log', 90],
    ['store-0.1.log', 90],
    ['store-0.2.log', 1],
    ['store-0.7.log', 1],
    ['kubelet-gone.log', 90],
    ['kubelet-new.log', 1],
    ['daemon.out', 90],
  ];
  for (const [name, days] of ages) {
    writeFileSync(path.join(folder, name), 'x\n');
    const seconds = (nowMs - days * day) / 1000;
    utimesSync(path.join(folder, name), seconds, seconds);
  }
  const removed = sweepLogs(folder, new Set(['store-0']), DEFAULT_LOG_KEEPING, nowMs);
  t.same(removed.sort(), ['kubelet-gone.log', 'store-0.1.log', 'store-0.7.log']);
  t.same(sweepLogs(path.join(folder, 'none'), new Set(), DEFAULT_LOG_KEEPING, nowMs), []);
  t.end();
});

function rotating(file: string, options: Partial<RotatingFileOptions>): RotatingFile {
  return new RotatingFile({
    ...DEFAULT_LOG_KEEPING,
    path: file,
    wallMs: Date.now,
    lostNotice: (lines) => `lost ${String(lines)}`,
    ...options,
  });
}

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

t.test('a Secret is blotted out in lists too, and what kubectl repeats of it', (t) => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"x"}' };
  const redacted = redact({
    object: { kind: 'Secret', metadata: { name: 's', annotations } },
    list: { kind: 'SecretList', items: [{ metadata: { name: 't' }, data: { a: 'YQ==' } }] },
    pod: { kind: 'Pod', metadata: { annotations: { a: 'b' } } },
    'tls.key': 'k',
    '.dockerconfigjson': 'd',
  });
  t.same(redacted, {
    object: { kind: 'Secret', metadata: { name: 's', annotations: '[redacted]' } },
    list: { kind: 'SecretList', items: [{ metadata: { name: 't' }, data: '[redacted]' }] },
    pod: { kind: 'Pod', metadata: { annotations: { a: 'b' } } },
    'tls.key': '[redacted]',
    '.dockerconfigjson': '[redacted]',
  });
  t.same(redact({ key: 'default/web' }), { key: 'default/web' }, 'of an object');
  t.end();
});

t.test('keys and tokens are known by their looks, in any text', (t) => {
  const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2lnbmF0dXJl';
  const cases: [string, string][] = [
    [`read ${pem} of a file`, 'read [redacted] of a file'],
    [pem.slice(0, 40), '[redacted]'],
    ['authorization: bearer abc.def/x= (bad)', 'authorization: [redacted] (bad)'],
    [`token "${jwt}" has expired`, 'token "[redacted]" has expired'],
    ['-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----'],
    ['the bearer of bad news', 'the bearer of bad news'],
  ];
  for (const [text, expected] of cases) t.equal(redactText(text), expected);
  const error = new Error(`bad: ${jwt}`);
  t.notMatch(JSON.stringify(redact({ error, list: [[jwt]] })), jwt);
  const folder = folderOf();
  openActorLog({ folder, level: 'info', actor: 'a', incarnation: 1 }).info(`got ${jwt}`, { jwt });
  t.match(linesOf(path.join(folder, 'a.log')), [{ msg: 'got [redacted]', jwt: '[redacted]' }]);
  t.end();
});

t.test('texts are bounded', (t) => {
  const long = redact({ text: 'x'.repeat(1_000_000) })['text'] as string;
  t.ok(long.length < 33_000);
  t.match(long, /x… \[1000000 characters\]$/);
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
