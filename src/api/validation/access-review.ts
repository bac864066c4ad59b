import { isUnset, listOf } from '../absent.js';
import type {
  V1FieldSelectorAttributes,
  V1LabelSelectorAttributes,
  V1SubjectAccessReviewSpec,
} from '../generated/types.js';
import type { ObjectMeta } from '../object.js';
import type { Errors } from './checks.js';
import type { FieldError } from './field-error.js';
import { invalid, required } from './field-error.js';

interface AccessReview {
  readonly metadata?: ObjectMeta;
  readonly spec?: Omit<V1SubjectAccessReviewSpec, 'groups'> & {
    readonly groups?: readonly string[];
  };
}

/** Of whom a review asks: `self`, anybody (`subject`), or anybody within one namespace (`local`). */
type Scope = 'self' | 'subject' | 'local';

/** authorization ValidateSubjectAccessReview and its kin. `namespace` is that of the request, for `local`. */
export function validateAccessReview(
  { metadata, spec = {} }: AccessReview,
  scope: Scope,
  namespace = '',
): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes: on, nonResourceAttributes: at } = spec;
  if (on !== undefined && at !== undefined) {
    const text = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalid('spec.nonResourceAttributes', at, text));
  } else if (on === undefined && at === undefined) {
    const text = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid('spec.resourceAttributes', null, text));
  }
  if (scope !== 'self' && isUnset(spec.user) && listOf(spec.groups).length === 0)
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  checkSelector(on?.fieldSelector, 'spec.resourceAttributes.fieldSelector', errors);
  checkSelector(on?.labelSelector, 'spec.resourceAttributes.labelSelector', errors);
  checkMetadata(metadata, scope, errors);
  if (scope !== 'local') return errors;
  if (on !== undefined && (on.namespace ?? '') !== namespace) {
    const place = 'spec.resourceAttributes.namespace';
    errors.push(invalid(place, on.namespace ?? '', 'must match metadata.namespace'));
  }
  if (at !== undefined)
    errors.push(invalid('spec.nonResourceAttributes', at, 'disallowed on this kind of request'));
  return errors;
}

function checkSelector(
  selector: V1FieldSelectorAttributes | V1LabelSelectorAttributes | undefined,
  field: string,
  errors: Errors,
): void {
  if (selector === undefined) return;
  const { rawSelector } = selector;
  const isRaw = !isUnset(rawSelector);
  const hasRequirements = (selector.requirements ?? []).length > 0;
  if (isRaw && hasRequirements) {
    const text = 'may not specified at the same time as requirements';
    errors.push(invalid(`${field}.rawSelector`, rawSelector, text));
  }
  if (isRaw || hasRequirements) return;
  const text = `when ${field} is specified, requirements or rawSelector is required`;
  errors.push(required(`${field}.requirements`, text));
}

/** A question is not stored, so it has no name. */
function checkMetadata(metadata: ObjectMeta | undefined, scope: Scope, errors: Errors): void {
  const { managedFields: _any, namespace, ...rest }: Partial<ObjectMeta> = metadata ?? {};
  const named = scope === 'local' ? rest : { ...rest, namespace };
  const isGiven = Object.values(named).some((value) => value !== undefined && value !== '');
  if (!isGiven) return;
  const text = scope === 'local' ? 'must be empty except for namespace' : 'must be empty';
  errors.push(invalid('metadata', metadata, text));
}
