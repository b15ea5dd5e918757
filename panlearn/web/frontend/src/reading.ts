/** The beam: filled as far as the reader is; and the section in view, marked in the contents. */
export function followReading(): void {
  const text = document.querySelector<HTMLElement>("article.text");
  if (!text) return;
  const headings = [...text.querySelectorAll<HTMLElement>("h2[id], h3[id]")];
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".toc .sub a")];
  let due = false;
  const update = (): void => {
    due = false;
    const box = text.getBoundingClientRect();
    const eye = window.innerHeight * 0.6;
    const atEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 4;
    const read = atEnd ? 1 : Math.min(1, Math.max(0, (eye - box.top) / box.height));
    text.style.setProperty("--read", `${(read * 100).toFixed(1)}%`);
    const wanted = headings.filter((heading) => links.some((link) => link.hash === `#${heading.id}`));
    const here = wanted.filter((heading) => heading.getBoundingClientRect().top < window.innerHeight * 0.4).pop();
    for (const link of links) {
      const on = !!here && link.hash === `#${here.id}`;
      link.classList.toggle("here", on);
      if (on) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  const ask = (): void => {
    if (due) return;
    due = true;
    requestAnimationFrame(update);
  };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  new ResizeObserver(ask).observe(text);
  update();
}
