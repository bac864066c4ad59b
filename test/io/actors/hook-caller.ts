import type { ActorContext, Behaviour, Protocol } from '../../../src/actor/index.js';
import { HttpsCaller } from '../../../src/io/net/index.js';
import { runEdge } from '../../../src/io/thread/index.js';
import type { HookCallerConfig } from './protocol.js';

const BODY = new TextEncoder().encode('x'.repeat(10_000));
const caller = new HttpsCaller();

/** An edge that calls a webhook over TLS, so many times at once, one call after the other. */
function hookCaller(_context: ActorContext, config: HookCallerConfig): Behaviour<Protocol> {
  const { url, caBundle, calls } = config;
  const ended: Record<string, number> = {};
  let open = 0;
  async function callOn(): Promise<void> {
    for (;;) {
      open++;
      const reply = await caller.call({ url, caBundle, body: BODY, timeoutMs: 300 });
      open--;
      const how = reply.type === 'response' ? 'answered' : reply.message;
      ended[how] = (ended[how] ?? 0) + 1;
    }
  }
  return {
    start: () => {
      for (let at = 0; at < calls; at++) void callOn();
    },
    tells: {},
    asks: {},
    streams: {},
    report: () => ({ open, ended, connections: caller.openConnections }),
  };
}

runEdge(hookCaller, {
  destroyAll: () => {
    caller.destroyAll();
  },
});
