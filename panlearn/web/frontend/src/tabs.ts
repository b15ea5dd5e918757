// Tabs work by their radio buttons alone; this keeps those of one `sync` alike, and opens what a link leads into.

const REMEMBERED = "panlearn-tabs";

function remembered(): string[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
    return Array.isArray(known) ? known.map(String) : [];
  } catch {
    return [];
  }
}

/** Keeps the last twenty choices, the newest last; a browser that keeps nothing is no fault. */
function remember(sync: string): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify([...remembered().filter((name) => name !== sync).slice(-19), sync]));
  } catch {
    return;
  }
}

const buttons = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>(".tab-set > input[data-sync]")];

function choose(sync: string): void {
  for (const button of buttons()) if (button.dataset["sync"] === sync) button.checked = true;
}

/** Shows the tabs and opens the dropdowns that hold what the address points at. */
function open(): void {
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!target) return;
  let hidden = false;
  for (let at: Element | null = target; at; at = at.parentElement) {
    const button = at.matches(".tab-set > .tab") ? at.previousElementSibling?.previousElementSibling : null;
    if (button instanceof HTMLInputElement && !button.checked) {
      button.checked = true;
      hidden = true;
    }
    if (at instanceof HTMLDetailsElement && !at.open) {
      at.open = true;
      hidden = true;
    }
  }
  if (hidden) target.scrollIntoView();
}

/** Begins to keep tabs alike, as the reader last chose them. */
export function followTabs(): void {
  for (const sync of remembered()) choose(sync);
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches(".tab-set > input[data-sync]")) return;
    const before = target.getBoundingClientRect().top;
    const sync = target.dataset["sync"] ?? "";
    choose(sync);
    remember(sync);
    scrollBy(0, target.getBoundingClientRect().top - before);
  });
  addEventListener("hashchange", open);
  open();
}
