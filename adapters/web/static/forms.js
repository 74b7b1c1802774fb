// Read a form, and keep a draft: what was typed survives closing the form, speaking as somebody
// else, and loading the page again.

const TYPED = "textarea, select, input:not([type=checkbox], [type=radio], [type=file])";

function readField(field) {
  const control = field.querySelector(TYPED);
  if (control) return control.value === "" ? [] : [control.value];
  return [...field.querySelectorAll("input:checked")].map((box) => box.value);
}

function listFields(form) {
  return [...form.querySelectorAll("[data-field]")];
}

export function getFieldName(input) {
  return input.closest("[data-field]").dataset.field;
}

// Return the values by field. A file is no value; `readFiles` brings it.
export function readForm(form) {
  return Object.fromEntries(
    listFields(form).map((field) => [field.dataset.field, readField(field)]),
  );
}

// The line's number in the key: a form that comes again is a form of its own.
function buildDraftKey(form) {
  return `syllabot.draft.${form.closest("article").dataset.seq}`;
}

export function saveDraft(form) {
  sessionStorage.setItem(buildDraftKey(form), JSON.stringify(readForm(form)));
}

export function clearDraft(form) {
  sessionStorage.removeItem(buildDraftKey(form));
}

export function restoreDraft(form) {
  const draft = JSON.parse(sessionStorage.getItem(buildDraftKey(form)) || "null");
  if (!draft) return;
  for (const field of listFields(form)) fillField(field, draft[field.dataset.field] || []);
}

function fillField(field, values) {
  const control = field.querySelector(TYPED);
  if (control) {
    control.value = values[0] ?? "";
    return;
  }
  for (const box of field.querySelectorAll("input")) box.checked = values.includes(box.value);
}
