/**
 * Which actors start again when one of them crashes, as Erlang's supervisors decide it (OTP design principles, "Supervisor
 * Behaviour": restart strategies, maximum restart intensity). The members of a group are in the order in which they joined.
 */
export interface Group {
  readonly policy: SupervisionPolicy;
  readonly members: Member[];
  /** When the last restarts that count were; no more than `intensity + 1` of them. */
  readonly restartsMs: number[];
  isDead: boolean;
}

export interface SupervisionPolicy {
  /**
   * What starts again: `one-for-one` the one that crashed, `one-for-all` every member, `rest-for-one` the one that crashed
   * and those that joined after it.
   */
  readonly strategy: "one-for-one" | "one-for-all" | "rest-for-one";
  /** More restarts than this within `periodMs` and the group gives up: all its members end for good. */
  readonly intensity: number;
  readonly periodMs: number;
}

interface Member {
  readonly id: number;
  /** `down`: it waits until those before it that start again are there. */
  state: "starting" | "up" | "down";
}

export type GroupEvent =
  | { readonly type: "joined"; readonly member: number }
  /** A member that was told to start is there. */
  | { readonly type: "started"; readonly member: number }
  /** `counts`: the crash may be its own fault, and is not only that of another one in the same thread. */
  | { readonly type: "crashed"; readonly member: number; readonly counts: boolean; readonly nowMs: number }
  /** It was stopped by its owner. */
  | { readonly type: "left"; readonly member: number };

export type GroupEffect =
  | { readonly type: "start"; readonly member: number }
  /** End a member that runs, because of another one. */
  | { readonly type: "stop"; readonly member: number }
  /** Every member has ended for good. */
  | { readonly type: "giveUp" };

export function createGroup(policy: SupervisionPolicy): Group {
  return { policy, members: [], restartsMs: [], isDead: false };
}

/**
 * What to do now. Members that start again do so one after the other, each when the one before is there; those that must
 * stop do so in the opposite order.
 */
export function stepGroup(group: Group, event: GroupEvent): readonly GroupEffect[] {
  const { members } = group;
  if (group.isDead) return [];
  const index = members.findIndex(({ id }) => id === event.member);
  switch (event.type) {
    case "joined":
      members.push({ id: event.member, state: "starting" });
      return [{ type: "start", member: event.member }];
    case "started":
      members[index]!.state = "up";
      return startNext(group);
    case "crashed":
      // Of one that was stopped, the end is no news.
      return index < 0 || members[index]!.state === "down" ? [] : crashed(group, index, event);
    case "left":
      if (index >= 0) members.splice(index, 1);
      return startNext(group);
  }
}

function crashed(
  group: Group,
  index: number,
  { counts, nowMs }: Extract<GroupEvent, { type: "crashed" }>,
): readonly GroupEffect[] {
  const { members, policy } = group;
  members[index]!.state = "down";
  if (counts && isTooMuch(group, nowMs)) {
    group.isDead = true;
    return [...stop(members), { type: "giveUp" }];
  }
  const from = policy.strategy === "one-for-all" ? 0 : policy.strategy === "rest-for-one" ? index : undefined;
  return [...(from === undefined ? [] : stop(members.slice(from))), ...startNext(group)];
}

function isTooMuch({ restartsMs, policy: { intensity, periodMs } }: Group, nowMs: number): boolean {
  restartsMs.push(nowMs);
  while (nowMs - restartsMs[0]! > periodMs) restartsMs.shift();
  return restartsMs.length > intensity;
}

function stop(members: readonly Member[]): GroupEffect[] {
  const effects: GroupEffect[] = [];
  for (const member of members.toReversed()) {
    if (member.state === "down") continue;
    member.state = "down";
    effects.push({ type: "stop", member: member.id });
  }
  return effects;
}

/** The first member that is down, unless one before it is still on its way. */
function startNext({ members }: Group): readonly GroupEffect[] {
  const next = members.findIndex(({ state }) => state === "down");
  if (next < 0 || members.slice(0, next).some(({ state }) => state === "starting")) return [];
  members[next]!.state = "starting";
  return [{ type: "start", member: members[next]!.id }];
}
