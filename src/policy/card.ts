// What a person sees before answering: looked up by us, never claimed by whoever asks.

/** One line of a card. Values are as the API gave them; whoever shows them makes them visible. */
export interface CardRow {
  /** One short word: `target`, `loses`, `orphans`, `readers`, `changed`, `safer`. */
  readonly label: string;
  readonly text: string;
}

/** The facts about one operation, for a person to decide on. */
export interface Card {
  /** The question: `Delete workspace payments-dev?` */
  readonly question: string;
  readonly rows: readonly CardRow[];
  /** What could not be looked up, with why: shown under `unknown`. */
  readonly unknown: readonly string[];
  /** Set for an irreversible target: the person must type exactly this. */
  readonly typedName?: string;
  /** Something had to be cut that a person would have to see: such a card cannot be approved. */
  readonly truncated?: boolean;
}
