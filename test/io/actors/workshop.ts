import fs from 'node:fs';
import type { AskCall, BehaviourFactory } from '../../../src/actor/index.js';
import { inSync, runActor } from '../../../src/io/thread/index.js';
import type { WorkshopConfig, WorkshopProtocol } from './protocol.js';

type WriteCall = AskCall<{ data: Uint8Array }, { written: number }>;

const workshop: BehaviourFactory<WorkshopProtocol, WorkshopConfig> = (context, config) => {
  const fd = fs.openSync(config.file, 'a');
  let sum = 0;
  let writes: WriteCall[] = [];
  let written = 0;
  let syncs = 0;
  return {
    start: () => undefined,
    tells: {
      add: (_from, { n }) => {
        sum += n;
      },
      fail: (_from, { how }) => {
        misbehave(how, context.clock);
      },
    },
    asks: {
      echo: (call) => {
        call.reply(call.request);
      },
      hold: () => undefined,
      write: (call) => {
        writes.push(call);
      },
      added: (call) => {
        call.reply({ sum });
      },
    },
    streams: {
      count: (call) => {
        for (let i = 1; i <= call.request.upTo; i++) call.send(i);
        call.complete();
      },
    },
    turnEnd: () => {
      if (writes.length === 0) return;
      const batch = writes;
      writes = [];
      fs.writevSync(
        fd,
        batch.map((call) => call.request.data),
      );
      inSync(() => {
        fs.fdatasyncSync(fd);
      });
      syncs++;
      for (const call of batch) call.reply({ written: ++written });
    },
    report: () => ({ sum, written, syncs }),
    inject: (fault) => {
      if (fault.type !== 'block')
        return { ok: false, error: { code: 'unknown-fault', message: `no fault ${fault.type}` } };
      const block = (): void => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(fault['ms']));
      };
      if (fault['inSync'] === true) inSync(block);
      else block();
      return { ok: true, value: undefined };
    },
    stop: () => {
      fs.closeSync(fd);
    },
  };
};

function misbehave(
  how: WorkshopProtocol['tells']['fail']['how'],
  clock: { after(ms: number, callback: () => void): unknown },
): void {
  switch (how) {
    case 'throw':
      throw new Error('thrown on purpose');
    case 'reject':
      void Promise.reject(new Error('rejected on purpose'));
      return;
    case 'timer':
      clock.after(1, () => {
        throw new Error('thrown in a timer on purpose');
      });
      return;
    case 'loop':
      for (;;);
    case 'exit':
      process.exit(0);
    case 'allocate': {
      const held: unknown[] = [];
      for (;;) held.push(new Array(1000).fill(held.length));
    }
  }
}

runActor(workshop);
