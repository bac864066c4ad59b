import type { ActorContext, ActorRef } from '../../actor/index.js';
import type { ActorId } from '../../base/index.js';
import { overflowOf } from '../../protocol/index.js';
import type { GatewayProtocol, WebhookCall, WebhookCaller } from '../../protocol/index.js';

/** The edge has the call's own time; this is for the way there and back. */
const MARGIN_MS = 500;

/**
 * Webhooks are called through the gateway, which holds the connections. Where it dies under a call, its next life carries the
 * call out anew, in the time that is left: Kubernetes, too, calls a webhook as often as a write is tried.
 */
export function gatewayWebhooks(context: ActorContext, gateway: ActorId): WebhookCaller {
  return {
    async call(call: WebhookCall) {
      const ref: ActorRef<GatewayProtocol> = context.ref(gateway, overflowOf.gateway);
      const deadlineMs = context.clock.monotonicMs() + call.timeoutMs;
      for (;;) {
        const leftMs = deadlineMs - context.clock.monotonicMs();
        if (leftMs <= 0) return { type: 'failed', message: 'context deadline exceeded' };
        const asked = await context.ask(
          ref,
          'webhook',
          { ...call, timeoutMs: leftMs },
          { timeoutMs: leftMs + MARGIN_MS, whenDown: 'wait' },
        );
        if (asked.ok) return asked.value;
        const { code } = asked.error;
        if (code === 'timeout') return { type: 'failed', message: 'context deadline exceeded' };
        if (code !== 'actor-down')
          return { type: 'failed', message: `webhooks cannot be called: ${code}` };
      }
    },
  };
}
