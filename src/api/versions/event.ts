import type { KubernetesObject } from '../object.js';
import type { StoredVersion } from '../scheme/resource.js';
import type { FieldError } from '../validation/field-error.js';

/** What an Event's fields are called in events.k8s.io/v1, and in v1, where they are not the same. */
const NAMES: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const TO_STORED = new Map(NAMES);
const FROM_STORED = new Map(NAMES.map(([events, core]) => [core, events]));

/** events.k8s.io/v1: the same events as core's, which keeps them. */
export const EVENT_V1: StoredVersion = {
  group: '',
  version: 'v1',
  resource: 'events',
  toStored: (object) => {
    const event = renamed(object, TO_STORED, 'v1');
    // In v1 an Event is always about something.
    return 'involvedObject' in event ? event : { ...event, involvedObject: {} };
  },
  fromStored: (object) => renamed(object, FROM_STORED, 'events.k8s.io/v1'),
  createErrors: strictErrors,
};

function renamed(
  object: KubernetesObject,
  names: ReadonlyMap<string, string>,
  apiVersion: string,
): KubernetesObject {
  const entries = Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]);
  return { ...(Object.fromEntries(entries) as KubernetesObject), apiVersion };
}

/** What is demanded of an event that comes in by the new API (ValidateEventCreate), beside what v1 demands. */
function strictErrors(event: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const invalid = (field: string, detail: string): void => {
    errors.push({ type: 'FieldValueInvalid', field, badValue: '', detail });
  };
  const { type, source = {} } = event as { type?: string; source?: object };
  if (event['eventTime'] === undefined || event['eventTime'] === null)
    errors.push({ type: 'FieldValueRequired', field: 'eventTime', detail: '' });
  if (type !== 'Normal' && type !== 'Warning') invalid('type', `has invalid value: ${type ?? ''}`);
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count'])
    if ((event[field] ?? 0) !== 0) invalid(field, 'needs to be unset');
  if (Object.values(source).some((value) => value !== '')) invalid('source', 'needs to be unset');
  return errors;
}
