import { isUnset } from '../absent.js';
import type { Errors } from './checks.js';
import { invalid, required } from './field-error.js';

/** `pods`, `pods/status`, `*` and the like: nothing that something else in the list says already (validateResources). */
export function checkRuleResources(
  resources: readonly string[],
  field: string,
  errors: Errors,
): void {
  const allParts = new Set<string>();
  const ofAll = new Set<string>();
  resources.forEach((text, index) => {
    const place = `${field}[${String(index)}]`;
    if (isUnset(text)) {
      errors.push(required(place));
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) return;
    const [resource, part] = [text.slice(0, slash), text.slice(slash + 1)];
    if (allParts.has(resource))
      errors.push(invalid(place, text, `if '${resource}/*' is present, must not specify ${text}`));
    if (ofAll.has(part))
      errors.push(invalid(place, text, `if '*/${part}' is present, must not specify ${text}`));
    if (part === '*') allParts.add(resource);
    if (resource === '*') ofAll.add(part);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  const plain = resources.some((each) => !isUnset(each) && each !== '*' && !each.includes('/'));
  if (resources.includes('*') && plain) {
    const text = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(field, resources, text));
  }
}
