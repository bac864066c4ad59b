import { isUnset, maybe } from '../absent.js';
import type { CoreV1Event } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { invalid, required } from './field-error.js';
import { labelKeyProblems } from './names.js';

/** core legacyValidateEvent: the object's namespace, and who reports where the new fields are used. */
export function checkEvent(event: CoreV1Event, errors: Errors): void {
  const namespace = maybe(event.metadata)?.namespace ?? '';
  const involved = maybe(event.involvedObject)?.namespace ?? '';
  const matches =
    involved === '' ? namespace === '' || namespace === 'default' : involved === namespace;
  if (!matches) {
    const text = 'does not match event.namespace';
    errors.push(invalid('involvedObject.namespace', involved, text));
  }
  if (event.eventTime !== undefined) checkReporter(event, errors);
}

function checkReporter(event: CoreV1Event, errors: Errors): void {
  const { reportingComponent: component = '', reportingInstance: instance = '' } = event;
  if (component === '') errors.push(required('reportingComponent'));
  else checkProblems(labelKeyProblems(component), 'reportingComponent', component, errors);
  if (instance === '') errors.push(required('reportingInstance'));
  else if (instance.length > 128) {
    errors.push(invalid('reportingInstance', '', 'can have at most 128 characters'));
  }
  if (isUnset(event.action)) errors.push(required('action'));
  if (isUnset(event.reason)) errors.push(required('reason'));
}
