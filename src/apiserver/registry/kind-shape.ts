import { customResourceShape, modelShape } from '../../api/index.js';
import type { CustomType, MapShape } from '../../api/index.js';
import type { ExpectedKind } from './body.js';

/** How a kind's lists and maps are merged: as its model says, or a custom resource's schema. */
export function kindShape({ model, custom }: ExpectedKind): { shape: MapShape; model?: string } {
  if (custom === undefined) return { shape: modelShape(model), model };
  let shape = customShapes.get(custom);
  if (shape === undefined) {
    shape = customResourceShape({ ...custom.schema });
    customShapes.set(custom, shape);
  }
  return { shape };
}

const customShapes = new WeakMap<CustomType, MapShape>();
