/** The history on disk: what `collect` writes and `report` reads, also at the same time. */
export type { HistoryEvent } from './events.ts';
export { HistoryWriter, type HistoryWriterOptions } from './history-writer.ts';
