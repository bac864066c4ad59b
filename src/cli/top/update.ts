import { assertNever } from '../../base/index.js';
import type { Key } from './keys.js';
import { rowKeys, selectedActor, selectedIndex, VIEWS, type TopModel, type View } from './model.js';
import type { Sample } from './sample.js';

export type TopEvent =
  | { readonly type: 'sampled'; readonly sample: Sample }
  /** The daemon did not answer. */
  | { readonly type: 'lost'; readonly message: string }
  | { readonly type: 'told'; readonly message: string }
  | { readonly type: 'tick'; readonly nowMs: number }
  | { readonly type: 'key'; readonly key: Key };

/** What is to be done in the world. */
export type Effect =
  | { readonly type: 'none' }
  | { readonly type: 'quit' }
  /** The view has changed: what it shows may never have been asked for. */
  | { readonly type: 'refresh' }
  | { readonly type: 'kill'; readonly actor: string };

export interface Step {
  readonly model: TopModel;
  readonly effect: Effect;
}

const PAGE = 10;

/** The next state of the screen, and what is to be done. Pure. */
export function update(model: TopModel, event: TopEvent): Step {
  switch (event.type) {
    case 'sampled':
      return still(sampled(model, event.sample));
    case 'lost':
      return still({ ...model, lost: event.message });
    case 'told':
      return still({ ...model, notice: event.message });
    case 'tick':
      return still({ ...model, nowMs: event.nowMs });
    case 'key':
      return pressed(model, event.key);
    default:
      return assertNever(event, 'event');
  }
}

function still(model: TopModel): Step {
  return { model, effect: { type: 'none' } };
}

/** What this sample did not ask for stays as it was last seen. Another process has counters of its own. */
function sampled(model: TopModel, sample: Sample): TopModel {
  const last = model.sample;
  const isSameProcess = last?.status.pid === sample.status.pid;
  return {
    ...model,
    lost: undefined,
    nowMs: sample.atMs,
    before: isSameProcess ? last : undefined,
    sample: {
      ...sample,
      actors: sample.actors ?? last?.actors,
      elections: sample.elections ?? last?.elections,
      nodes: sample.nodes ?? last?.nodes,
      pods: sample.pods ?? last?.pods,
    },
  };
}

function pressed(model: TopModel, key: Key): Step {
  if (key === 'quit') return { model, effect: { type: 'quit' } };
  if (model.dialog !== undefined) return answered(model, key);
  if (typeof key === 'object') return shown(model, VIEWS[key.view - 1]);
  switch (key) {
    case 'next-view':
      return shown(model, neighbour(model.view, 1));
    case 'previous-view':
      return shown(model, neighbour(model.view, -1));
    case 'up':
      return still(moved(model, -1));
    case 'down':
      return still(moved(model, 1));
    case 'page-up':
      return still(moved(model, -PAGE));
    case 'page-down':
      return still(moved(model, PAGE));
    case 'first':
      return still(moved(model, -Infinity));
    case 'last':
      return still(moved(model, Infinity));
    case 'help':
      return still({ ...model, dialog: { type: 'help' } });
    case 'kill': {
      const actor = selectedActor(model);
      if (actor === undefined)
        return still({ ...model, notice: 'select an actor or a replica first: views 1 and 2' });
      return still({ ...model, dialog: { type: 'confirm-kill', actor }, notice: undefined });
    }
    case 'yes':
    case 'escape':
    case 'other':
      return still({ ...model, notice: undefined });
    default:
      return assertNever(key, 'key');
  }
}

/** Any key but `y` declines; any key closes the help. */
function answered(model: TopModel, key: Key): Step {
  const closed = { ...model, dialog: undefined };
  if (model.dialog?.type !== 'confirm-kill') return still(closed);
  const { actor } = model.dialog;
  if (key !== 'yes') return still({ ...closed, notice: `${actor} was not killed` });
  return { model: { ...closed, notice: `killing ${actor} …` }, effect: { type: 'kill', actor } };
}

function shown(model: TopModel, view: View | undefined): Step {
  if (view === undefined || view === model.view) return still(model);
  return { model: { ...model, view, notice: undefined }, effect: { type: 'refresh' } };
}

function neighbour(view: View, step: 1 | -1): View | undefined {
  return VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length];
}

function moved(model: TopModel, by: number): TopModel {
  const keys = rowKeys(model);
  const from = selectedIndex(model);
  if (from === undefined) return model;
  const key = keys[Math.max(0, Math.min(keys.length - 1, from + by))];
  return { ...model, selected: { ...model.selected, [model.view]: key } };
}
