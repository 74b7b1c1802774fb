// Files chosen in a form: their sizes, and their contents in Base64.

import { RoomProblem } from "/static/api.js";
import { getFieldName } from "/static/forms.js";

function formatSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  // 999,950 bytes and more would be shown as 1000 kB.
  if (bytes < 999_950) return `${+(bytes / 1000).toFixed(1)} kB`;
  return `${+(bytes / 1e6).toFixed(1)} MB`;
}

export function showSize(input) {
  const [file] = input.files;
  const text = file ? formatSize(file.size) : "";
  input.parentElement.querySelector(".size").textContent = text;
}

// Return the chosen files under `files`, or nothing if there are none.
export async function readFiles(form) {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const chosen = inputs.filter((input) => input.files.length);
  if (!chosen.length) return {};
  const entries = chosen.map(async (input) => [getFieldName(input), await readFile(input)]);
  return { files: Object.fromEntries(await Promise.all(entries)) };
}

async function readFile(input) {
  const [file] = input.files;
  const most = Number(input.dataset.most || Infinity);
  // Checked here as well as in the bot: the file need not travel to be refused.
  if (file.size > most) {
    const sizes = `That file has ${formatSize(file.size)}, and the limit is ${formatSize(most)}`;
    throw new RoomProblem(`${sizes}: choose a smaller one.`);
  }
  const url = await readAsDataUrl(file);
  return { name: file.name, data: url.slice(url.indexOf(",") + 1) };
}

function readAsDataUrl(file) {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => {
      reject(new RoomProblem("Your browser could not read that file: please choose it again."));
    };
    reader.readAsDataURL(file);
  });
}
