/** Keeps the `limit` heaviest items of a stream; of equal ones the earlier stay. What is kept does not depend on how the stream was cut. */
export class LargestList<T> {
  private kept: { readonly weight: number; readonly item: T }[] = [];
  private floor = Number.NEGATIVE_INFINITY;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether an item of that weight may stay: lets the caller spare building one that would not. */
  accepts(weight: number): boolean {
    return weight > this.floor;
  }

  add(weight: number, item: T): void {
    if (!this.accepts(weight)) return;
    this.kept.push({ weight, item });
    if (this.kept.length >= 2 * this.limit) this.cut();
  }

  /** The kept items, heaviest first. */
  items(): T[] {
    this.cut();
    return this.kept.map(({ item }) => item);
  }

  private cut(): void {
    this.kept.sort((a, b) => b.weight - a.weight);
    if (this.kept.length < this.limit) return;
    this.kept.length = this.limit;
    this.floor = this.kept[this.limit - 1]?.weight ?? this.floor;
  }
}
