import { CST, isMap, isNode, isPair, isScalar, Lexer, LineCounter, parseDocument } from 'yaml';
import { err, ok, type Result } from '../base/result.ts';

/** The longest settings file that is read, in UTF-16 units. */
export const MAX_YAML_LENGTH = 65_536;
/** How deep brackets, or the dashes of one line, may nest: the library descends by recursion and has no limit of its own. */
export const MAX_YAML_DEPTH = 16;
/** A settings file has no use for aliases, and a few nested ones grow into gigabytes. */
const MAX_ALIASES = 0;

/** A parsed YAML file that remembers where everything stood. */
export interface YamlDocument {
  /** Plain objects, lists and scalars. */
  readonly content: unknown;
  /** The line of a member's name, or of the nearest thing around it that the file does have; the first line is 1. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** The first line that nests deeper than the limit, or null. Indentation needs no count: it costs its square in text. */
function tooDeepLine(text: string): number | null {
  let line = 1;
  let brackets = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    const kind = CST.tokenType(token);
    if (kind === 'newline') dashes = 0;
    else if (kind === 'seq-item-ind' || kind === 'explicit-key-ind') dashes += 1;
    else if (kind === 'flow-map-start' || kind === 'flow-seq-start') brackets += 1;
    else if (kind === 'flow-map-end' || kind === 'flow-seq-end') brackets -= 1;
    if (brackets > MAX_YAML_DEPTH || dashes > MAX_YAML_DEPTH) return line;
    line += token.split('\n').length - 1;
  }
  return null;
}

/** YAML 1.2 (core schema, one document, every name once) or one sentence that begins with `file:line`. */
export function parseYaml(text: string, fileName: string): Result<YamlDocument, string> {
  if (text.length > MAX_YAML_LENGTH) {
    return err(`${fileName}:1: the file is longer than ${MAX_YAML_LENGTH} characters: this is not a settings file.`);
  }
  const tooDeep = tooDeepLine(text);
  if (tooDeep !== null) {
    return err(
      `${fileName}:${tooDeep}: more than ${MAX_YAML_DEPTH} brackets or dashes within each other: this is not a settings file.`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true, version: '1.2' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const at = problem.linePos?.[0].line ?? 1;
    if (problem.code === 'DUPLICATE_KEY') {
      return err(`${fileName}:${at}: this member is already set further up: keep one of the two.`);
    }
    const [what = 'unreadable'] = problem.message.split(/ at line |\n/);
    return err(
      `${fileName}:${at}: this is not YAML (${what}): correct the line, or start again from the example file.`,
    );
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return err(`${fileName}:1: YAML aliases (*name) are not used here: write the value out where it is needed.`);
  }
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  return ok({
    content,
    lineOf(path) {
      let node: unknown = document.contents;
      let line = isNode(node) && node.range ? lineAt(node.range[0]) : 1;
      for (const name of path) {
        const pair: unknown = isMap(node)
          ? node.items.find((item) => isScalar(item.key) && item.key.value === name)
          : undefined;
        if (!isPair(pair)) break;
        if (isScalar(pair.key) && pair.key.range) line = lineAt(pair.key.range[0]);
        node = pair.value;
      }
      return line;
    },
  });
}
