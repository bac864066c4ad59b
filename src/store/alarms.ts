import type { Hasher } from '../mvcc/index.js';
import type { Alarm, AlarmType } from '../protocol/index.js';

/** Alarms as replicated state (etcd's Alarm): who raised what. Few at any time: at most two for each member. */
export interface AlarmTable {
  /** In order of member and type. */
  list(): readonly Alarm[];
  /** Raised by that member, or by any. */
  has(type: AlarmType, memberId?: bigint): boolean;
  raise(alarm: Alarm): void;
  clear(alarm: Alarm): void;
  hash(hasher: Hasher): void;
}

export function createAlarmTable(image: readonly Alarm[] = []): AlarmTable {
  let alarms: readonly Alarm[] = image;
  const without = ({ memberId, type }: Alarm): Alarm[] =>
    alarms.filter((one) => one.memberId !== memberId || one.type !== type);
  return {
    list: () => alarms,
    has: (type, memberId) =>
      // It is asked for each write, and there are hardly ever any.
      alarms.length > 0 &&
      alarms.some(
        (one) => one.type === type && (memberId === undefined || one.memberId === memberId),
      ),
    raise({ memberId, type }) {
      alarms = [...without({ memberId, type }), { memberId, type }].sort(compareAlarms);
    },
    clear(alarm) {
      alarms = without(alarm);
    },
    hash(hasher) {
      for (const { memberId, type } of alarms) {
        hasher.bigint(memberId);
        hasher.text(type);
      }
    },
  };
}

function compareAlarms(a: Alarm, b: Alarm): number {
  if (a.memberId !== b.memberId) return a.memberId < b.memberId ? -1 : 1;
  return a.type < b.type ? -1 : 1;
}
