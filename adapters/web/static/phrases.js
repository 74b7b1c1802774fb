// What could be said next: commands, then the names of their options, then values. Pure; it only reads what was typed.

const WORD = /([a-z]+)[=:](?=\s|$)|(?:([a-z]+)[=:])?("(?:\\.|[^"\\])*"?|\S+)/g;

export function quoted(value) {
  return /^[^\s"“”\\]+$/.test(value) ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function bare(word) {
  return word.startsWith('"') ? word.slice(1).replace(/"$/, "").replace(/\\(.)/g, "$1") : word;
}

// The command a line begins with, and the rest, or null while its name is still being typed.
export function commandIn(line, commands) {
  const found = commands
    .filter(({ name }) => line === name || line.startsWith(`${name} `))
    .sort((one, other) => other.name.length - one.name.length)[0];
  return found ? { command: found, rest: line.slice(found.name.length) } : null;
}

// The options said so far, and the word at the end that is still being typed.
export function read(command, rest) {
  const words = [...rest.matchAll(WORD)].map((word) => ({
    name: word[1] || word[2] || "",
    value: bare(word[3] || ""),
    start: word.index,
    open: word.index + word[0].length === rest.length && !/^"(?:\\.|[^"\\])*"$/.test(word[3] || ""),
  }));
  const current = words.length && words.at(-1).open ? words.pop() : { name: "", value: "", start: rest.length };
  const given = {};
  for (const { name, value } of words.filter((word) => word.name)) given[name] = value;
  const loose = words.filter((word) => !word.name);
  for (const option of command.options) if (loose.length && !(option.name in given)) given[option.name] = loose.shift().value;
  const free = command.options.filter((option) => !(option.name in given));
  return { given, current, free };
}

// Commands that fit: by the beginning of a word of the name first, then by what their help says.
export function commandsLike(typed, commands, moderator) {
  const looked = typed.toLowerCase();
  const allowed = commands.filter((one) => moderator || !one.moderators);
  const rank = ({ name, help }) => {
    if (name.startsWith(looked)) return 0;
    if (name.split(" ").some((word) => word.startsWith(looked))) return 1;
    return looked.length > 2 && help.toLowerCase().includes(looked) ? 2 : 3;
  };
  return allowed
    .map((one) => [rank(one), one])
    .filter(([rank]) => rank < 3)
    .sort((one, other) => one[0] - other[0])
    .map(([, one]) => one);
}

// Values an option has without asking anybody.
export function knownValues(option) {
  if (option.kind === "flag") return ["yes", "no"];
  if (option.kind === "date") return ["today", "tomorrow", "monday"];
  return option.choices;
}

export function asksServer(option) {
  return option.suggests || option.kind === "zone";
}
