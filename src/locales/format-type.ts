/** Numbers and instants as text in one language and time zone. Implemented by `report/format.ts`. */
export interface Format {
  /** `11.8 GiB`, `180 MiB`, `512 B`: three digits, binary units. Negative values keep their sign. */
  readonly bytes: (value: number) => string;
  /** `+13 GiB`, `−180 MiB`. */
  readonly signedBytes: (value: number) => string;
  /** `87 %` from 0.87; one decimal below 10 %. */
  readonly percent: (ratio: number) => string;
  /** `1.38`. */
  readonly ratio: (value: number) => string;
  /** `1,234,567`; at most `digits` decimals (default 0). */
  readonly number: (value: number, digits?: number) => string;
  /** `1 day`, `12 days`, `0.5 days`. */
  readonly days: (value: number) => string;
  /** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
  readonly duration: (seconds: number) => string;
  /** `24 Oct 2026`. */
  readonly date: (at: number) => string;
  /** `24 Oct 20:10`, with the year only where it is not the report's. */
  readonly dateTime: (at: number) => string;
  /** `$0.437/h`. */
  readonly price: (usdPerHour: number) => string;
  /** `a, b and c`. */
  readonly list: (items: readonly string[]) => string;
}
