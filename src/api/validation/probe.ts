import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1HTTPGetAction,
  V1Lifecycle,
  V1LifecycleHandler,
  V1Probe,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkNonNegative, checkPort, checkProblems } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { httpHeaderProblems } from './names.js';

export function checkLivenessProbe(
  probe: V1Probe | undefined,
  field: string,
  errors: Errors,
): void {
  if (probe === undefined) return;
  checkProbe(probe, field, errors);
  if (probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
}

export function checkReadinessProbe(
  probe: V1Probe | undefined,
  field: string,
  errors: Errors,
): void {
  if (probe === undefined) return;
  checkProbe(probe, field, errors);
  if (probe.terminationGracePeriodSeconds !== undefined) {
    const text = 'must not be set for readinessProbes';
    const { terminationGracePeriodSeconds: seconds } = probe;
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, seconds, text));
  }
}

function checkProbe(probe: V1Probe, field: string, errors: Errors): void {
  checkHandler(probe, undefined, field, errors);
  checkNonNegative(probe.initialDelaySeconds, `${field}.initialDelaySeconds`, errors);
  checkNonNegative(probe.timeoutSeconds, `${field}.timeoutSeconds`, errors);
  checkNonNegative(probe.periodSeconds, `${field}.periodSeconds`, errors);
  checkNonNegative(probe.successThreshold, `${field}.successThreshold`, errors);
  checkNonNegative(probe.failureThreshold, `${field}.failureThreshold`, errors);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(
      invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0'),
    );
  }
}

export function checkLifecycle(
  lifecycle: V1Lifecycle | undefined,
  gracePeriodSeconds: number | undefined,
  field: string,
  errors: Errors,
): void {
  for (const name of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[name];
    if (handler !== undefined)
      checkHandler(handler, gracePeriodSeconds, `${field}.${name}`, errors);
  }
}

type Handler = Pick<V1Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> &
  Pick<V1LifecycleHandler, 'sleep'>;

/** Exactly one kind of handler. */
function checkHandler(
  handler: Handler,
  gracePeriodSeconds: number | undefined,
  field: string,
  errors: Errors,
): void {
  const kinds = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter(
    (kind) => handler[kind] !== undefined,
  );
  if (kinds.length === 0) errors.push(required(field, 'must specify a handler type'));
  for (const kind of kinds.slice(1)) {
    errors.push(forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type'));
  }
  const [kind] = kinds;
  if (kind === 'exec' && listOf(handler.exec?.command).length === 0) {
    errors.push(required(`${field}.exec.command`));
  }
  if (kind === 'httpGet' && handler.httpGet !== undefined) {
    checkHttpGet(handler.httpGet, `${field}.httpGet`, errors);
  }
  if (kind === 'tcpSocket') checkPort(handler.tcpSocket?.port, `${field}.tcpSocket.port`, errors);
  if (kind === 'grpc') checkPort(handler.grpc?.port, `${field}.grpc.port`, errors);
  if (kind === 'sleep')
    checkSleep(handler.sleep?.seconds, gracePeriodSeconds, `${field}.sleep`, errors);
}

function checkSleep(
  seconds = 0,
  gracePeriodSeconds: number | undefined,
  field: string,
  errors: Errors,
): void {
  if (gracePeriodSeconds === undefined) return;
  if (seconds >= 0 && seconds <= gracePeriodSeconds) return;
  const limit = `terminationGracePeriodSeconds (${String(gracePeriodSeconds)})`;
  errors.push(invalid(field, seconds, `must be non-negative and less than ${limit}`));
}

function checkHttpGet(action: V1HTTPGetAction, field: string, errors: Errors): void {
  if (isUnset(action.path)) errors.push(required(`${field}.path`));
  checkPort(maybe(action.port), `${field}.port`, errors);
  const { scheme = '' } = action;
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    errors.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']));
  }
  for (const { name } of listOf(action.httpHeaders)) {
    checkProblems(httpHeaderProblems(maybe(name) ?? ''), `${field}.httpHeaders`, name, errors);
  }
}
