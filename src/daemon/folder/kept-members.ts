import { existsSync, readFileSync } from 'node:fs';
import type { DataFolder } from './data-folder.js';
import { writeFileDurable } from './durable-file.js';

export interface KeptReplica {
  /** Its actor, and its folder. */
  readonly name: string;
  /** Its member id in the store. */
  readonly id: number;
}

/** What an operator has asked the members to become, and what is not done yet. */
export interface KeptGoal {
  readonly add?: { readonly name: string; readonly voter: boolean };
  readonly remove?: { readonly name: string };
}

/**
 * Which replicas this daemon runs. Who belongs to the store is for its log to say; but an actor has to be started before it
 * can read its log, and some have none yet. See docs/decisions/0012-members.md.
 */
export interface KeptMembers {
  /** The members that the log begins from: never changed. */
  readonly founding: readonly KeptReplica[];
  readonly replicas: readonly KeptReplica[];
  /** The number of the next replica's name: none is given twice, so that no folder is. */
  readonly nextName: number;
  readonly goal?: KeptGoal | undefined;
}

/** Three, as long as nothing was ever changed. */
const FOUNDING: readonly KeptReplica[] = [
  { name: 'store-0', id: 1 },
  { name: 'store-1', id: 2 },
  { name: 'store-2', id: 3 },
];

export function readKeptMembers({ membersFile }: DataFolder): KeptMembers {
  if (existsSync(membersFile)) return JSON.parse(readFileSync(membersFile, 'utf8')) as KeptMembers;
  return { founding: FOUNDING, replicas: FOUNDING, nextName: FOUNDING.length };
}

export function keepMembers({ membersFile }: DataFolder, members: KeptMembers): void {
  writeFileDurable(membersFile, `${JSON.stringify(members, null, 2)}\n`);
}
