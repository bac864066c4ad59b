import { badRequest, decodeObject, invalid } from '../../api/index.js';
import type { FieldError } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { parseBody } from './body.js';
import type { ResourceRequest } from './resource-request.js';
import { isTrue } from '../request-info.js';
import { dryRunValues, readDryRun } from './write-options.js';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: Propagation | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
  /** As webhooks are told of them. */
  readonly sent?: object;
}

interface SentOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const PROPAGATIONS: readonly string[] = ['Foreground', 'Background', 'Orphan'];

type OptionsRequest = Pick<ResourceRequest, 'body' | 'query' | 'repeated'>;

/** Options come in the body of a DELETE, or, where it has none, in the query. */
export function readDeleteOptions(request: OptionsRequest): Outcome<DeleteOptions> {
  const sent = readSent(request);
  if (!sent.ok) return sent;
  const {
    gracePeriodSeconds,
    propagationPolicy,
    orphanDependents,
    preconditions,
    dryRun = [],
  } = sent.value;
  const wrong = checkPropagation(propagationPolicy, orphanDependents);
  if (wrong.length > 0)
    return refuse(invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', wrong));
  const dry = readDryRun(dryRun, 'DeleteOptions');
  if (!dry.ok) return dry;
  const legacy =
    orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background';
  return ok({
    gracePeriodSeconds,
    propagation: (propagationPolicy as Propagation | undefined) ?? legacy,
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
    dryRun: dry.value,
    sent: sent.value,
  });
}

function readSent(request: OptionsRequest): Outcome<SentOptions> {
  const { body } = request;
  const empty = body.type === 'none' || (body.type === 'bytes' && body.bytes.length === 0);
  if (empty) return fromQuery(request);
  const parsed = parseBody(body, 'DeleteOptions');
  if (!parsed.ok) return parsed;
  if (parsed.value.value === undefined || parsed.value.value === null) return fromQuery(request);
  const decoded = decodeObject('V1DeleteOptions', parsed.value.value);
  const error = decoded.errors[0];
  if (error !== undefined)
    return refuse(
      badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${error}`),
    );
  return ok(decoded.value as SentOptions);
}

function fromQuery(request: OptionsRequest): Outcome<SentOptions> {
  const { gracePeriodSeconds, propagationPolicy, orphanDependents } = request.query;
  const dryRun = dryRunValues(request);
  const sent: SentOptions = {};
  if (gracePeriodSeconds !== undefined) {
    if (!/^-?\d+$/.test(gracePeriodSeconds)) {
      return refuse(
        badRequest(
          `strconv.ParseInt: parsing ${JSON.stringify(gracePeriodSeconds)}: invalid syntax`,
        ),
      );
    }
    sent.gracePeriodSeconds = Number(gracePeriodSeconds);
  }
  if (propagationPolicy !== undefined) sent.propagationPolicy = propagationPolicy;
  if (orphanDependents !== undefined) sent.orphanDependents = isTrue(orphanDependents);
  if (dryRun.length > 0) sent.dryRun = [...dryRun];
  return ok(sent);
}

function checkPropagation(
  policy: string | undefined,
  orphanDependents: boolean | undefined,
): FieldError[] {
  if (policy !== undefined && !PROPAGATIONS.includes(policy)) {
    const detail = 'supported values: "Background", "Foreground", "Orphan", ""';
    return [
      { type: 'FieldValueNotSupported', field: 'propagationPolicy', badValue: policy, detail },
    ];
  }
  if (policy !== undefined && orphanDependents !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    return [{ type: 'FieldValueInvalid', field: 'propagationPolicy', badValue: policy, detail }];
  }
  return [];
}
