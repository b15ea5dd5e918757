import { call, Problem } from "./api";
import { pause } from "./dom";
import type { Wire } from "./jupyter";
import type { KernelMessage } from "./outputs";
import type { LessonState } from "./types";

export type KernelState =
  | { kind: "none" }
  | { kind: "starting"; since: number }
  | { kind: "waiting"; until: number; why: string }
  | { kind: "queued"; position: number; seconds: number | null; since: number }
  | { kind: "ready" }
  | { kind: "busy"; label: string; since: number }
  | { kind: "away" }
  | { kind: "failed"; why: string };

interface Model {
  id: string;
  name: string;
  execution_state?: string;
  reason?: string;
  ended?: string;
  /** It has no place yet: which place in line, and in how many seconds, if that is known. */
  queue?: { position: number; estimated_seconds: number | null };
}

/** The kernel ended while (or before) it should have answered; `why` is a clause about it, or empty. */
export class KernelLost extends Error {
  constructor(
    readonly why: string,
    readonly kind: string,
  ) {
    super(why);
  }
}

const LOOK_EVERY = 1500;
/** Who stands in line asks for their place so often, and by asking keeps it. */
const ASK_EVERY = 2000;
/** A wire that broke while nothing ran is taken up again after this: a short outage passes unnoticed. */
const RETURN_AFTER = 5000;

/** One lesson's kernel: started when asked, taken up again after a reload, replaced when it is lost. */
export class Kernel {
  state: KernelState = { kind: "none" };
  language = "";
  /** Cells that ran in the kernel that is live now. */
  ran = new Set<string>();
  private id = "";
  private wire: Wire | null = null;
  private opening: Promise<void> | null = null;
  private fail: ((lost: KernelLost) => void) | null = null;
  /** What had run when the wire broke; null while it holds. */
  private apart: Set<string> | null = null;
  private returning = 0;
  private readonly listeners: ((state: KernelState) => void)[] = [];
  private readonly losses: ((lost: KernelLost, ran: Set<string>) => void)[] = [];
  private readonly displays = new Map<string, ((content: Record<string, unknown>) => void)[]>();

  constructor(
    private readonly config: LessonState["kernel"],
    private readonly key: string,
  ) {
    addEventListener("online", () => this.apart && void this.open().catch(() => undefined));
  }

  changed(listener: (state: KernelState) => void): void {
    this.listeners.push(listener);
  }

  lost(listener: (lost: KernelLost, ran: Set<string>) => void): void {
    this.losses.push(listener);
  }

  get api(): string {
    return `${this.config.base}api/kernels`;
  }

  /** Resolves with a live kernel, starting one if there is none. */
  open(): Promise<void> {
    if (this.wire) return Promise.resolve();
    clearTimeout(this.returning);
    this.opening ??= this.begin().finally(() => (this.opening = null));
    return this.opening;
  }

  /** Runs code. `label` is what the state says meanwhile. Rejects with `KernelLost`. */
  async execute(code: string, label: string, said: (message: KernelMessage) => void): Promise<boolean> {
    await this.open();
    const wire = this.wire;
    if (!wire) throw new KernelLost("", "lost");
    this.set({ kind: "busy", label, since: Date.now() });
    const gone = new Promise<never>((_, reject) => (this.fail = reject));
    const watch = setInterval(() => void this.look(), LOOK_EVERY);
    try {
      return await Promise.race([wire.execute(code, (message) => this.hear(message, said)), gone]);
    } catch (error) {
      if (error instanceof KernelLost) throw error;
      // The wire gave up on its own: whether the kernel is alive is asked before anything is said.
      const lost = await this.reason();
      this.drop(lost);
      throw lost;
    } finally {
      clearInterval(watch);
      this.fail = null;
      if (this.wire === wire) this.set({ kind: "ready" });
    }
  }

  /** Asks the running code to stop. */
  async interrupt(): Promise<void> {
    if (this.id) await call("POST", `${this.api}/${this.id}/interrupt`).catch(() => undefined);
  }

  /** Ends the kernel and starts a new one, because the reader asked. */
  async restart(): Promise<void> {
    const id = this.id;
    this.drop(new KernelLost("", "asked"), false);
    if (id) await call("DELETE", `${this.api}/${id}`).catch(() => undefined);
    await this.open();
  }

  /** A cell ran in this kernel: remembered over a reload. */
  note(cell: string): void {
    this.ran.add(cell);
    this.remember();
  }

  private set(state: KernelState): void {
    this.state = state;
    for (const listener of this.listeners) listener(state);
  }

  private async begin(): Promise<void> {
    this.set({ kind: "starting", since: Date.now() });
    const [{ Wire }, model] = await Promise.all([import("./jupyter"), this.model()]);
    this.id = model.id;
    this.remember();
    const wire = new Wire(this.config.base, model, {
      status: (status) => {
        if (status === "dead" && this.wire === wire) void this.reason().then((lost) => this.wire === wire && this.drop(lost));
      },
      wire: (state) => this.wire === wire && this.connected(state),
    });
    this.wire = wire;
    this.language = await Promise.race([wire.info(), pause(20_000).then(() => "")]);
    if (this.wire === wire) this.set({ kind: "ready" });
  }

