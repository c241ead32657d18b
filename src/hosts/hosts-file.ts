import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { shellWords } from "../bytes/shell-words.ts";
import { YonderError } from "../interface/errors.ts";
import { type Attribute, attribute, attributeValue } from "./attributes.ts";
import { described, type Host } from "./host.ts";
import { type LoginWorld, parseHost } from "./login.ts";

/**
 * A hosts file: a host a line, and behind it what is to be known of it. Words are labels, NAME=VALUE attributes; quotes
 * hold words together, an ssh command must stand in them. # begins a comment.
 *
 *     8/alice                    gpu mem=64G arch=arm64
 *     "ssh -p 2222 ann@bob"      ssd
 *
 * @param path for errors
 * @throws YonderError INPUT with the line
 */
export function parseHostsFile(text: ByteString, path: ByteString, world: LoginWorld): readonly Host[] {
  return text.split("\n").flatMap((line, index) => {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") return [];
    try {
      return [parseLine(content, world)];
    } catch (error) {
      if (!(error instanceof YonderError)) throw error;
      const message = `${decodeText(path)}, line ${index + 1}: ${error.message}`;
      throw new YonderError("INPUT", {
        message,
        cause: error,
        ...(error.remedy && { remedy: error.remedy }),
      });
    }
  });
}

function parseLine(line: ByteString, world: LoginWorld): Host {
  const words = shellWords(line);
  if (words === undefined) throw new YonderError("INPUT", { message: "A quote is not closed." });
  const [login = "", ...about] = words;
  if (isProgram(login) || about[0]?.startsWith("-")) {
    throw new YonderError("INPUT", {
      message: "Where an ssh command ends and labels begin cannot be seen.",
      remedy: 'put the command in quotes: "ssh -p 2222 bob" gpu',
    });
  }
  return described(parseHost(login, world), about.map(attributeIn));
}

/** The first word of an ssh command, not a host. */
function isProgram(login: ByteString): boolean {
  return /^(?:@[^/]*\/)?(?:\d*\/)?(?:ssh|\/.*)$/.test(login);
}

function attributeIn(word: ByteString): Attribute {
  const [, name = word, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  return attribute(name, value === undefined ? true : attributeValue(value));
}
