import type { HttpExchange } from '../protocol/index.js';
import type { Status } from '../api/index.js';

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/**
 * Answers with a `Status` of the gateway's own. `retryAfterSeconds` only for a request that the API server never saw:
 * Kubernetes' clients then send it again, whatever its verb.
 */
export function replyStatus(
  exchange: HttpExchange,
  status: Status,
  retryAfterSeconds?: number,
): void {
  const headers: Record<string, string> = { ...JSON_HEADERS };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  exchange.respond(status.code, headers, new TextEncoder().encode(JSON.stringify(status)));
}
