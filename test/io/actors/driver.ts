import type { AskResult, BehaviourFactory, Peer, Protocol } from '../../../src/actor/index.js';
import { actorId } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { DriverConfig, DriverReport, WorkshopProtocol } from './protocol.js';

/** Loads a workshop with asks, life after life, and knows that each of them ends. */
const driver: BehaviourFactory<Protocol, DriverConfig> = (context, config) => {
  const target = context.ref<WorkshopProtocol>(actorId(config.target));
  const pendingOf = new Map<number, number>();
  const ended: Record<string, number> = {};
  let alive = 0;
  let lives = 0;
  let writesAnswered = 0;
  const data = new Uint8Array(512);

  const count = (life: number, by: number): void => {
    pendingOf.set(life, (pendingOf.get(life) ?? 0) + by);
  };
  const note = (life: number, result: AskResult<unknown>): void => {
    count(life, -1);
    const how = result.ok ? 'answered' : result.error.code;
    ended[how] = (ended[how] ?? 0) + 1;
  };
  const hold = async (life: number): Promise<void> => {
    count(life, 1);
    note(life, await context.ask(target, 'hold', {}, { timeoutMs: 600_000 }));
  };
  const write = async (life: number): Promise<void> => {
    while (alive === life) {
      count(life, 1);
      const result = await context.ask(target, 'write', { data }, { timeoutMs: 600_000 });
      note(life, result);
      if (result.ok) writesAnswered++;
    }
  };
  return {
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    peerUp: (peer: Peer) => {
      lives++;
      alive = peer.incarnation;
      for (let i = 0; i < config.holds; i++) void hold(alive);
      for (let i = 0; i < config.writes; i++) void write(alive);
    },
    peerDown: () => {
      alive = 0;
    },
    report: (): DriverReport & Record<string, unknown> => {
      let pending = 0;
      let lost = 0;
      for (const [life, count] of pendingOf) {
        pending += count;
        if (life !== alive) lost += count;
      }
      return { lives, pending, lost, ended, writesAnswered };
    },
  };
};

runActor(driver);
