import { checkManagerName, invalid, managerOfUserAgent } from '../../api/index.js';
import type { FieldError } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { isTrue } from '../request-info.js';
import type { ResourceRequest, Writer } from './resource-request.js';

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'ApplyOptions';

/** What the query of a create, an update or a patch asks for. */
export interface WriteOptions extends Writer {
  /** Of an apply: take over what others own. */
  readonly force: boolean;
}

/** Reads the query, and finds a name for who writes: the one given, else the program's. */
export function readWriteOptions(
  request: Pick<ResourceRequest, 'query' | 'repeated' | 'user' | 'userAgent' | 'notes' | 'sentAs'>,
  kind: OptionsKind,
): Outcome<WriteOptions> {
  const { query, user, userAgent } = request;
  const named = query['fieldManager'] ?? '';
  const errors = [
    ...forceErrors(query, kind),
    ...managerErrors(named),
    ...dryRunErrors(dryRunValues(request)),
  ];
  const optionsKind = kind === 'ApplyOptions' ? 'PatchOptions' : kind;
  if (errors.length > 0)
    return refuse(invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors));
  const program = managerOfUserAgent(userAgent);
  const manager = named !== '' ? named : program !== '' ? program : 'unknown';
  const dryRun = query['dryRun'] !== undefined;
  return ok({ user, manager, dryRun, request, force: isTrue(query['force']) });
}

/** Reads `dryRun`, from the query or the body of a delete: absent, or `All`. */
export function readDryRun(values: readonly string[], optionsKind: string): Outcome<boolean> {
  const errors = dryRunErrors(values);
  if (errors.length > 0)
    return refuse(invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors));
  return ok(values.length > 0);
}

/** Each of them counts. */
export function dryRunValues({
  query,
  repeated,
}: Pick<ResourceRequest, 'query' | 'repeated'>): readonly string[] {
  const first = query['dryRun'];
  return repeated?.['dryRun'] ?? (first === undefined ? [] : [first]);
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  const detail = 'supported values: "All"';
  return [{ type: 'FieldValueNotSupported', field: 'dryRun', badValue: values, detail }];
}

function forceErrors(query: ResourceRequest['query'], kind: OptionsKind): FieldError[] {
  if (kind === 'ApplyOptions') {
    if ((query['fieldManager'] ?? '') !== '') return [];
    const detail = 'is required for apply patch';
    return [{ type: 'FieldValueRequired', field: 'fieldManager', detail }];
  }
  if (kind !== 'PatchOptions' || query['force'] === undefined) return [];
  const detail = 'may not be specified for non-apply patch';
  return [{ type: 'FieldValueForbidden', field: 'force', detail }];
}

function managerErrors(manager: string): FieldError[] {
  const wrong = checkManagerName(manager);
  if (wrong === undefined) return [];
  const field = 'fieldManager';
  if (wrong.type === 'too-long')
    return [{ type: 'FieldValueTooLong', field, detail: 'may not be more than 128 bytes' }];
  return [{ type: 'FieldValueInvalid', field, badValue: manager, detail: wrong.detail }];
}
