/** What the report teaches where a history shows it. Arguments arrive as finished text. */
export const lessonWords = {
  stays: {
    title: 'Why RSS stays up after deletes',
    text: (given: string) =>
      `The allocator can give a page back only when nothing on it is in use, so deletes lower used memory and hardly lower RSS: here by ${given} of what was deleted. That is no leak, and by itself no fragmentation.`,
  },
  reused: {
    title: 'Freed memory is used again',
    text: (share: string) =>
      `When data came back, RSS grew by only ${share} of what came in: it went into the places that deletes had left. Such memory is ready for the next peak and needs no action.`,
  },
  notReused: {
    title: 'How a refill tells fragmentation',
    text: (share: string) =>
      `Had the freed places fitted the new data, RSS would have stayed where it was. It grew by ${share} of what came in, although freed memory was there: the holes are of the wrong sizes.`,
  },
  peak: {
    title: 'Provision for the peak',
    text: (peak: string, usual: string) =>
      `Used memory peaked at ${peak} and half of the time was at or below ${usual}. A machine bought for the usual level would end in evictions, refused writes or an out-of-memory kill at the next peak, so the peak decides everything here.`,
  },
  pressure: {
    title: (target: string) => `What passing ${target} means`,
    text: (first: string) =>
      `Above that line the machine is under memory pressure: from growth, from fragmentation, or from heavy operations such as saves and full synchronisations. Left alone it ends in an out-of-memory kill. A larger machine, a lower maxmemory and active defragmentation are the ladder out of it; the first step here: ${first}.`,
  },
  defrag: {
    title: 'When active defragmentation helps',
    text: (holes: string, share: string) =>
      `It moves values out of sparse pages while the server works, for some CPU time, and so closes holes between live values. Here these are ${holes}, ${share} of what is allocated; by default it starts from 100 MiB and 10 % on. Where there are no holes it is never needed, and it frees no memory outside the allocator.`,
  },
  purge: {
    title: 'What MEMORY PURGE does',
    text: (bytes: string) =>
      `It gives wholly empty pages of the allocator back to the system at once, here up to ${bytes}, and blocks the server while it works. It closes no holes. The next peak takes the memory again, so it is a remedy for once, not for every night.`,
  },
  howToRead: {
    title: 'How to read this report',
    pointer: [' “', '” explains the rest to a reader new to Redis.'] as readonly [before: string, after: string],
    items: [
      'The first page is the whole answer: the sentence says what to do, the badge how urgent it is, the figures from what to what. All that follows is the reason for it.',
      'Redis keeps its data in memory. Used memory is what the data and buffers take, RSS is what the operating system gave for that, maxmemory is the limit that the server keeps by itself. The machine must hold RSS, and more while a save runs.',
      'In charts each line is named at its end. Solid and dashed levels are limits. A full dot is a peak in a sample, a hollow one a peak between two samples, a triangle is a restart, a small tick a save, a stair a hash table that doubled. Where the ground is hatched there are no samples, and nothing is drawn across.',
      'A forecast is a fan, not a line: half of what may come lies below the dashed line, one case in ten above the inner band, one in twenty above the outer one.',
      'Each figure has a basis: ● measured here, ◐ derived from what was measured, ○ assumed because the input does not tell.',
      'Findings are critical, warnings or notes. What was looked at and is clear is listed too, and so is what could not be judged: silence would look like safety.',
    ],
  },
};
