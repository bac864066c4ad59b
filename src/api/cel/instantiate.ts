import type { Overload } from './function.js';
import type { Type } from './types.js';
import { substitute } from './types.js';

/** A form with variables of its own, so that two calls do not bind each other's. */
export function renamed(form: Overload, variable: () => Type): Pick<Overload, 'params' | 'result'> {
  const own = new Map<string, Type>();
  const collect = (type: Type): void => {
    if (type.kind === 'param' && !own.has(type.name)) own.set(type.name, variable());
    if (type.kind === 'list' || type.kind === 'optional') collect(type.element);
    if (type.kind === 'map') [type.key, type.value].forEach(collect);
  };
  [...form.params, form.result].forEach(collect);
  if (own.size === 0) return form;
  return {
    params: form.params.map((param) => substitute(own, param)),
    result: substitute(own, form.result),
  };
}
