import { tooManyRequests } from '../api/index.js';
import type { ActorContext, Behaviour, BehaviourFactory } from '../actor/index.js';
import type {
  GatewayProtocol,
  HttpExchange,
  HttpListener,
  WebhookCaller,
} from '../protocol/index.js';
import type { GatewayConfig } from './config.js';
import { replyStatus } from './status-reply.js';
import { serveStream, type ServedStream } from './stream.js';
import { traceExchange } from './tracing.js';
import { serveUnary, TOO_MANY, type BodyBudget } from './unary.js';
import { isWatch } from './watch-request.js';
import { carryWebhook } from './webhook.js';

/** How long a stopping gateway waits for answers that are under way. */
const DRAIN_MS = 2000;

/**
 * The edge for clients, and for the API server's calls to webhooks. It holds their connections while the API server behind it
 * restarts, and decides only what may be sent again; everything else is the API server's.
 */
export function gateway(
  listener: HttpListener,
  webhooks: WebhookCaller,
): BehaviourFactory<GatewayProtocol, GatewayConfig> {
  return (context, config) => {
    const budget: BodyBudget = { bytesInHand: 0, compressions: 0 };
    const counts = { unary: 0, streams: 0, served: 0, refused: 0, webhooks: 0 };
    const watches = new Set<ServedStream>();

    const handle = (arrived: HttpExchange): void => {
      const { exchange, trace } = traceExchange(context, config.traceSampleRate, arrived);
      if (counts.unary + counts.streams >= config.exchangesMax) {
        counts.refused++;
        replyStatus(exchange, tooManyRequests(TOO_MANY, 1), 1);
        return;
      }
      const kind = isWatch(exchange) ? 'streams' : 'unary';
      counts[kind]++;
      exchange.onClose(() => {
        counts[kind]--;
        counts.served++;
      });
      if (kind === 'streams') {
        const watch = serveStream(context, config, exchange, trace);
        watches.add(watch);
        exchange.onClose(() => watches.delete(watch));
      } else
        serveUnary(context, config, budget, exchange, trace).catch((error: unknown) =>
          crash(context, error),
        );
    };

    const behaviour: Behaviour<GatewayProtocol> = {
      async start() {
        const { port } = await listener.listen(handle);
        context.log.info('listening', { port });
      },
      tells: {},
      asks: {
        webhook: (call) => {
          carryWebhook(config, webhooks, counts, call).catch((error: unknown) =>
            crash(context, error),
          );
        },
      },
      streams: {},
      report: () => ({
        ...counts,
        bodyBytesInHand: budget.bytesInHand,
        compressions: budget.compressions,
      }),
      async stop() {
        listener.drain();
        for (const watch of watches) watch.end();
        const deadlineMs = context.clock.monotonicMs() + DRAIN_MS;
        while (counts.unary > 0 && context.clock.monotonicMs() < deadlineMs)
          await context.sleep(10);
      },
    };
    return behaviour;
  };
}

function crash(context: ActorContext, error: unknown): never {
  return context.crash(error instanceof Error ? error : new Error(String(error)));
}
