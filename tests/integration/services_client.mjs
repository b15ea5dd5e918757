// A plain @jupyterlab/services client: `node services_client.mjs URL TOKEN`. Prints what a cell of its kernel says.
import { KernelAPI, KernelManager, ServerConnection } from "@jupyterlab/services";

const [url, token] = process.argv.slice(2);
const serverSettings = ServerConnection.makeSettings({
  baseUrl: `${url}/kernels/`,
  wsUrl: `${url.replace("http", "ws")}/kernels/`,
  token,
  appendToken: true,
});
const manager = new KernelManager({ serverSettings });
await manager.ready;
const kernel = await manager.startNew({ name: "core" });
const info = await kernel.info;
console.log(`language ${info.language_info.name}`);
const future = kernel.requestExecute({ code: "import numpy\nfor at in range(3): print(numpy.arange(at + 1).sum())" });
future.onIOPub = (message) => message.header.msg_type === "stream" && process.stdout.write(message.content.text);
const reply = await future.done;
console.log(`reply ${reply.content.status}`);
console.log(`running ${(await KernelAPI.listRunning(serverSettings)).length}`);
await kernel.shutdown();
console.log(`left ${(await KernelAPI.listRunning(serverSettings)).length}`);
process.exit(0);
