import type { AskCall } from '../actor/index.js';
import type { WebhookCall, WebhookCaller, WebhookReply } from '../protocol/index.js';
import type { GatewayConfig } from './config.js';

/** Hands a call out, one of `webhookCallsMax` at most: what a slow webhook holds up is bounded. */
export async function carryWebhook(
  { webhookCallsMax }: Pick<GatewayConfig, 'webhookCallsMax'>,
  webhooks: WebhookCaller,
  counts: { webhooks: number },
  call: Pick<AskCall<WebhookCall, WebhookReply>, 'request' | 'reply'>,
): Promise<void> {
  if (counts.webhooks >= webhookCallsMax) {
    const message = `too many calls to webhooks are under way (${String(webhookCallsMax)})`;
    call.reply({ type: 'failed', message });
    return;
  }
  counts.webhooks++;
  try {
    call.reply(await webhooks.call(call.request));
  } finally {
    counts.webhooks--;
  }
}
