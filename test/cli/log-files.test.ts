import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { logReader } from '../../src/cli/log-files.js';
import { DEFAULT_LOG_KEEPING, RotatingFile } from '../../src/io/log/index.js';

function logFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-logs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

const at = (second: number): string =>
  `{"time":"2026-01-01T00:00:${String(second).padStart(2, '0')}Z"}`;

t.test(
  'the files of all actors are one story, by time; those set aside belong to it',
  async (t) => {
    const folder = logFolder();
    writeFileSync(path.join(folder, 'gateway.log'), `${at(3)}\n${at(5)}\n`);
    writeFileSync(path.join(folder, 'gateway.1.log'), `${at(1)}\n`);
    writeFileSync(path.join(folder, 'store-0.log'), `${at(4)}\n`);
    writeFileSync(path.join(folder, 'store-0.2.log'), `${at(2)}\n`);
    writeFileSync(path.join(folder, 'daemon.out'), 'ready\n');
    t.same(logReader(folder, undefined).read(), [1, 2, 3, 4, 5].map(at));
    t.same(logReader(folder, 'gateway').read(), [1, 3, 5].map(at));
    t.throws(() => logReader(folder, 'gate').read(), {
      message: 'no logs of gate; known: gateway, store-0',
    });
    t.throws(() => logReader(path.join(folder, 'none'), undefined).read(), {
      message: /no logs in/,
    });
  },
);

t.test('a rotation repeats no line and loses none', async (t) => {
  const folder = logFolder();
  const line = (number: number): string => `{"time":"${String(number).padStart(3, '0')}"}`;
  const file = new RotatingFile({
    path: path.join(folder, 'store-0.log'),
    ...DEFAULT_LOG_KEEPING,
    wallMs: Date.now,
    lostNotice: String,
    bytesMax: 5 * `${line(0)}\n`.length,
    filesMax: 3,
  });
  t.teardown(() => {
    file.close();
  });
  const reader = logReader(folder, 'store-0');
  const seen: string[] = [];
  for (let number = 0; number < 60; number++) {
    file.write(`${line(number)}\n`);
    if (number % 4 === 0) seen.push(...reader.read());
  }
  seen.push(...reader.read());
  t.same(
    seen,
    Array.from({ length: 60 }, (_, number) => line(number)),
  );
});

t.test('a line that is still being written waits for its end', async (t) => {
  const folder = logFolder();
  const file = path.join(folder, 'gateway.log');
  writeFileSync(file, `${at(1)}\n{"time":`);
  const reader = logReader(folder, undefined);
  t.same(reader.read(), [at(1)]);
  t.same(reader.read(), []);
  appendFileSync(file, '"2026"}\n');
  t.same(reader.read(), ['{"time":"2026"}']);
  appendFileSync(file, 'torn');
  t.same(reader.read({ withTorn: true }), ['torn']);
});
