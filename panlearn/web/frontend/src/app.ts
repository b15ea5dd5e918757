// On every page: the theme's button, menus that close, formulas that can be scrolled with keys.

/** The theme's button: light or dark, kept in this browser. */
function themeButton(): void {
  const button = document.querySelector<HTMLButtonElement>("#theme");
  if (!button) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = (): boolean => (root.dataset["theme"] ? root.dataset["theme"] === "dark" : system.matches);
  const show = (): void => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("panlearn-theme", root.dataset["theme"]);
    } catch {
      // Without storage the choice lasts for this page.
    }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

/** A menu closes on Escape, on a click elsewhere, and when one of its links is followed. */
function menus(): void {
  const open = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    for (const menu of open()) {
      if (!menu.contains(target) || target.closest("a")) menu.open = false;
    }
  });
}

/** What is wider than the page scrolls in its own box, and that box takes the focus. */
function scrollables(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth + 1) {
        target.setAttribute("tabindex", "0");
        target.setAttribute("role", "group");
        if (!target.hasAttribute("aria-label")) target.setAttribute("aria-label", "Formula, scrolls sideways");
      } else if (target.getAttribute("role") === "group") {
        target.removeAttribute("tabindex");
        target.removeAttribute("role");
        target.removeAttribute("aria-label");
      }
    }
  });
  for (const formula of document.querySelectorAll(".eq")) observer.observe(formula);
}

themeButton();
menus();
scrollables();
export {};
