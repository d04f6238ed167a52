/**
 * Small words of English that stand in most of its sentences and in none of Portuguese, as words of their own: not in `copy-on-write`,
 * `used_memory` or `--out`. Several are missing on purpose, since Portuguese has them too (as, do, for, me, no).
 */
export const ENGLISH_WORDS =
  /(?<![\p{L}\p{N}_/.-])(?:the|of|and|is|are|was|were|will|would|can|may|with|without|to|from|not|this|that|these|which|what|where|when|on|in|it|its|has|have|by|or|at|be|been|but|than|an|than|more|less|only|all|each|every|over|under|below|above|until|after|before|their|they|there|used|seen)(?![\p{L}\p{N}_/-])/giu;
