import DOMPurify from "dompurify";

// A table needs no style, form, frame, class or id of its own: what is left cannot reach the page around it.
const RULES = {
  USE_PROFILES: { html: true, mathMl: true },
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "iframe", "video", "audio", "dialog", "details"],
  FORBID_ATTR: ["style", "class", "id", "name", "tabindex", "autofocus", "srcset", "ping", "border", "bgcolor", "background", "width", "height"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Outside pictures would be asked for by the reader's browser: only those in the text itself stay. */
function tame(root: DocumentFragment): void {
  for (const image of root.querySelectorAll("img")) {
    if (!/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(image.getAttribute("src") ?? "")) image.remove();
  }
  for (const link of root.querySelectorAll("a[href]")) {
    link.setAttribute("rel", "noopener noreferrer nofollow");
    link.setAttribute("target", "_blank");
  }
}

/** HTML that a kernel sent, made safe to stand in the page. */
export function sanitized(html: string): DocumentFragment {
  // Styles go first: parsing them, even out of the page, would be reported against the site's policy.
  const bare = html.replace(/<style\b[^>]*>[^]*?<\/style\s*>/gi, "");
  const root = DOMPurify.sanitize(bare, { ...RULES, RETURN_DOM_FRAGMENT: true });
  tame(root);
  return root;
}

/** True where nothing but a script would have shown something. */
export const needsScript = (html: string): boolean => /<script\b/i.test(html) && sanitized(html).textContent?.trim() === "";
