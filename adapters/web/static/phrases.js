// Find what can come next in a phrase: commands, then the names of options, then values. Pure.

// A word is `name=` alone, `name=value`, or a value. A value may stand in quotes.
const WORD = /([a-z]+)[=:](?=\s|$)|(?:([a-z]+)[=:])?("(?:\\.|[^"\\])*"?|\S+)/g;
const WHOLE_QUOTE = /^"(?:\\.|[^"\\])*"$/;

export function quoteValue(value) {
  if (/^[^\s"“”\\]+$/.test(value)) return value;
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped}"`;
}

function unquoteWord(word) {
  if (!word.startsWith('"')) return word;
  return word.slice(1).replace(/"$/, "").replace(/\\(.)/g, "$1");
}

// Return the command at the start of a line, and the rest, or null while its name is being typed.
export function findCommand(line, commands) {
  const matches = commands.filter(({ name }) => line === name || line.startsWith(`${name} `));
  // The longest name wins: "cohort create" is not the command "cohort".
  const [command] = matches.sort((left, right) => right.name.length - left.name.length);
  return command ? { command, rest: line.slice(command.name.length) } : null;
}

function parseWord(match, rest) {
  const isAtEnd = match.index + match[0].length === rest.length;
  return {
    name: match[1] || match[2] || "",
    value: unquoteWord(match[3] || ""),
    start: match.index,
    // A closed quote at the end is a finished word, anything else may still grow.
    isOpen: isAtEnd && !WHOLE_QUOTE.test(match[3] || ""),
  };
}

// Return the options typed so far, the word still being typed, and the options left.
export function parseOptions(command, rest) {
  const words = [...rest.matchAll(WORD)].map((match) => parseWord(match, rest));
  let current = { name: "", value: "", start: rest.length };
  if (words.at(-1)?.isOpen) current = words.pop();
  const given = {};
  for (const { name, value } of words) if (name) given[name] = value;
  // Values without a name go to the options in their order, as in the bot.
  const unnamed = words.filter(({ name }) => !name);
  for (const option of command.options) {
    if (unnamed.length && !(option.name in given)) given[option.name] = unnamed.shift().value;
  }
  const free = command.options.filter((option) => !(option.name in given));
  return { given, current, free };
}

function rankCommand({ name, help }, typed) {
  if (name.startsWith(typed)) return 0;
  if (name.split(" ").some((word) => word.startsWith(typed))) return 1;
  // One or two letters are in nearly every help text.
  return typed.length > 2 && help.toLowerCase().includes(typed) ? 2 : 3;
}

// Return the commands that fit: by the start of a word in the name first, then by their help.
export function rankCommands(typed, commands, isModerator) {
  const wanted = typed.toLowerCase();
  const allowed = commands.filter((command) => isModerator || !command.moderators);
  return allowed
    .map((command) => ({ command, rank: rankCommand(command, wanted) }))
    .filter(({ rank }) => rank < 3)
    .sort((left, right) => left.rank - right.rank)
    .map(({ command }) => command);
}

// Return the values an option has without asking the server.
export function listKnownValues(option) {
  if (option.kind === "flag") return ["yes", "no"];
  if (option.kind === "date") return ["today", "tomorrow", "monday"];
  return option.choices;
}

export function hasServerValues(option) {
  return option.suggests || option.kind === "zone";
}
