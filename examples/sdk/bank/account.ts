import { actor } from "yonder-run";

/** Money on its way to another account. */
export interface Transfer {
  readonly id: string;
  readonly to: string;
  readonly cents: number;
}

interface State {
  readonly name: string;
  readonly cents: number;
  readonly made: number;
  readonly underWay: ReadonlyMap<string, Transfer>;
  readonly received: ReadonlySet<string>;
}

/**
 * An account. Two accounts cannot change in one step, so money that has left one is under way, and remembered there, until
 * the other has it. Whoever was interrupted between the two takes up what is under way.
 */
export const Account = actor(
  class Account {
    readonly name: string;
    cents: number;
    made = 0;
    underWay = new Map<string, Transfer>();
    received = new Set<string>();

    constructor(name: string, cents: number) {
      this.name = name;
      this.cents = cents;
    }

    checkpoint(): State {
      const { name, cents, made, underWay, received } = this;
      return { name, cents, made, underWay, received };
    }

    static restore({ name, cents, made, underWay, received }: State): Account {
      const account = new Account(name, cents);
      account.made = made;
      account.underWay = new Map(underWay);
      account.received = new Set(received);
      return account;
    }

    /** Takes the money out; undefined where there is too little. */
    withdraw(to: string, cents: number): Transfer | undefined {
      if (cents > this.cents) return undefined;
      this.cents -= cents;
      const transfer = { id: `${this.name}-${++this.made}`, to, cents };
      this.underWay.set(transfer.id, transfer);
      return transfer;
    }

    /** Puts the money in; once, however often it is told to. */
    deposit({ id, cents }: Transfer): void {
      if (this.received.has(id)) return;
      this.received.add(id);
      this.cents += cents;
    }

    /** The other account has the money. */
    arrived({ id }: Transfer): void {
      this.underWay.delete(id);
    }

    /** Nobody will deposit this transfer again. */
    forget({ id }: Transfer): void {
      this.received.delete(id);
    }

    statement(): { cents: number; underWay: Transfer[]; pid: number } {
      return { cents: this.cents, underWay: [...this.underWay.values()], pid: process.pid };
    }
  },
);
