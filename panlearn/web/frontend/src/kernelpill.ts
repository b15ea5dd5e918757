import { el } from "./dom";
import type { Kernel, KernelState } from "./kernel";
import { ordinal } from "./words";

/** “3rd in line”, “3rd in line, about 40 s”, “3rd in line, about 2 min”. */
export function inLine(position: number, seconds: number | null): string {
  const place = `${ordinal(position)} in line`;
  if (seconds === null) return place;
  return `${place}, about ${seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`}`;
}

function words(state: KernelState): { kind: string; text: string; pressable: boolean } {
  switch (state.kind) {
    case "none":
      return { kind: "off", text: "No kernel yet", pressable: true };
    case "starting": {
      const seconds = Math.floor((Date.now() - state.since) / 1000);
      return { kind: "start", text: seconds >= 1 ? `Starting, ${seconds} s` : "Starting", pressable: false };
    }
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((state.until - Date.now()) / 1000));
      return { kind: "start", text: `In line, next try in ${seconds} s`, pressable: false };
    }
    case "queued":
      return { kind: "start", text: inLine(state.position, state.seconds), pressable: false };
    case "ready":
      return { kind: "", text: "Ready", pressable: false };
    case "busy":
      return { kind: "busy", text: state.label, pressable: false };
    case "away":
      return { kind: "off", text: "No connection", pressable: false };
    case "failed":
      return { kind: "dead", text: "Stopped · start again", pressable: true };
  }
}

/** The kernel's state as a pill: where nothing runs, it is the button that starts one. */
export function kernelPill(kernel: Kernel): HTMLElement {
  const host = el("span", {});
  let shown = "";
  const draw = (): void => {
    const { kind, text, pressable } = words(kernel.state);
    if (`${kind} ${text}` === shown) return;
    shown = `${kind} ${text}`;
    const inner = [el("i"), text];
    const pill = pressable
      ? el("button", { class: `kernel ${kind}`, type: "button", onclick: () => void kernel.open().catch(() => undefined) }, ...inner)
      : el("span", { class: `kernel ${kind}` }, ...inner);
    const focused = host.contains(document.activeElement);
    host.replaceChildren(pill);
    if (focused && pressable) pill.focus();
  };
  kernel.changed(draw);
  setInterval(() => ["starting", "waiting"].includes(kernel.state.kind) && draw(), 500);
  draw();
  return host;
}

/** The same for the dock, in a few words. */
export function kernelWords(state: KernelState): string {
  const short = { none: "no kernel yet", starting: "kernel starting", waiting: "waiting for a kernel", queued: "in line for a kernel", ready: "kernel ready", busy: "", away: "no connection", failed: "kernel stopped" };
  return state.kind === "busy" ? state.label.toLowerCase() : short[state.kind];
}
