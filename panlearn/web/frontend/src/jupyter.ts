// The wire to a kernel, as @jupyterlab/services speaks it. Loaded after the page is readable, hence a module of its own.
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";
import type { IModel } from "@jupyterlab/services/lib/kernel/restapi";
import type { KernelMessage } from "./outputs";

/** One open wire. `status` and `wire` report; `execute` runs code and is done when the kernel has said everything. */
export class Wire {
  private readonly connection: KernelConnection;

  constructor(base: string, model: IModel, said: { status: (status: string) => void; wire: (state: string) => void }) {
    const baseUrl = new URL(base, location.href).href;
    const serverSettings = ServerConnection.makeSettings({
      baseUrl,
      wsUrl: baseUrl.replace(/^http/, "ws"),
      appendToken: false,
      token: "",
      init: { cache: "no-store", credentials: "same-origin" },
    });
    this.connection = new KernelConnection({ model, serverSettings, handleComms: false });
    this.connection.statusChanged.connect((_, status) => said.status(status));
    this.connection.connectionStatusChanged.connect((_, state) => said.wire(state));
  }

  /** The language and its version, once the kernel has answered at all. */
  async info(): Promise<string> {
    const info = await this.connection.info;
    if (info.status !== "ok") return "";
    return `${info.language_info.name === "python" ? "Python" : info.language_info.name} ${info.language_info.version.split(".").slice(0, 2).join(".")}`;
  }

  /** True if the cell ended well. Rejects when the kernel was lost on the way. */
  async execute(code: string, said: (message: KernelMessage) => void): Promise<boolean> {
    const future = this.connection.requestExecute({ code, allow_stdin: false, stop_on_error: true, store_history: true }, true);
    // After a break the gateway sends again what this page may not have got.
    const known = new Set<string>();
    future.onIOPub = (message) => {
      if (known.has(message.header.msg_id)) return;
      known.add(message.header.msg_id);
      said({ type: message.header.msg_type, content: message.content as Record<string, unknown> });
    };
    const reply = await future.done;
    return reply.content.status === "ok";
  }

  dispose(): void {
    if (!this.connection.isDisposed) this.connection.dispose();
  }
}
