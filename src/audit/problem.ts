// What can be wrong with a log, and how it is told.

/** What somebody did to it, as far as it shows. */
export type ProblemKind =
  | "changed"
  | "dropped"
  | "reordered"
  | "duplicated"
  | "truncated"
  | "unreadable";

export interface AuditProblem {
  readonly kind: ProblemKind;
  /** `log`, or `store` for the entries of the approvals store. */
  readonly source: Source;
  /** In the log a line, in the store a row; from 1. */
  readonly line?: number;
  readonly writer?: string;
  readonly seq?: number;
  /** One line for people; it names the place itself. What others wrote in it is not yet visible(). */
  readonly message: string;
}

export type Source = "log" | "store";

/** More problems than anybody reads; they are counted all the same. */
const MOST = 1000;

/** Collects problems, in the order in which they are found. */
export class Problems {
  readonly list: AuditProblem[] = [];
  count = 0;

  add(problem: AuditProblem): void {
    this.count += 1;
    if (this.list.length < MOST) this.list.push(problem);
  }
}

/** Where an entry stands. */
export interface Place {
  readonly source: Source;
  readonly line: number;
}

/** `line 12`, or `row 3 of the store`. */
export const placeText = ({ source, line }: Place): string =>
  source === "log" ? `line ${line}` : `row ${line} of the store`;

/** `entry 4 of writer 1f2e3d4c5b6a7988`. */
export const entryText = (writer: string, seq: number | string): string =>
  `entry ${seq} of writer ${writer.slice(0, 16)}`;
