import type { GroupAnalysis } from '../model/analysis.ts';
import type { Block } from './blocks.ts';
import { actionStep, placeholderNote } from './first-page.ts';
import { type Telling, text } from './telling.ts';

/** Room for steps on the first page, on whose first sheet they stand: one takes as much again for its commands. The nodes have them all. */
const MOST_ROOM = 6;
/** More nodes than these are counted, not named. */
const NODES_NAMED = 3;

/** The steps of the first page, each as the node has it that it is told of, and the room that they take. */
export function stepsShown(group: GroupAnalysis, tellings: readonly Telling[]) {
  const all = (group.steps ?? []).flatMap((step) => {
    const telling = tellings.find(({ node }) => node.id === step.nodeId);
    const action = telling?.node.actions.find(({ id }) => id === step.id);
    return telling === undefined || action === undefined ? [] : [{ step, telling, action }];
  });
  let room = 0;
  const shown = all.filter(({ action }) => {
    const own = action.commands.length > 0 ? 2 : 1;
    if (room + own > MOST_ROOM) return false;
    room += own;
    return true;
  });
  return { shown, room, left: all.length - shown.length };
}

/** The group's steps in order, each with the nodes it is for. */
export function groupActions(group: GroupAnalysis, tellings: readonly Telling[]): Block {
  const { locale, format } = tellings[0] as Telling;
  const words = locale.report.group.page;
  const total = group.nodeIds.length;
  const { shown, left } = stepsShown(group, tellings);
  const forWhom = ({ nodeId, nodeIds, differs }: (typeof shown)[number]['step']): string => {
    const count = nodeIds.length;
    const who =
      count === total
        ? words.stepFor.all(format.number(total))
        : count <= NODES_NAMED
          ? words.stepFor.named(format.list(nodeIds))
          : words.stepFor.some(format.number(count), format.number(total));
    return differs ? `${who} ${words.stepFor.differs(nodeId)}` : who;
  };
  const notes = placeholderNote(
    tellings[0] as Telling,
    shown.map(({ action }) => action),
  );
  const footnotes = [...notes, ...(left === 0 ? [] : [words.moreSteps(left)])];
  return {
    type: 'actions',
    heads: locale.report.actions.heads,
    steps: shown.map(({ step, telling, action }) => {
      const own = actionStep(telling, action);
      const isEach = step.nodeIds.length > 1 && own.gives !== locale.report.actions.noGain;
      return {
        ...own,
        detail: text(`${forWhom(step)} `, ...(own.detail ?? [])),
        gives: isEach ? words.givesEach(own.gives) : own.gives,
      };
    }),
    ...(footnotes.length === 0 ? {} : { footnote: text(footnotes.join(' ')) }),
  };
}
