import type { CoreV1Event } from '../generated/types.js';
import { maybe } from '../absent.js';
import type { Printer } from './printer.js';
import { column, since } from './printer.js';

const WIDE = { wide: true };

export const eventPrinter: Printer<CoreV1Event> = {
  columns: [
    column('Last Seen', 'string', 'The time since it was seen last.'),
    column('Type', 'string', 'Normal or Warning.'),
    column('Reason', 'string', 'Why it happened, in one word.'),
    column('Object', 'string', 'The object that it is about.'),
    column('Subobject', 'string', 'The part of that object.', WIDE),
    column('Source', 'string', 'Who reported it.', WIDE),
    column('Message', 'string', 'What happened.'),
    column('First Seen', 'string', 'The time since it was seen first.', WIDE),
    column('Count', 'string', 'How often it was seen.', WIDE),
    column('Name', 'string', 'The name of the event.', { format: 'name', wide: true }),
  ],
  cells: (event, nowMs) => {
    const first = since(event.firstTimestamp ?? event.eventTime, nowMs);
    const last = event.lastTimestamp === undefined ? first : since(event.lastTimestamp, nowMs);
    const { series } = event;
    const count = event.count === undefined || event.count === 0 ? 1 : event.count;
    return [
      series === undefined ? last : since(series.lastObservedTime, nowMs),
      event.type ?? '',
      event.reason ?? '',
      involvedText(event),
      maybe(event.involvedObject)?.fieldPath ?? '',
      sourceText(event),
      (event.message ?? '').trim(),
      first,
      series === undefined ? count : (series.count ?? 0),
      maybe(event.metadata)?.name ?? '',
    ];
  },
};

function involvedText(event: CoreV1Event): string {
  const { kind = '', name = '' } = maybe(event.involvedObject) ?? {};
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function sourceText({ source, reportingComponent, reportingInstance }: CoreV1Event): string {
  const component = nonEmpty(source?.component) ?? reportingComponent ?? '';
  const instance = nonEmpty(source?.host) ?? reportingInstance ?? '';
  return instance === '' ? component : `${component}, ${instance}`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
