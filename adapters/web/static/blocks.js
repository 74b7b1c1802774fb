// Buttons, lists, selects and forms: whatever a message offers to press, said as a phrase.

import { Problem } from "/static/api.js";

export class Blocks {
  // `speak` says a phrase and resolves to the article of the answer; `alarm` shows a sentence; `fill` fills the message box.
  constructor(log, speak, alarm, fill) {
    this.log = log;
    this.speak = speak;
    this.alarm = alarm;
    this.fill = fill;
    log.addEventListener("click", (event) => this.click(event));
    log.addEventListener("submit", (event) => this.submit(event));
    log.addEventListener("change", (event) => this.change(event));
    log.addEventListener("input", (event) => keepDraft(event.target));
  }

  async click({ target }) {
    const button = target.closest("button");
    if (!button) return;
    if (button.matches(".open-form")) openForm(button.closest("article"));
    else if (button.matches(".close-form")) button.closest("dialog").close();
    else if (button.matches(".command")) {
      button.closest("dialog")?.close();
      this.fill(button.dataset.fill);
    }
    else if (button.matches(".press[data-says]")) {
      await this.busy(button, () => this.say(button, { phrase: button.dataset.says, label: button.textContent }));
    }
  }

  submit(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type=submit]");
    if (form.matches(".checklist")) return this.busy(button, () => this.sendList(form));
    if (form.matches(".select")) return this.busy(button, () => this.sendChoice(form));
    if (form.matches(".asks")) return this.busy(button, () => this.sendForm(form));
    return undefined;
  }

  change({ target }) {
    if (target.matches("input[type=file]")) showSize(target);
    const form = target.closest("form.checklist");
    if (!form) return;
    const changed = [...form.querySelectorAll("input")].some((box) => box.checked !== box.defaultChecked);
    form.querySelector("[type=submit]").disabled = !changed;
  }

  async sendList(form) {
    const label = form.querySelector("legend").textContent;
    const boxes = form.querySelector("fieldset");
    const filled = { [form.dataset.name]: ticked(form) };
    boxes.disabled = true; // what is ticked while the answer is on its way would be lost with the old list
    try {
      await this.say(form, { phrase: form.dataset.says, filled, label });
    } finally {
      boxes.disabled = false;
    }
    form.reset();
    form.querySelector("[type=submit]").disabled = true;
  }

  async sendChoice(form) {
    const select = form.querySelector("select");
    const label = select.selectedOptions[0].textContent;
    await this.say(form, { phrase: form.dataset.says, filled: { [form.dataset.name]: [select.value] }, label });
  }

  // A form that comes as the answer opens at once.
  async say(element, said, waiting) {
    const put = await this.speak({ ...said, source: Number(element.closest("article").dataset.seq) }, waiting);
    element.closest("dialog")?.close();
    if (put?.matches(".form")) openForm(put);
  }

  async sendForm(form) {
    const draft = draftOf(form);
    const said = { phrase: form.dataset.says, filled: filled(form), label: "Send", ...(await brought(form)) };
    await this.say(form, said, (lost) => {
      form.querySelector(".problem.whole").textContent = lost ? "The connection is lost; I keep trying." : "";
    });
    sessionStorage.removeItem(draft);
  }

  async busy(button, work) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (problem) {
      this.complain(problem, button.closest("dialog"));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  complain(problem, dialog) {
    const sentence = problem instanceof Problem ? problem.message : "That did not work: please try again.";
    if (!(problem instanceof Problem)) console.error(problem);
    const inside = dialog?.querySelector(".problem.whole");
    if (inside) inside.textContent = sentence;
    else this.alarm(sentence);
  }
}

export function openForm(article) {
  const dialog = article.querySelector("dialog");
  const form = dialog.querySelector("form");
  restoreDraft(form);
  dialog.showModal();
  const first = form.querySelector(".wrong") || form.querySelector(".field");
  first?.querySelector("input, textarea, select")?.focus();
}

function ticked(form) {
  return [...form.querySelectorAll("input:checked")].map((box) => box.value);
}

const TYPED = "textarea, select, input:not([type=checkbox], [type=radio], [type=file])";

function valuesOf(field) {
  const control = field.querySelector(TYPED);
  if (control) return control.value === "" ? [] : [control.value];
  return [...field.querySelectorAll("input:checked")].map((box) => box.value);
}

function filled(form) {
  return Object.fromEntries([...form.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, valuesOf(field)]));
}

// — files —

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 999_950 ? `${+(bytes / 1000).toFixed(1)} kB` : `${+(bytes / 1e6).toFixed(1)} MB`;
}

function showSize(input) {
  const [file] = input.files;
  input.parentElement.querySelector(".size").textContent = file ? size(file.size) : "";
}

// The files chosen in a form, to be sent beside its fields; nothing where it asks for none.
async function brought(form) {
  const chosen = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
  if (!chosen.length) return {};
  return { files: Object.fromEntries(await Promise.all(chosen.map(async (input) => [fieldOf(input), await contents(input)]))) };
}

const fieldOf = (input) => input.closest("[data-field]").dataset.field;

async function contents(input) {
  const [file] = input.files;
  const most = Number(input.dataset.most || Infinity);
  if (file.size > most) throw new Problem(`That file has ${size(file.size)}, and I take up to ${size(most)}: please choose a smaller one.`);
  const reader = new FileReader();
  return new Promise((done, fail) => {
    reader.onload = () => done({ name: file.name, data: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => fail(new Problem("Your browser could not read that file: please choose it again."));
    reader.readAsDataURL(file);
  });
}

// What was typed into a form and not sent yet survives closing it, changing who you are, and loading the page again.
function draftOf(form) {
  return `syllabot.draft.${form.closest("article").dataset.seq}`;
}

function keepDraft(target) {
  const form = target.closest("form.asks");
  if (form) sessionStorage.setItem(draftOf(form), JSON.stringify(filled(form)));
}

function restoreDraft(form) {
  const draft = JSON.parse(sessionStorage.getItem(draftOf(form)) || "null");
  for (const field of draft ? form.querySelectorAll("[data-field]") : []) {
    const values = draft[field.dataset.field] || [];
    const control = field.querySelector(TYPED);
    if (control) control.value = values[0] ?? "";
    else for (const box of field.querySelectorAll("input")) box.checked = values.includes(box.value);
  }
}
