import { Counter, Histogram, Registry } from 'prom-client';
import type { Hook } from './admission/webhooks/hooks.js';
import type { HookResult } from './admission/webhooks/call-hook.js';

/** Upper bounds in seconds, kube-apiserver's own. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
const CODE_MAX = 600;
const LABELS = ['name', 'type', 'operation'] as const;

/** What is counted of admission webhooks, under Kubernetes' names. There are as many series as there are webhooks. */
export interface WebhookMetrics {
  readonly registry: Registry;
  called(hook: Hook, operation: string, result: HookResult, durationMs: number): void;
  /** A condition says that a webhook is not asked. */
  excluded(hook: Hook, operation: string): void;
  /** Conditions could not be evaluated. */
  conditionFailed(hook: Hook, operation: string): void;
}

export function createWebhookMetrics(): WebhookMetrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Histogram({
    name: 'apiserver_admission_webhook_admission_duration_seconds',
    help: 'Time that calls of admission webhooks took.',
    labelNames: [...LABELS, 'rejected'],
    buckets: BUCKETS,
    registers,
  });
  const requests = new Counter({
    name: 'apiserver_admission_webhook_request_total',
    help: 'Calls of admission webhooks, by the code of their answer.',
    labelNames: [...LABELS, 'code', 'rejected'],
    registers,
  });
  const rejections = new Counter({
    name: 'apiserver_admission_webhook_rejection_count',
    help: 'Writes that were refused because of an admission webhook, by what was wrong with it.',
    labelNames: [...LABELS, 'error_type', 'rejection_code'],
    registers,
  });
  const failedOpen = new Counter({
    name: 'apiserver_admission_webhook_fail_open_count',
    help: 'Calls of admission webhooks that failed, and did not count.',
    labelNames: ['name', 'type'],
    registers,
  });
  const exclusions = new Counter({
    name: 'apiserver_admission_match_condition_exclusions_total',
    help: 'Admission webhooks that were not asked, by their match conditions.',
    labelNames: [...LABELS, 'kind'],
    registers,
  });
  const conditionErrors = new Counter({
    name: 'apiserver_admission_match_condition_evaluation_errors_total',
    help: 'Match conditions that could not be evaluated.',
    labelNames: [...LABELS, 'kind'],
    registers,
  });
  return {
    registry,
    called({ name, type, failsOpen }, operation, result, durationMs) {
      const code = codeOf(result);
      const rejected = result.type !== 'allowed' && !(result.type === 'failed' && failsOpen);
      const where = { name, type, operation };
      requests.inc({ ...where, code, rejected: String(rejected) });
      durations.observe({ ...where, rejected: String(rejected) }, durationMs / 1_000);
      if (rejected)
        rejections.inc({ ...where, error_type: ERROR_TYPES[result.type], rejection_code: code });
      else if (result.type === 'failed') failedOpen.inc({ name, type });
    },
    excluded({ name, type }, operation) {
      exclusions.inc({ name, type, operation, kind: 'webhook' });
    },
    conditionFailed({ name, type }, operation) {
      conditionErrors.inc({ name, type, operation, kind: 'webhook' });
    },
  };
}

const ERROR_TYPES: Readonly<Record<HookResult['type'], string>> = {
  allowed: 'no_error',
  denied: 'no_error',
  failed: 'calling_webhook_error',
  refused: 'apiserver_internal_error',
};

function codeOf(result: HookResult): string {
  switch (result.type) {
    case 'allowed':
      return '200';
    case 'failed':
      return String(result.code);
    case 'denied':
      return String(Math.min(result.status.code, CODE_MAX));
    case 'refused':
      return '0';
  }
}
