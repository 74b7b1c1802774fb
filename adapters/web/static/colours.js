// The switch for the colours: as the system, light, dark.

import { ICONS, byId } from "/static/page.js";

const THEMES = { auto: "Colours: system", light: "Colours: light", dark: "Colours: dark" };

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("syllabot.theme", theme);
  byId("theme").setAttribute("aria-label", THEMES[theme]);
  byId("theme").title = THEMES[theme];
  byId("theme").querySelector("use").setAttribute("href", ICONS + theme);
}

export function setUpColours() {
  setTheme(document.documentElement.dataset.theme);
  byId("theme").addEventListener("click", () => {
    const themes = Object.keys(THEMES);
    const position = themes.indexOf(document.documentElement.dataset.theme);
    setTheme(themes[(position + 1) % themes.length]);
  });
}
