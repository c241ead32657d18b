import { type Dag, type Emit, emitNode } from "./block.ts";
import { fileData } from "./entry.ts";

/** Builds the nodes above the leaves of a file, which come one by one, in order. */
export interface FileTree {
  add(leaf: Dag): void;
  /** The root: the only leaf itself, or the top node. Call it once, after at least one leaf. */
  end(): Dag;
}

/**
 * Kubo's balanced layout: every leaf at the same depth, each node full but the last of its level. Memory holds at most
 * `linksMax` links a level, so 3 levels for 1 PiB with the default profile.
 */
export function fileTree(linksMax: number, emit: Emit): FileTree {
  /** What waits for a parent: leaves at 0, their parents at 1. A level is emptied only when one more comes. */
  const levels: Dag[][] = [[]];

  function push(depth: number, dag: Dag): void {
    const level = (levels[depth] ??= []);
    if (level.length === linksMax) rise(depth);
    level.push(dag);
  }

  function rise(depth: number): void {
    push(depth + 1, parentOf(levels[depth]!, emit));
    levels[depth]!.length = 0;
  }

  return {
    add: (leaf) => push(0, leaf),
    end: () => {
      for (let depth = 0; ; depth++) {
        const top = levels[depth]!;
        if (depth === levels.length - 1 && top.length === 1) return top[0]!;
        rise(depth);
      }
    },
  };
}

function parentOf(children: readonly Dag[], emit: Emit): Dag {
  const contentBytes = children.reduce((sum, child) => sum + child.contentBytes, 0);
  const node = {
    links: children.map(({ cid, dagBytes }) => ({ cid, name: "", dagBytes })),
    data: fileData(
      contentBytes,
      children.map((child) => child.contentBytes),
    ),
  };
  return emitNode(node, contentBytes, emit);
}
