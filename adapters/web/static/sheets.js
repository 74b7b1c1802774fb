// The sheets: being off for a while, a new person, a new channel.

import { byId, canPress, runOnce } from "/static/page.js";

export function setUpSheets({ moveClock, postAction, speakAs, openChannel }) {
  setUpSheet("down", "down", (problem) => {
    const count = Number(byId("down-hours").value.replace(",", "."));
    const hours = count * Number(byId("down-unit").value);
    return moveClock({ move: "down", hours: Number.isFinite(hours) ? hours : null }, problem);
  });
  setUpSheet("person", "add-person", async (problem) => {
    const person = {
      name: byId("person-name").value,
      zone: byId("person-zone").value,
      moderator: byId("person-moderator").checked,
    };
    const state = await postAction("/api/people", person, problem);
    if (state) byId("person-form").reset();
    if (state) speakAs(state.added);
    return state;
  });
  setUpSheet("channel", "add-channel", async (problem) => {
    const body = { name: byId("channel-name").value };
    const state = await postAction("/api/channels", body, problem);
    if (state) byId("channel-form").reset();
    if (state) openChannel(state.opened);
    return state;
  });
}

// Open a sheet by its opener. `work` sends it, and resolves to something true if it went well.
function setUpSheet(name, opener, work) {
  const sheet = byId(`${name}-sheet`);
  const problem = byId(`${name}-problem`);
  byId(opener).addEventListener("click", () => {
    if (!canPress(byId(opener))) return;
    problem.textContent = "";
    sheet.showModal();
  });
  sheet.querySelector("[data-close]").addEventListener("click", () => sheet.close());
  byId(`${name}-form`).addEventListener("submit", (event) => {
    event.preventDefault();
    runOnce(event.target, async () => {
      if (await work(problem)) sheet.close();
    });
  });
}
