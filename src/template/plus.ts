import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import { type Expression, usesNothing } from "./expression.ts";
import type { TemplateOptions } from "./options.ts";
import { basename } from "./paths.ts";
import { plusDynamicTags } from "./plus-dynamic.ts";
import { type RenderHost, type Scope, THIS_MACHINE } from "./scope.ts";
import type { Tag } from "./tag-makers.ts";
import { taskTag, valueTag } from "./tag-makers.ts";

/** The replacement strings that --plus adds. Each does what its perl in GNU parallel's manual does. */
export function plusTags(mode: TemplateOptions["mode"]): readonly Tag[] {
  const places = mode === "command" ? variableTags() : placeTags();
  return [...pathTags(), ...countTags(), ...choiceTags(), ...places, ...plusDynamicTags()];
}

function pathTags(): readonly Tag[] {
  const directory = substitution("/[^/]*$", "");
  const extension = substitution(".*\\.", "");
  const twoExtensions = substitution(".*\\.([^/.]*\\.[^/.]*)$", "$1");
  const threeExtensions = substitution(".*\\.([^/.]*\\.[^/.]*\\.[^/.]*)$", "$1");
  const withoutTwo = orItself(substitution("\\.[^/.]*\\.[^/.]*$", ""));
  const withoutThree = orItself(substitution("\\.[^/.]*\\.[^/.]*\\.[^/.]*$", ""));
  return [
    valueTag("{+/}", orNothing(directory)),
    valueTag("{+.}", orNothing(extension)),
    valueTag("{+..}", orNothing(twoExtensions)),
    valueTag("{+...}", orNothing(threeExtensions)),
    valueTag("{..}", withoutTwo),
    valueTag("{...}", withoutThree),
    valueTag("{/..}", (value) => withoutTwo(basename(value))),
    valueTag("{/...}", (value) => withoutThree(basename(value))),
  ];
}

function countTags(): readonly Tag[] {
  return [
    taskTag("{##}", { total: true }, ({ context }) => String(context.total())),
    taskTag("{0%}", { slot: true }, ({ context }) => padded(context.slot, context.slots)),
    taskTag("{0#}", { seq: true, total: true }, ({ context }) => padded(context.seq, context.total())),
  ];
}

/** With zeros, as wide as the greatest number; for 1000 and some others one too few, as GNU parallel does. */
function padded(number: number, greatest: number): ByteString {
  return String(number).padStart(1 + Math.trunc(Math.log(greatest || 1) / Math.log(10)), "0");
}

/** Replacement strings that stand for the value, and leave the task out where its values do not fit together. */
function choiceTags(): readonly Tag[] {
  return [
    choiceTag("{uniq}", (args) => new Set(args).size === args.length),
    choiceTag("{choose_k}", (args) => args.every((value, index) => index === 0 || args[index - 1]! < value)),
  ];
}

function choiceTag(text: ByteString, fits: (args: readonly ByteString[]) => boolean): Tag {
  const evaluate = (value: ByteString, scope: Scope): ByteString => {
    if (!fits(scope.args)) scope.skipped = true;
    return value;
  };
  const expression: Expression = { uses: { ...usesNothing, args: true }, evaluate };
  return { text, position: 0, expression: () => expression };
}

/** In a command: what the job's own shell fills in. */
function variableTags(): readonly Tag[] {
  const names = {
    slot: "PARALLEL_JOBSLOT",
    host: "PARALLEL_SSHHOST",
    sshlogin: "PARALLEL_SSHLOGIN",
    hgrp: "PARALLEL_HOSTGROUPS",
    agrp: "PARALLEL_ARGHOSTGROUPS",
  };
  return Object.entries(names).map(([tag, variable]) =>
    taskTag(`{${tag}}`, {}, (scope) => {
      scope.unquoted = true;
      return "${" + variable + "}";
    }),
  );
}

/** The same in texts, which no shell sees. */
function placeTags(): readonly Tag[] {
  const tag = (text: ByteString, evaluate: (host: RenderHost) => ByteString): Tag =>
    taskTag(text, { slot: true }, ({ context }) => evaluate(context.host ?? THIS_MACHINE));
  return [
    taskTag("{slot}", { slot: true }, ({ context }) => String(context.slot)),
    tag("{host}", ({ host }) => host),
    tag("{sshlogin}", ({ login }) => login),
    tag("{hgrp}", ({ groups }) => groups.join("+")),
  ];
}

type Substitution = (value: ByteString) => ByteString | undefined;

/** s/pattern/replacement/ in perl, compiled when first needed; undefined where nothing matches. */
function substitution(pattern: ByteString, replacement: ByteString): Substitution {
  let regexp: RegExp | undefined;
  return (value) => {
    regexp ??= perlRegexp(pattern);
    return regexp.test(value) ? value.replace(regexp, replacement) : undefined;
  };
}

function orItself(substitute: Substitution): (value: ByteString) => ByteString {
  return (value) => substitute(value) ?? value;
}

/** || s:.*$:: */
function orNothing(substitute: Substitution): (value: ByteString) => ByteString {
  return (value) => substitute(value) ?? value.replace(perlRegexp(".*$"), "");
}
