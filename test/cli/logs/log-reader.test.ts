import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import {
  type LogReader,
  type LogReadOptions,
  logReader,
} from '../../../src/cli/logs/log-reader.js';
import { DEFAULT_LOG_KEEPING, RotatingFile } from '../../../src/io/log/index.js';

function logFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-logs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

const linesOf = (reader: LogReader, options?: LogReadOptions): string[] =>
  [...reader.read(options)].map(({ line }) => line);
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
    t.same(linesOf(logReader(folder, [])), [1, 2, 3, 4, 5].map(at));
    t.same(linesOf(logReader(folder, ['gateway'])), [1, 3, 5].map(at));
    t.same(linesOf(logReader(folder, ['gateway', 'store-0'])), [1, 2, 3, 4, 5].map(at));
    t.throws(() => linesOf(logReader(folder, ['gateway', 'gate'])), {
      message: 'no logs of gate; known: gateway, store-0',
    });
    t.throws(() => linesOf(logReader(path.join(folder, 'none'), [])), {
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
  const reader = logReader(folder, ['store-0']);
  const seen: string[] = [];
  for (let number = 0; number < 60; number++) {
    file.write(`${line(number)}\n`);
    if (number % 4 === 0) seen.push(...linesOf(reader));
  }
  seen.push(...linesOf(reader));
  t.same(
    seen,
    Array.from({ length: 60 }, (_, number) => line(number)),
  );
});

t.test('a line that is still being written waits for its end', async (t) => {
  const folder = logFolder();
  const file = path.join(folder, 'gateway.log');
  writeFileSync(file, `${at(1)}\n{"time":`);
  const reader = logReader(folder, []);
  t.same(linesOf(reader), [at(1)]);
  t.same(linesOf(reader), []);
  appendFileSync(file, '"2026"}\n');
  t.same(linesOf(reader), ['{"time":"2026"}']);
  appendFileSync(file, '{"time":"2027"}');
  t.same(linesOf(reader, { withTorn: true }), ['{"time":"2027"}']);
});

t.test('torn lines and rubbish are passed over and counted, however long', async (t) => {
  const folder = logFolder();
  const rubbish = Buffer.alloc(3 * 1024 * 1024, 0xfe);
  writeFileSync(
    path.join(folder, 'gateway.log'),
    Buffer.concat([
      Buffer.from(`${at(1)}\n{"time":"2026-01-\n`),
      rubbish,
      Buffer.from(`\n${at(2)}\n\n[]\n7\n{"msg":"no time"}\n${at(3)}\n{"ti`),
    ]),
  );
  const reader = logReader(folder, []);
  t.same(linesOf(reader, { withTorn: true }), [1, 2, 3].map(at));
  t.equal(reader.skippedLines, 6);
});

t.test('an actor keeps its own order where its clock went back', async (t) => {
  const folder = logFolder();
  writeFileSync(path.join(folder, 'a.log'), `${at(5)}\n${at(2)}\n${at(6)}\n`);
  writeFileSync(path.join(folder, 'b.log'), `${at(1)}\n${at(7)}\n`);
  t.same(linesOf(logReader(folder, [])), [1, 5, 2, 6, 7].map(at));
});

t.test('a long log passes through in pieces, in order, characters whole', async (t) => {
  const folder = logFolder();
  const line = (number: number): string =>
    JSON.stringify({ time: String(number).padStart(6, '0'), msg: 'ä'.repeat(number % 90) });
  const numbers = Array.from({ length: 5000 }, (_, number) => number);
  for (const actor of [0, 1, 2]) {
    const own = numbers.filter((number) => number % 3 === actor);
    writeFileSync(
      path.join(folder, `a${String(actor)}.log`),
      own.map((n) => `${line(n)}\n`).join(''),
    );
  }
  t.same(linesOf(logReader(folder, [])), numbers.map(line));
});
