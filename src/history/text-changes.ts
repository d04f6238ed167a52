import type { TextFieldId } from '../model/metrics.ts';
import type { TextChange } from '../model/node-history.ts';
import type { NodeSamples } from './node-samples.ts';

const MAX_CHANGES = 50;

/** What each text field said over time, an entry at each change; of many the newest. */
export class TextChangesReducer {
  private readonly changes = new Map<TextFieldId, TextChange[]>();

  add(samples: NodeSamples): void {
    for (const [fieldId, values] of samples.texts) {
      let list = this.changes.get(fieldId);
      let previous = list?.[list.length - 1]?.value;
      for (let i = 0; i < samples.count; i++) {
        const value = values[i];
        if (value === undefined || value === previous) continue;
        if (!list) {
          list = [];
          this.changes.set(fieldId, list);
        }
        if (list.length >= 2 * MAX_CHANGES) list.splice(0, MAX_CHANGES);
        list.push({ at: samples.at[i] as number, value });
        previous = value;
      }
    }
  }

  finish(): Partial<Record<TextFieldId, readonly TextChange[]>> {
    return Object.fromEntries([...this.changes].map(([fieldId, list]) => [fieldId, list.slice(-MAX_CHANGES)]));
  }
}
