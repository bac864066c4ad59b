import { findModel } from '../scheme/model.js';

/** The model of a field's value, of a list's items or of a map's values; undefined where those have none. */
export function fieldModelOf(model: string | undefined, field: string): string | undefined {
  if (model === undefined) return undefined;
  let type = findModel(model)?.fields.get(field)?.type;
  if (type?.type === 'list') type = type.item;
  else if (type?.type === 'map') type = type.value;
  return type?.type === 'model' ? type.model : undefined;
}