  /** The kernel of this tab, if it is still alive, or a new one; waits for a place when there is none. */
  private async model(): Promise<Model> {
    for (;;) {
      try {
        const kept = await this.kept();
        if (kept) return await this.placed(kept);
        return await this.placed(await call<Model>("POST", this.api, { body: { name: this.config.name, path: this.config.path } }));
      } catch (error) {
        await this.wait(error);
      }
    }
  }

  /** The kernel once it has its place: till then the line is told, and asked again. */
  private async placed(first: Model): Promise<Model> {
    let model = first;
    const since = Date.now();
    while (model.queue) {
      this.id = model.id;
      this.remember();
      this.set({ kind: "queued", position: model.queue.position, seconds: model.queue.estimated_seconds, since });
      await pause(ASK_EVERY);
      model = await call<Model>("GET", `${this.api}/${model.id}`);
    }
    if (model.execution_state === "dead") throw new Problem(503, model.reason ?? "The kernel could not be started.", "", "Try again.", null);
    this.set({ kind: "starting", since: Date.now() });
    return { ...model, name: model.name || first.name };
  }

  /** The kernel that this tab had, if it lives. If it went while the wire was broken, its loss is told. */
  private async kept(): Promise<Model | null> {
    const before = this.recalled();
    if (!before) return null;
    const alive = await call<Model[]>("GET", this.api).catch((error: unknown) => {
      if (error instanceof Problem && error.offline) throw error;
      return [];
    });
    const { apart } = this;
    this.apart = null;
    const model = alive.find((one) => one.id === before.id && one.execution_state !== "dead");
    this.ran = new Set(model ? before.ran : []);
    if (model) return model;
    this.forget();
    if (apart?.size) for (const listener of this.losses) listener(new KernelLost("", "lost"), apart);
    return null;
  }

  /** No place now: said with the seconds, then tried again. Anything else is told and given up. */
  private async wait(error: unknown): Promise<void> {
    const problem = error instanceof Problem ? error : new Problem(0, String(error), "", "", null);
    const passing = problem.retryAfter !== null || problem.offline;
    if (!passing) {
      const why = `${problem.detail || problem.title} ${problem.todo}`.trim();
      this.set({ kind: "failed", why });
      throw new KernelLost(why, "refused");
    }
    const seconds = Math.min(60, problem.retryAfter ?? 3);
    this.set({ kind: "waiting", until: Date.now() + 1000 * seconds, why: problem.detail || problem.title });
    await pause(1000 * seconds);
    this.set({ kind: "starting", since: Date.now() });
  }

  private hear(message: KernelMessage, said: (message: KernelMessage) => void): void {
    const display = (message.content["transient"] as Record<string, unknown> | undefined)?.["display_id"];
    if (message.type === "update_display_data" && typeof display === "string") {
      for (const update of this.displays.get(display) ?? []) update(message.content);
    }
    said(message);
  }

  /** Another cell may later update what is shown under this id. */
  follow(display: string, update: (content: Record<string, unknown>) => void): void {
    this.displays.set(display, [...(this.displays.get(display) ?? []), update]);
  }

  private connected(state: string): void {
    if (state === "connected") this.set(this.fail ? this.state : { kind: "ready" });
    else if (!this.fail) this.part();
    else if (state === "disconnected") this.drop(new KernelLost("the connection to it broke.", "lost"));
    else void this.look();
  }

  /** The wire broke while nothing ran: it is hung up, and taken up again when there is need, or in a moment. */
  private part(): void {
    const { wire } = this;
    this.wire = null;
    this.apart = this.ran;
    // It is in the midst of saying so, and would go on to reconnect: it is hung up right after.
    queueMicrotask(() => wire?.dispose());
    this.set({ kind: "away" });
    this.returning = window.setTimeout(() => void this.open().catch(() => undefined), RETURN_AFTER);
  }

  /** Is it still there? Asked while it works, and when the wire breaks. */
  private async look(): Promise<void> {
    const { wire } = this;
    if (!wire || !this.id) return;
    try {
      const model = await call<Model>("GET", `${this.api}/${this.id}`);
      if (model.execution_state === "dead" && this.wire === wire) this.drop(lostOf(model));
    } catch (error) {
      if (this.wire !== wire || !(error instanceof Problem)) return;
      if (error.status === 404 || error.status === 410) this.drop(new KernelLost(error.status === 410 ? error.detail : "", "lost"));
    }
  }

  private async reason(): Promise<KernelLost> {
    try {
      return lostOf(await call<Model>("GET", `${this.api}/${this.id}`));
    } catch {
      return new KernelLost("", "lost");
    }
  }

  /** The kernel is gone: whoever waits for it hears so, then everyone. */
  private drop(lost: KernelLost, tell = true): void {
    const { wire, ran } = this;
    if (!wire) return;
    this.wire = null;
    this.id = "";
    this.ran = new Set();
    this.displays.clear();
    this.forget();
    wire.dispose();
    this.fail?.(lost);
    this.set({ kind: "none" });
    if (tell) for (const listener of this.losses) listener(lost, ran);
  }

  private recalled(): { id: string; ran: string[] } | null {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null") as { id: string; ran: string[]; path: string } | null;
      return kept && kept.path === this.config.path ? kept : null;
    } catch {
      return null;
    }
  }

  private remember(): void {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ id: this.id, ran: [...this.ran], path: this.config.path }));
    } catch {
      // Without storage a reload starts a new kernel.
    }
  }

  private forget(): void {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }
}

function lostOf(model: Model): KernelLost {
  return new KernelLost(model.reason ?? "", model.ended ?? "lost");
}
