import { readFileSync } from 'node:fs';
import type { BehaviourFactory, Protocol } from '../../../src/actor/index.js';
import { assert, ok } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { CulpritConfig, Misdeed } from './protocol.js';

/** Fails in the way and at the moment that it is told. Else it does nothing. */
const culprit: BehaviourFactory<Protocol, CulpritConfig> = (context, { when, how, file }) => {
  context.log.debug('a debug line');
  const commitAt = (moment: CulpritConfig['when']): unknown =>
    moment === when && how !== undefined ? commit(how, file) : undefined;
  const result = commitAt('factory');
  return {
    start: () =>
      (result instanceof Promise ? result : commitAt('start')) as Promise<void> | undefined,
    tells: {},
    asks: {},
    streams: {},
    stop: () => commitAt('stop') as Promise<void> | undefined,
    inject: (fault) => {
      if (fault.type === 'log') context.log.debug('a debug line');
      // In a turn of its own, so that the injection is answered.
      else context.clock.after(1, () => commit(fault.type as Misdeed, file));
      return ok(undefined);
    },
  };
};

const held: Buffer[] = [];
const kept: unknown[] = [];

function commit(how: Misdeed, file: string | undefined): unknown {
  switch (how) {
    case 'throw':
      throw new Error('thrown on purpose');
    case 'reject':
      return Promise.reject(new Error('rejected on purpose'));
    case 'assert':
      assert(held.length < 0, 'asserted on purpose');
      return undefined;
    case 'exit 0':
      return process.exit(0);
    case 'exit 1':
      return process.exit(1);
    case 'recursion':
      return recurse(1);
    case 'heap':
      for (;;) kept.push(new Array(10_000).fill(kept.length));
    case 'heap in turns':
      // Slowly: it has time to say what it holds before the growth of the process does.
      return setInterval(() => kept.push(new Array(100_000).fill(kept.length)), 20);
    case 'map': {
      const grown = new Map<number, number>();
      for (let i = 0; ; i++) grown.set(i, i);
    }
    case 'keys': {
      const grown: Record<string, number> = {};
      for (let i = 0; ; i++) grown[`key ${String(i)}`] = i;
    }
    case 'loop':
      for (;;);
    case 'regex':
      return /^(a+)+$/.test(`${'a'.repeat(60)}b`);
    case 'wait':
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    case 'wait for six seconds':
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6000);
    case 'native':
      // A named pipe that nobody writes to.
      return readFileSync(file ?? '');
    case 'buffers':
      for (let i = 0; i < 600; i++) held.push(Buffer.alloc(2 ** 20, 1));
      return undefined;
    case 'buffers without end':
      for (;;) held.push(Buffer.alloc(2 ** 20, 1));
  }
}

function recurse(depth: number): number {
  return recurse(depth + 1) + 1;
}

runActor(culprit);
