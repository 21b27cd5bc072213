// The calls that are under way.
//
// C1 Whoever says that a call is not wanted any more ends it. Whoever only goes away ends what reads,
//    and leaves what changes something to come to its end: half an apply helps nobody.
// C2 So many at a time, and no more.

export const MOST_CALLS = 64;

export interface RunningCall {
  readonly tool: string;
  /** Nothing is changed by it, so nothing is lost when it ends early. */
  isReading: boolean;
  readonly signal: AbortSignal;
  /** The client does not want it any more. */
  cancel(): void;
  /** The client has gone (C1). */
  leave(): void;
  end(): void;
}

export class Calls {
  readonly #running = new Set<RunningCall>();
  #onIdle: (() => void)[] = [];

  /** Undefined where there are too many (C2). */
  begin(tool: string, isReading: boolean): RunningCall | undefined {
    if (this.#running.size >= MOST_CALLS) return undefined;
    const controller = new AbortController();
    const cancel = () => controller.abort();
    const call: RunningCall = {
      ...{ tool, isReading, signal: controller.signal, cancel },
      leave: () => {
        if (call.isReading) cancel();
      },
      end: () => {
        this.#running.delete(call);
        if (this.#running.size > 0) return;
        for (const tell of this.#onIdle.splice(0)) tell();
      },
    };
    this.#running.add(call);
    return call;
  }

  /** The names of those that change something. */
  writing(): string[] {
    return [...this.#running].filter((each) => !each.isReading).map(({ tool }) => tool);
  }

  leaveAll(): void {
    for (const call of this.#running) call.leave();
  }

  cancelAll(): void {
    for (const call of this.#running) call.cancel();
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((done) => this.#onIdle.push(done));
  }
}
