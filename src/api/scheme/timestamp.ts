/** A time as protobuf and Go have it: seconds since 1970 and the nanoseconds within one. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339 (`2006-01-02T15:04:05Z07:00`, with or without a fraction); undefined where it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const date = `${String(year)}-${String(month)}-${String(day)}`;
  const time = `${String(hour)}:${String(minute)}:${String(second)}`;
  const wallMs = Date.parse(`${date}T${time}Z`);
  // The calendar is checked by writing the day again: Date.parse takes 31 February for 3 March.
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(date)) return undefined;
  const nanos = Number(fraction.padEnd(9, '0').slice(0, 9));
  return { seconds: wallMs / 1000 - zoneSeconds(zone), nanos };
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** `2006-01-02T15:04:05Z`: meta/v1 Time, which drops fractions. */
export function formatTime(time: Timestamp): string {
  return `${new Date(time.seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** `2006-01-02T15:04:05.000000Z`: meta/v1 MicroTime. */
export function formatMicroTime(time: Timestamp): string {
  const micros = String(Math.floor(time.nanos / 1000)).padStart(6, '0');
  return `${formatTime(time).slice(0, 19)}.${micros}Z`;
}
