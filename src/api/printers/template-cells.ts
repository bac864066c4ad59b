import { listOf } from '../absent.js';
import type { V1LabelSelector, V1PodSpec } from '../generated/types.js';
import { labelSelectorFromObject, labelSelectorText } from '../selector/index.js';
import { column, orNone } from './printer.js';

const CONTAINERS = 'The names of the containers of the template.';
const IMAGES = 'The images of the containers of the template.';

export const CONTAINER_COLUMNS = [
  column('Containers', 'string', CONTAINERS, { wide: true }),
  column('Images', 'string', IMAGES, { wide: true }),
];

/** What `-o wide` shows of a workload. */
export const TEMPLATE_COLUMNS = [
  ...CONTAINER_COLUMNS,
  column('Selector', 'string', 'The labels of the pods that belong to it.', { wide: true }),
];

export function containerCells(spec: V1PodSpec | undefined): [string, string] {
  const containers = listOf(spec?.containers);
  return [
    containers.map((each) => each.name).join(','),
    containers.map((each) => each.image ?? '').join(','),
  ];
}

export function templateCells(
  spec: V1PodSpec | undefined,
  selector: V1LabelSelector | undefined,
): string[] {
  return [...containerCells(spec), selectorText(selector)];
}

export function selectorText(selector: V1LabelSelector | undefined): string {
  const matcher = labelSelectorFromObject(selector);
  return matcher.ok ? orNone(labelSelectorText(matcher.value)) : '<error>';
}
